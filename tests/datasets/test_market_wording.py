"""The language of the marketplace: grammar by hand, wordings of new records apart, and no fact lost."""

from __future__ import annotations

import dataclasses
import doctest
import importlib
import time
from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.catalog import load_recipe

load_recipe("flipkart")  # registers the package of the recipes
MARKET = "_classmark_datasets._market"
grammar, noise, vocabulary, speech, sellers, brands, wording = (
    importlib.import_module(f"{MARKET}.{name}")
    for name in ("grammar", "noise", "vocabulary", "speech", "sellers", "brands", "wording")
)
LANGUAGES = sellers.LANGUAGES
NOUNS = {
    "en": ("sneakers/p", "electric kettle", "umbrella"),
    "es": ("zapatillas deportivas/fp", "vino tinto/m", "camiseta/f"),
    "fr": ("baskets/fp", "étui/m", "bouilloire/f"),
    "de": ("Sneaker/p", "Wasserkocher/m", "T-Shirt/n"),
    "it": ("stivali/mp", "zaino/m", "maglietta/f"),
}
KEYS = {kind: tuple(vocabulary.read(kind)) for kind in ("colours", "materials", "audiences", "features")}


@cache
def world(seed: int, copy: int = 0) -> Any:
    """The writer of a world; another object for another `copy`."""
    return wording.Writer(rng(seed))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


TEN = sellers.make_sellers(rng(), 10)


def tidy_seller(language: str = "en", **habits: Any) -> Any:
    """A seller without habits but those given."""
    seller = next(one for one in TEN if one.language == language)
    calm = dict.fromkeys(("omits", "typos", "abbreviates", "stuffs", "shouts", "foreign", "copies"), 0.0)
    return dataclasses.replace(seller, **{**calm, **habits})


@pytest.fixture(scope="module")
def writer() -> Any:
    return world(0)


def facts(language: str, at: int = 0, **known: Any) -> Any:
    return wording.Facts(noun=wording.noun(NOUNS[language][at]), **known)


@pytest.mark.parametrize("module", [grammar, noise, sellers, brands, wording])
def test_examples(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


# --- grammar


@pytest.mark.parametrize(
    ("written", "gender", "form"),
    [
        ("rojo|roja|rojos|rojas", "m", "rojo"),
        ("rojo|roja|rojos|rojas", "fp", "rojas"),
        ("naranja", "fp", "naranja"),
        ("gris|grises", "f", "gris"),
        ("blanc|blanche|blancs|blanches", "f", "blanche"),
        ("blanc|blanche|blancs|blanches", "mp", "blancs"),
        ("nero|nera|neri|nere", "fp", "nere"),
        ("verde|verdi", "mp", "verdi"),
    ],
)
def test_agreement(written: str, gender: str, form: str) -> None:
    assert grammar.agree(tuple(written.split("|")), gender) == form


@pytest.mark.parametrize(
    ("language", "slot", "gender", "following", "found"),
    [
        ("en", "a", "", "umbrella", "an"),
        ("en", "a", "", "unisex bag", "a"),
        ("en", "this", "p", "boots", "these"),
        ("es", "a", "f", "agua mineral", "un"),
        ("es", "the", "fp", "zapatillas", "las"),
        ("es", "sells", "mp", "", "se venden"),
        ("fr", "the", "f", "écharpe", "l'"),
        ("fr", "this", "m", "anorak", "cet"),
        ("fr", "the", "f", "housse", "la"),
        ("fr", "a", "mp", "gants", "des"),
        ("de", "a_acc", "m", "Schal", "einen"),
        ("de", "this", "n", "Hemd", "dieses"),
        ("de", "becomes", "p", "", "werden"),
        ("it", "a", "m", "zaino", "uno"),
        ("it", "the", "mp", "gnomi", "gli"),
        ("it", "a", "f", "agenda", "un'"),
        ("it", "the", "mp", "sandali", "i"),
        ("it", "the", "m", "specchio", "lo"),
    ],
)
def test_articles(language: str, slot: str, gender: str, following: str, found: str) -> None:
    assert grammar.function_word(language, slot, gender, following) == found


@pytest.mark.parametrize(
    ("language", "at", "known", "expected"),
    [
        ("es", 0, {"colour": "red"}, {"zapatillas deportivas rojas", "zapatillas deportivas en rojo"}),
        ("es", 0, {"material": "leather"}, {"zapatillas deportivas de cuero"}),
        ("es", 2, {"audience": "women"}, {"camiseta de mujer", "camiseta para mujer"}),
        ("fr", 0, {"colour": "white"}, {"baskets blanches", "baskets en blanc"}),
        ("fr", 0, {"material": "leather"}, {"baskets en cuir"}),
        ("fr", 2, {"count": 3}, {"bouilloire lot de 3", "bouilloire, lot de 3"}),
        ("de", 0, {"audience": "women"}, {"Damen-Sneaker"}),
        ("de", 1, {"colour": "black"}, {"schwarzer Wasserkocher"}),
        ("de", 2, {"features": ("waterproof",)}, {"wasserdichtes T-Shirt"}),
        ("de", 0, {"material": "leather"}, {"Sneaker aus Leder"}),
        ("de", 2, {"size": "M"}, {"T-Shirt, Gr. M"}),
        ("it", 0, {"audience": "women"}, {"stivali da donna"}),
        ("it", 0, {"material": "leather"}, {"stivali in pelle"}),
        ("it", 2, {"colour": "red"}, {"maglietta rossa"}),
        ("en", 0, {"audience": "women", "colour": "red"}, {"women's red sneakers", "red women's sneakers"}),
    ],
)
def test_titles_by_hand(language: str, at: int, known: dict[str, Any], expected: set[str]) -> None:
    titles = set()
    for seed in range(6):
        writer, draws = world(seed), rng(1)
        for _ in range(60):
            titles.add(writer.title(facts(language, at, **known), tidy_seller(language), draws).lower())
    assert {text.lower() for text in expected} & titles, sorted(titles)


def test_what_the_noun_says_is_not_said_again(writer: Any) -> None:
    shoes = wording.Facts(noun=wording.noun("women's leather boots/p"), audience="women", material="leather")
    draws = rng()
    for _ in range(50):
        title = writer.title(shoes, tidy_seller(), draws).lower()
        assert title.count("women") == title.count("leather") == 1


def test_no_audience_twice_in_compounds(writer: Any) -> None:
    draws = rng()
    for written, audience in (
        ("Damensportschuhe/mp", "women"),
        ("Herrenshirt/n", "kids"),
        ("Kinderhelm/m", "kids"),
    ):
        helmet = wording.Facts(noun=wording.noun(written), audience=audience)
        titles = [writer.title(helmet, tidy_seller("de"), draws).lower() for _ in range(50)]
        assert not [text for text in titles if "-" + written.split("/")[0].lower() in text]
        assert not [text for text in titles if text.count("damen") > 1 or text.count("kinder") > 1]


def test_a_german_noun_with_an_adjective_gets_no_article(writer: Any) -> None:
    kettle, draws = wording.Facts(noun=wording.noun("elektrischer Wasserkocher/m"), brand="Velarto"), rng()
    for _ in range(100):
        assert "der elektrischer" not in writer.description(kettle, tidy_seller("de"), draws).lower()


# --- lexicon


def test_every_key_has_synonyms_in_every_language() -> None:
    for kind in KEYS:
        for key, entry in vocabulary.read(kind).items():
            for language in LANGUAGES:
                plain = [text for text in entry[language] if not text.startswith("+")]
                assert len(plain) >= (1 if key == "glass" else 2), (kind, key, language)
                assert all(text.count("|") in (0, 1, 3) for text in entry[language]), (kind, key, language)


def test_there_are_many_templates() -> None:
    sentences = vocabulary.read("sentences")
    for language in LANGUAGES:
        for found, least in (
            (vocabulary.read("titles")[language], 8),
            ([text for kind in sentences.values() for text in kind[language]], 20),
        ):
            assert sum(not text.startswith("+") for text in found) >= least


def test_ordinary_and_new_wordings_are_disjoint(writer: Any) -> None:
    words = writer.words
    for pools in (words.titles, words.sentences, words.words, words.phrases, words.before, words.names):
        for key, pool in pools.items():
            assert not set(pool.ordinary) & set(pool.new), key
    for language in LANGUAGES:
        assert words.titles[language].new
        assert words.phrases["advertising", language].new
        assert all(words.sentences[kind, language].new for kind in ("opening", "detail", "talk"))


def test_worlds_differ() -> None:
    one, other = (wording.Writer(rng(seed)).words for seed in (0, 1))
    assert one.titles != other.titles
    assert one.words != other.words
    assert all(len(pool.ordinary) >= 2 for pool in one.titles.values())


# --- texts


def everything() -> st.SearchStrategy[Any]:
    brand = st.sampled_from(["", "Nordika", "Kestrel & Co", "Aubrac"])
    return st.tuples(st.sampled_from(LANGUAGES), st.integers(0, 2)).flatmap(
        lambda which: st.tuples(
            st.just(which[0]),
            st.builds(
                wording.Facts,
                noun=st.sampled_from(
                    [NOUNS[which[0]][which[1]], NOUNS[which[0]][which[1]].split("/")[0]]
                ).map(wording.noun),
                brand=brand,
                model=st.sampled_from(["", "Runner 3", "KX-200"]),
                colour=st.sampled_from(["", "Wolf Grey Mist", *KEYS["colours"]]),
                material=st.sampled_from(["", *KEYS["materials"]]),
                audience=st.sampled_from(["", *KEYS["audiences"]]),
                size=st.sampled_from(["", "42", "M", "500 ml", "38-40"]),
                count=st.integers(1, 12),
                features=st.lists(st.sampled_from(KEYS["features"]), unique=True, max_size=4).map(tuple),
                extra=st.lists(st.sampled_from(["Gravur 5 mm", "con ZZ"]), unique=True).map(tuple),
            ),
        )
    )


@settings(max_examples=150, deadline=None)
@given(known=everything(), new=st.booleans(), seed=st.integers(0, 2**20))
def test_any_facts_give_texts_that_say_them(known: Any, new: bool, seed: int) -> None:
    language, said = known
    writer, seller = world(seed % 7), tidy_seller(language)
    for written in (writer.title, writer.description):
        text = written(said, seller, rng(seed), new)
        assert text
        assert text == " ".join(text.split())
        assert not set(text) & set("{}[]|+\0") - {"|"}, text
        for fact in (said.noun.text, said.brand, said.model, said.size, *said.extra):
            assert fact.lower() in text.lower(), (fact, text)
        if said.count > 1:
            assert str(said.count) in text
        if said.colour == "Wolf Grey Mist":
            assert said.colour.lower() in text.lower()
    assert text.count(". ") <= 12


@settings(max_examples=50, deadline=None)
@given(known=everything(), new=st.booleans(), seed=st.integers(0, 2**20))
def test_texts_hang_on_nothing_else(known: Any, new: bool, seed: int) -> None:
    language, said = known
    seller = tidy_seller(language, typos=0.1, abbreviates=0.3, stuffs=0.5, shouts=0.2, foreign=0.2)
    first, second = world(3), world(3, 1)
    first.title(said, seller, rng(99))  # leaves no trace
    for name in ("title", "description"):
        texts = [getattr(one, name)(said, seller, rng(seed), new) for one in (first, second)]
        assert texts[0] == texts[1]
        assert texts[0].strip() == texts[0] != ""
        assert "  " not in texts[0]


def test_no_ordinary_text_has_new_advertising(writer: Any) -> None:
    draws = rng()
    for language in LANGUAGES:
        seller = tidy_seller(language, stuffs=1.0)
        pool = writer.words.phrases["advertising", language]
        fresh = {forms[0] for forms in pool.new}
        said = facts(language, brand="Nordika", colour="red")
        titles = [writer.title(said, seller, draws) for _ in range(100)]
        assert not any(phrase in title for phrase in fresh for title in titles)
        titles = [writer.title(said, seller, draws, True) for _ in range(30)]
        assert all(any(phrase in title for phrase in fresh) for title in titles)


def test_habits_show(writer: Any) -> None:
    said = facts("en", 0, brand="Nordika", colour="black", audience="women", material="leather")
    plain = [writer.title(said, tidy_seller(), rng(seed)) for seed in range(100)]
    for habit in ("typos", "abbreviates", "stuffs", "shouts"):
        seller = tidy_seller(**{habit: 0.9})
        changed = [writer.title(said, seller, rng(seed)) for seed in range(100)]
        assert sum(one != other for one, other in zip(plain, changed, strict=True)) > 50, habit
    assert writer.title(facts("de"), tidy_seller("en"), rng(), False, "de")


def test_texts_are_quick(writer: Any) -> None:
    said = facts(
        "en", 0, brand="Nordika", model="R 3", colour="black", audience="women", features=KEYS["features"][:2]
    )
    seller, draws = tidy_seller(typos=0.05, abbreviates=0.1), rng()
    best = {}
    for name in ("title", "description"):
        rounds = []
        for _ in range(5):
            start = time.process_time()
            for _ in range(100):
                getattr(writer, name)(said, seller, draws)
            rounds.append((time.process_time() - start) / 100)
        best[name] = min(rounds)
    assert best["title"] < 400e-6
    assert best["description"] < 800e-6


# --- sellers and brands


@pytest.mark.parametrize("count", [3, 20, 42, 80, 500])
def test_sellers(count: int) -> None:
    found = sellers.make_sellers(rng(2), count)
    assert found == sellers.make_sellers(rng(2), count)
    assert len({one.name for one in found}) == len(found) == count
    assert sum(one.new for one in found) == count // 4
    spread = Counter(one.language for one in found if one.new)
    if count >= 20:
        assert set(spread) == set(LANGUAGES)
        assert max(spread.values()) - min(spread.values()) <= 1
        assert max(one.stuffs for one in found) > 0.4 > 0.1 > min(one.stuffs for one in found)
    assert {one.currency for one in found} <= {"EUR", "GBP", "USD", "CHF"}
    assert all(one.language == "en" for one in found if one.imperial)


def test_spoken() -> None:
    draws = rng()
    assert {sellers.spoken(tidy_seller("fr"), draws) for _ in range(20)} == {"fr"}
    assert set(sellers.spoken(tidy_seller("fr", foreign=1.0), draws) for _ in range(99)) == set(LANGUAGES) - {
        "fr"
    }


def test_brands() -> None:
    start = time.process_time()
    found = brands.make_brands(rng(4), 500)
    assert time.process_time() - start < 2
    assert found == brands.make_brands(rng(4), 500)
    assert len({name.casefold() for name in found}) == 500
    avoid = vocabulary.read("brands")["avoid"]
    assert not [name for name in found if any(piece in grammar.plain(name) for piece in avoid)]
    assert all(name[0].isupper() and name.replace(" ", "").replace("&", "").isalpha() for name in found)
