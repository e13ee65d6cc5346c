"""Agreement, articles and endings in English, Spanish, French, German and Italian."""

from __future__ import annotations

import unicodedata

FORMS = {
    "en": {
        "this": "this this these these",
        "the": "the the the the",
        "a": "a a  ",
        "is": "is is are are",
        "they": "it it they they",
    },
    "es": {
        "this": "este esta estos estas",
        "the": "el la los las",
        "a": "un una unos unas",
        "is": "es es son son",
        "they": "   ",
        "ships": "sale sale salen salen",
        "sells": "se~vende se~vende se~venden se~venden",
    },
    "fr": {
        "this": "ce cette ces ces",
        "the": "le la les les",
        "a": "un une des des",
        "is": "est est sont sont",
        "they": "il elle ils elles",
        "ships": "part part partent partent",
    },
    "it": {
        "this": "questo questa questi queste",
        "the": "il la i le",
        "a": "un una dei delle",
        "is": "è è sono sono",
        "they": "   ",
        "ships": "parte parte partono partono",
    },
}
GERMAN = {  # m, f, n, plural
    "this": "dieser diese dieses diese",
    "the": "der die das die",
    "a": "ein eine ein ",
    "this_acc": "diesen diese dieses diese",
    "the_acc": "den die das die",
    "a_acc": "einen eine ein ",
    "is": "ist ist ist sind",
    "they": "er sie es sie",
    "ships": "wird wird wird werden",
    "becomes": "wird wird wird werden",
}
TABLES = {
    language: {slot: [form.replace("~", " ") for form in forms.split(" ")] for slot, forms in table.items()}
    for language, table in {**FORMS, "de": GERMAN}.items()
}
SLOTS = frozenset(slot for table in TABLES.values() for slot in table)
STRONG = ["er", "e", "es", "e"]  # "schwarzer Schal", "schwarze Tasche", "schwarzes Hemd", "schwarze Sneaker"
STRESSED_A = {"agua", "águila", "arma", "hacha", "aula", "ancla", "arpa", "alga", "ala"}
ASPIRATED_H = ("hache", "hamac", "hand", "hamster", "harnais", "haut", "housse", "hotte", "hublot", "hochet")


def plain(text: str) -> str:
    """The text in lower case without accents.

    >>> plain("Étui")
    'etui'
    """
    marks = unicodedata.normalize("NFD", text.lower())
    return "".join(sign for sign in marks if not unicodedata.combining(sign))


def agree(forms: tuple[str, ...], gender: str) -> str:
    """The form of a word for a gender: of one form, two (singular, plural) or four (m, f, mp, fp).

    >>> agree(("rojo", "roja", "rojos", "rojas"), "fp"), agree(("gris", "grises"), "f"), agree(("rosa",), "mp")
    ('rojas', 'gris', 'rosa')
    """
    if len(forms) == 1:
        return forms[0]
    plural = "p" in gender
    return forms[plural] if len(forms) == 2 else forms[plural * 2 + ("f" in gender)]


def inflected(stem: str, gender: str) -> str:
    """A German adjective before a noun that has no article, in the nominative.

    >>> inflected("schwarz", "m"), inflected("dunkel", "np"), inflected("beigefarben", "n")
    ('schwarzer', 'dunkle', 'beigefarbenes')
    """
    if stem.endswith("el"):
        stem = stem[:-2] + "l"
    return stem.removesuffix("e") + STRONG[_german(gender)]


def _german(gender: str) -> int:
    return 3 if "p" in gender else "mfn".index(gender[:1])


def function_word(language: str, slot: str, gender: str, following: str) -> str:
    """An article, pronoun or verb that fits the noun; elided ones end in an apostrophe, and no blank follows them.

    `following` is the text behind it. The gender must be known, but for English, where only `p` counts.

    >>> [function_word("it", "the", *noun) for noun in (("m", "zaino"), ("f", "agenda"), ("mp", "stivali"))]
    ['lo', "l'", 'gli']
    >>> function_word("fr", "this", "m", "étui"), function_word("de", "a_acc", "m", "Schal")
    ('cet', 'einen')
    """
    forms = TABLES[language][slot]
    if language == "de":
        return forms[_german(gender)]
    word = forms[("p" in gender) * 2 + ("f" in gender)]
    return _before(language, word, gender, following) if slot in ("a", "the", "this") else word


def _before(language: str, word: str, gender: str, following: str) -> str:
    start = plain(following)
    vowel = start[:1] in tuple("aeiou")
    if language == "en" and word == "a":
        spelt = start[:1] in tuple("fhlmnrsx") and start[1:2] in tuple("-0123456789")  # "an X1"
        return "an" if spelt or (vowel and not start.startswith(("uni", "us", "eu", "one"))) else "a"
    if language == "es" and gender == "f" and following.lower().split(" ")[0] in STRESSED_A:
        return {"la": "el", "una": "un"}.get(word, word)
    mute = start.startswith("h") and not start.startswith(ASPIRATED_H)
    if language == "fr" and "p" not in gender and (vowel or mute):
        return {"le": "l'", "la": "l'", "ce": "cet"}.get(word, word)
    if language == "it":
        return _italian(word, start, vowel)
    return word


def _italian(word: str, start: str, vowel: bool) -> str:
    if vowel:
        elided = {"il": "l'", "la": "l'", "una": "un'", "i": "gli", "dei": "degli"}
        elided |= {"questo": "quest'", "questa": "quest'"}
        return elided.get(word, word)
    impure = start[:1] in ("z", "x", "y") or start[:2] in ("gn", "ps", "pn")
    if impure or (start[:1] == "s" and start[1:2] not in tuple("aeiou")):
        return {"il": "lo", "un": "uno", "i": "gli", "dei": "degli"}.get(word, word)
    return word


def of_brand(language: str, brand: str) -> str:
    """ "by Nordika" in each language.

    >>> of_brand("fr", "Aubrac"), of_brand("it", "Aubrac")
    ("d'Aubrac", 'di Aubrac')
    """
    if language == "fr" and plain(brand)[:1] in tuple("aeiou"):
        return f"d'{brand}"
    return {"en": "by", "es": "de", "fr": "de", "de": "von", "it": "di"}[language] + " " + brand


def listed(language: str, words: list[str]) -> str:
    """Words joined by commas and "and".

    >>> listed("es", ["ligero", "impermeable"]), listed("de", ["leicht", "faltbar", "vegan"])
    ('ligero e impermeable', 'leicht, faltbar und vegan')
    """
    if len(words) < 2:
        return "".join(words)
    last = {"en": "and", "es": "y", "fr": "et", "de": "und", "it": "e"}[language]
    if language == "es" and plain(words[-1]).startswith(("i", "hi")):
        last = "e"
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
