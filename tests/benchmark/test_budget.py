"""Amounts as people write them."""

from __future__ import annotations

import pytest

from benchmark.budget import parse_bytes, parse_seconds
from benchmark.errors import UserError


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2h", 7200)])
def test_seconds(text: str, seconds: float) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize(("text", "count"), [("5", 5), ("2kb", 2000), ("8 GB", 8 * 10**9), ("1GiB", 2**30)])
def test_bytes(text: str, count: int) -> None:
    assert parse_bytes(text) == count


@pytest.mark.parametrize("text", ["", "soon", "-1s", "5 parsecs", "0s", "nan", "1e3", "10001h", "9" * 400])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        parse_seconds(text)


def test_more_than_a_process_can_be_held_to_is_refused() -> None:
    assert parse_bytes("1000000000GB") == 10**18
    with pytest.raises(
        UserError, match="allowed: an amount of memory, such as 500MB or 8GB, up to 1000000000GB"
    ):
        parse_bytes("99999999999GB")
