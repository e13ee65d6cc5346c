"""The product taxonomy: complete in five languages, on the fixed lists, and built of contrasts."""

from __future__ import annotations

import importlib
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest

from benchmark.catalog import load_recipe

MATERIALS = """
leather textile cotton wool silk polyester rubber plastic metal steel aluminium wood glass ceramic paper cardboard
stone silicone bamboo gel none
"""
FEATURES = """
waterproof handmade organic washable foldable wireless rechargeable vintage lightweight breathable non_slip
limited_edition refillable adjustable dishwasher_safe eco vegan gift_boxed quick_dry reinforced mini
"""
GENDERS = {"en": {"", "p"}, "de": {"m", "f", "n", "mp", "fp", "np"}}
ROMANCE = {"m", "f", "mp", "fp"}


def market(module: str) -> Any:
    if "_classmark_datasets" not in sys.modules:
        load_recipe("flipkart")
    return importlib.import_module(f"_classmark_datasets._market.{module}")


@pytest.fixture(scope="module")
def themes() -> Any:
    return market("types").load_types("full")


@pytest.fixture(scope="module")
def types(themes: Any) -> Any:
    return [each for theme in themes for each in theme.types]


def test_enough_themes_types_departments_and_unique_keys(themes: Any, types: Any) -> None:
    assert len(themes) >= 25
    assert len({theme.key for theme in themes}) == len(themes)
    assert len(types) >= 125
    assert len({each.key for each in types}) == len(types)
    assert all(each.key == each.key.strip() and each.key[0].islower() for each in types)
    assert len({each.department for each in types}) >= 16
    assert all(5 <= len(theme.types) <= 6 for theme in themes)


def test_small_is_eight_themes_of_five_types() -> None:
    small = market("types").load_types("small")
    assert [len(theme.types) for theme in small] == [5] * 8


def test_a_shelf_stands_in_one_department_and_a_theme_in_several(themes: Any, types: Any) -> None:
    departments = defaultdict(set)
    for each in types:
        departments[each.shelf].add(each.department)
    assert {shelf: found for shelf, found in departments.items() if len(found) > 1} == {}
    assert [theme.key for theme in themes if len({each.department for each in theme.types}) < 3] == []


def test_nouns_in_five_languages_with_genders(themes: Any) -> None:
    for theme in themes:
        for owner in (theme, *theme.types):
            fewest = 3 if owner is theme else 2
            assert list(owner.nouns) == ["en", "es", "fr", "de", "it"]
            for language, nouns in owner.nouns.items():
                assert fewest <= len(nouns) <= 4, (owner.key, language)
                assert {noun.gender for noun in nouns} <= GENDERS.get(language, ROMANCE), (
                    owner.key,
                    language,
                )
                assert all(noun.text == noun.text.strip() != "" for noun in nouns)
                assert not any(sign in noun.text for noun in nouns for sign in "/,;{}[]")


def test_no_noun_is_shared(themes: Any) -> None:
    for language in ("en", "es", "fr", "de", "it"):
        for theme in themes:
            owners = (theme, *theme.types)
            texts = [noun.text.casefold() for owner in owners for noun in owner.nouns[language]]
            assert sorted({text for text in texts if texts.count(text) > 1}) == [], (theme.key, language)
        generic = [noun.text.casefold() for theme in themes for noun in theme.nouns[language]]
        assert len(set(generic)) == len(generic)


def test_german_nouns_hold_a_capital(themes: Any) -> None:
    for theme in themes:
        for owner in (theme, *theme.types):
            for noun in owner.nouns["de"]:
                assert any(word[0].isupper() for word in noun.text.split()), noun.text


def test_values_are_on_the_fixed_lists(types: Any) -> None:
    product, loaded = market("pictures.product"), market("types")
    packagings = {packaging or "none" for packaging in product.PACKAGINGS}
    for each in types:
        assert set(each.shape) <= set(product.SHAPES), each.key
        assert set(each.packaging) <= packagings, each.key
        assert set(each.audience) <= set(loaded.AUDIENCES), each.key
        assert set(each.material) <= set(MATERIALS.split()), each.key
        assert set(each.features) <= set(FEATURES.split()), each.key
        assert set(each.count) <= {1, 2, 3, 4, 5, 6}, each.key
        assert each.size in loaded.SIZE_SYSTEMS, each.key


def test_chances_sum_to_one_and_are_written_so(types: Any) -> None:
    for each in types:
        for chances in (each.shape, each.packaging, each.audience, each.material, each.count):
            assert math.isclose(sum(chances.values()), 1, abs_tol=1e-6)
            assert all(
                math.isclose(100 * chance, round(100 * chance), abs_tol=1e-6) for chance in chances.values()
            ), each.key
        assert 2 <= len(each.features) <= 4
        assert all(0 < chance < 1 for chance in each.features.values())


def test_prices_weights_and_lengths_are_sensible(types: Any) -> None:
    for each in types:
        for (median, spread), (least, most) in (
            (each.price, (1, 2000)),
            (each.weight, (2, 60_000)),
            (each.length, (1.5, 250)),
        ):
            assert least <= median <= most, each.key
            assert 0.03 <= spread <= 0.6, each.key
        assert each.weight[0] <= 50 + 2.5 * each.length[0] ** 3, each.key  # a cube of stone weighs 2.5 g/cm3


def _near(one: Any, other: Any) -> bool:
    ratios = (one.price[0] / other.price[0], one.weight[0] / other.weight[0])
    return all(abs(math.log(ratio)) <= 0.5 for ratio in ratios)


def _overlap(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(min(chance, other.get(name, 0)) for name, chance in one.items())


def test_each_theme_is_built_of_contrasts(themes: Any) -> None:
    """Twins are told apart by numbers and categories only; look-alikes in numbers by the picture only."""
    for theme in themes:
        pairs = list(combinations(theme.types, 2))
        twins = [(one.key, other.key) for one, other in pairs if _overlap(one.shape, other.shape) >= 0.75]
        neighbours = [
            (one.key, other.key)
            for one, other in pairs
            if _near(one, other) and _overlap(one.shape, other.shape) < 0.3
        ]
        assert twins, theme.key
        assert neighbours, theme.key
        assert len(twins) + len(neighbours) >= 3, theme.key
        for one, other in pairs:
            if (one.key, other.key) in twins:
                apart = abs(math.log(one.weight[0] / other.weight[0])) + abs(
                    math.log(one.price[0] / other.price[0])
                )
                assert apart > 0.3 or _overlap(one.audience, other.audience) < 0.5, (one.key, other.key)


def test_a_shape_alone_seldom_tells_the_type() -> None:
    """Most types share their shape with another type; in the small size all do."""
    for size, most in (("small", 0.0), ("full", 0.1)):
        types = [each for theme in market("types").load_types(size) for each in theme.types]
        shown = Counter(max(each.shape, key=each.shape.__getitem__) for each in types)
        alone = [shape for shape, found in shown.items() if found == 1]
        assert len(alone) <= most * len(types), alone
