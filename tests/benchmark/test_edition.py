"""Editions: sizes and keys of what a recipe makes up, and the secrets of contest sets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from toys import toy_card

from benchmark.edition import Edition, new_secret, parse_edition, read_secret
from benchmark.errors import UserError

CARD = {"labels": "secret", "sizes": ["small", "full"]}


def test_versions_name_the_size_and_the_key() -> None:
    card = toy_card("classification", **CARD)
    assert Edition().version(card) == "1.0.0"
    assert Edition("small").version(card) == "1.0.0"
    assert Edition("full", 3).version(card) == "1.0.0+full.seed3"
    assert parse_edition("full.seed3") == Edition("full", 3)
    assert parse_edition("") == Edition()


def test_the_version_of_a_secret_edition_does_not_hold_the_secret() -> None:
    card, secret = toy_card("classification", **CARD), bytes(range(32))
    version = Edition("full", secret=secret).version(card)
    assert version.startswith("1.0.0+full.secret-")
    assert secret.hex()[:8] not in version
    assert version != Edition("full", secret=bytes(32)).version(card)
    assert parse_edition(version.partition("+")[2]) is None
    assert secret.hex() not in repr(Edition(secret=secret))
    assert repr(secret) not in repr(Edition(secret=secret))


def test_unknown_sizes_are_refused_by_name() -> None:
    with pytest.raises(UserError, match="full"):
        Edition("ful").version(toy_card("classification", **CARD))
    with pytest.raises(UserError, match="size"):
        Edition("small").version(toy_card("classification"))


def test_public_labels_cannot_become_secret() -> None:
    with pytest.raises(UserError, match="public"):
        Edition(secret=bytes(32)).version(toy_card("classification"))


def test_every_key_has_streams_of_its_own() -> None:
    card = toy_card("classification", **CARD)
    editions = (Edition(), Edition(seed=1), Edition("full"), Edition(secret=bytes(32)))
    draws = {edition.streams(card).rng("labels").random() for edition in editions}
    assert len(draws) == len(editions)


def test_a_new_secret_is_random_and_its_owners_alone(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "folder" / "other"
    new_secret(one)
    new_secret(other)
    assert one.stat().st_mode & 0o777 == 0o600
    assert len(read_secret(one)) == 32
    assert read_secret(one) != read_secret(other)
    with pytest.raises(UserError, match="never overwritten"):
        new_secret(one)


@pytest.mark.parametrize("content", ["", "password", "ab" * 31, "AB" * 32, "zz" * 32, "é" * 64])
def test_what_is_no_secret_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secret"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(UserError, match="not a secret"):
        read_secret(path)


def test_a_missing_or_open_secret_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    with pytest.raises(UserError, match="not a secret"):
        read_secret(path)
    new_secret(path)
    os.chmod(path, 0o644)
    with pytest.raises(UserError, match="chmod 600"):
        read_secret(path)
