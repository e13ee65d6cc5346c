"""Families are connected components, against a brute-force search."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmark.errors import UserError
from benchmark.families import families, refuse_giant

keys = st.one_of(st.none(), st.just(""), st.sampled_from("abcd"))


@given(rows=st.lists(st.tuples(keys, keys), min_size=1, max_size=9))
def test_equals_brute_force(rows: list[tuple[str | None, str | None]]) -> None:
    family = families(pd.DataFrame(rows, columns=["x", "y"], dtype=object), ["x", "y"])
    linked = [
        [i == j or any(a and a == b for a, b in zip(rows[i], rows[j], strict=True)) for j in range(len(rows))]
        for i in range(len(rows))
    ]
    for via in range(len(rows)):
        for i in range(len(rows)):
            for j in range(len(rows)):
                linked[i][j] = linked[i][j] or (linked[i][via] and linked[via][j])
    same = [[bool(family[i] == family[j]) for j in range(len(rows))] for i in range(len(rows))]
    assert same == linked


def test_without_keys_every_row_is_its_own_family() -> None:
    assert families(pd.DataFrame({"x": [1, 1]}), []).tolist() == [0, 1]


def test_a_family_above_five_percent_is_refused() -> None:
    family = families(pd.DataFrame({"artist": ["a"] * 10 + list("bcdefghijk") * 4}), ["artist"])
    with pytest.raises(UserError, match="20%"):
        refuse_giant(family, ["artist"])
