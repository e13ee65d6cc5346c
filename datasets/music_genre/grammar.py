"""Articles, possessives and adjectives of a noun in five languages, as the patterns of titles need them."""

from __future__ import annotations

from collections.abc import Callable

VOWELS = "aeiouàâäéèêëíîïóôöúùûü"
Forms = dict[str, str]


def forms(language: str, noun: str, second: str, adjective: str) -> Forms:
    """The pieces that a pattern may name: `n` and `n2` the nouns, `a` the adjective, `the`, `of`, `my` ... with `n`.

    Nouns are written `text/gender` (m, f, n; `w`: weak declension, `h`: no elision), adjectives `masculine|feminine`.

    >>> forms("it", "specchio/m", "alba/f", "rotto|rotta")["of"]
    'dello specchio'
    >>> forms("fr", "étreinte/f", "cœur/m", "perdu|perdue")["my"]
    'mon étreinte'
    >>> forms("de", "Drache/mw", "Herz/nw", "still")["dat"]
    'dem Drachen'
    """
    text, _, gender = noun.partition("/")
    other, _, other_gender = second.partition("/")
    agreed = adjective.split("|")
    found = {"n": text, "n2": other, "a": agreed["f" in gender] if len(agreed) > 1 else adjective}
    if language == "en":
        return found
    found.update(_FORMS[language](text, gender, adjective))
    found["thel2"] = _FORMS[language](other, other_gender, adjective)["thel"]
    found["and"] = "e" if other.startswith(("i", "hi")) and not other.startswith("hie") else "y"
    return found


def _spanish(text: str, gender: str, _: str) -> Forms:
    feminine = "f" in gender
    the = f"{'la' if feminine else 'el'} {text}"
    return {"the": the, "thel": the, "of": f"de {the}" if feminine else f"d{the}"}


def _french(text: str, gender: str, _: str) -> Forms:
    feminine = "f" in gender
    elided = text[0].lower() in VOWELS + "h" and "h" not in gender
    the = f"l'{text}" if elided else f"{'la' if feminine else 'le'} {text}"
    of = f"de {the}" if elided or feminine else f"du {text}"
    my = f"{'ma' if feminine and not elided else 'mon'} {text}"
    return {"the": the, "thel": the, "of": of, "my": my}


def _italian(text: str, gender: str, _: str) -> Forms:
    vowel = text[0].lower() in VOWELS
    hard = text[0] == "z" or (text[0] == "s" and text[1] not in VOWELS) or text.startswith(("gn", "ps", "x"))
    if "f" in gender:
        the, of = "la", "della"
        my = f"la mia {text}"
    else:
        the, of = ("lo", "dello") if hard else ("il", "del")
        my = f"il mio {text}"
    the, of = (f"l'{text}", f"dell'{text}") if vowel else (f"{the} {text}", f"{of} {text}")
    return {"the": the, "thel": the, "of": of, "my": my}


def _german(text: str, gender: str, adjective: str) -> Forms:
    weak = ("en" if gender[0] == "n" else "n") if "w" in gender else ""
    article = {"m": "der", "f": "die", "n": "das"}[gender[0]]
    an = {"m": "einen", "f": "eine", "n": "ein"}[gender[0]]
    accusative = text + weak if gender[0] == "m" else text
    strong = {"m": "er", "f": "e", "n": "es"}[gender[0]]
    return {
        "the": f"{article} {text}",
        "thel": f"{article} {text}",
        "acc": accusative,
        "an": f"{an} {accusative}",
        "dat": f"{'der' if gender[0] == 'f' else 'dem'} {text}{weak}",
        "my": f"{'meine' if gender[0] == 'f' else 'mein'} {text}",
        "sa": adjective + strong,
        "wa": f"{article} {adjective}e",
    }


_FORMS: dict[str, Callable[[str, str, str], Forms]] = {
    "es": _spanish,
    "fr": _french,
    "it": _italian,
    "de": _german,
}
