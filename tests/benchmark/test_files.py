"""Nothing is half-written."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from benchmark.files import folder_digest, new_folder, write_bytes, write_json


def test_a_folder_appears_only_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "a" / "task"

    def fail() -> None:
        with new_folder(target) as draft:
            (draft / "half").write_text("x")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        fail()
    assert list(target.parent.iterdir()) == []
    with new_folder(target) as draft:
        (draft / "whole").write_text("x")
        assert not target.exists()
    assert [path.name for path in target.iterdir()] == ["whole"]


@pytest.mark.parametrize(("replace", "kept"), [(False, "first"), (True, "second")])
def test_the_first_folder_stays_unless_replaced(tmp_path: Path, replace: bool, kept: str) -> None:
    for content in ("first", "second"):
        with new_folder(tmp_path / "t", replace=replace) as draft:
            (draft / "file").write_text(content)
    assert (tmp_path / "t" / "file").read_text() == kept
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    write_bytes(tmp_path / "f.json", b"old")
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "f.json", {"x": float("nan")})
    with pytest.raises(TypeError):
        write_bytes(tmp_path / "f.json", "not bytes")  # type: ignore[arg-type]
    assert (tmp_path / "f.json").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_folder_digest_is_the_documented_one(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "b").write_bytes(b"2")
    (tmp_path / "a").write_bytes(b"1")
    lines = sorted(f"{hashlib.sha256(c).hexdigest()}  {n}\n" for n, c in (("s/b", b"2"), ("a", b"1")))
    assert folder_digest(tmp_path) == hashlib.sha256("".join(lines).encode()).hexdigest()
