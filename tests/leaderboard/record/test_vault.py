"""Files under the digest of their content."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.record.vault import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault")


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_what_is_kept_is_found_under_its_digest(chunks: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault(Path(folder) / "vault")
        digest = vault.put(chunks)
        assert digest == hashlib.sha256(b"".join(chunks)).hexdigest()
        assert vault.path(digest).read_bytes() == b"".join(chunks)
        assert not list(vault.incoming.iterdir())


def test_several_drafts_are_kept_together(vault: Vault) -> None:
    drafts = [vault.draft([bytes([n]) * 10]) for n in range(6)]
    assert [draft.size for draft in drafts] == [10] * 6
    assert not vault.path(drafts[0].digest).exists()
    vault.keep(drafts)
    assert vault.faults([draft.digest for draft in drafts]) == []


def test_the_same_content_again_changes_nothing(vault: Vault) -> None:
    assert vault.put([b"same"]) == vault.put([b"sa", b"me"])
    assert len([path for path in vault.root.iterdir() if path.is_file()]) == 1


def test_a_broken_stream_leaves_nothing(vault: Vault) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        vault.draft(broken())
    assert not list(vault.incoming.iterdir())


def test_a_full_disk_leaves_nothing(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        vault.put([b"content"])
    assert not list(vault.incoming.iterdir())
    assert not [path for path in vault.root.iterdir() if path.is_file()]


def test_files_are_synced_before_they_have_their_names_and_the_folder_after(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = [vault.draft([bytes([n])]) for n in range(3)]
    synced: list[tuple[str, int]] = []
    sync = os.fsync

    def note(handle: int) -> None:
        named = sum(path.is_file() for path in vault.root.iterdir())
        synced.append((Path(os.readlink(f"/proc/self/fd/{handle}")).name, named))
        sync(handle)

    monkeypatch.setattr(os, "fsync", note)
    vault.keep(drafts)
    assert sorted(synced[:3]) == sorted((draft.path.name, 0) for draft in drafts)
    assert synced[3:] == [(vault.root.name, 3)]


def test_missing_and_changed_files_are_named(vault: Vault) -> None:
    kept, gone = vault.put([b"kept"]), vault.put([b"gone"])
    vault.path(gone).unlink()
    vault.path(kept).write_bytes(b"changed")
    assert sorted(vault.faults([kept, gone])) == sorted(
        [f"file {gone} is missing", f"file {kept} has another content"]
    )


def test_what_a_killed_process_left_half_written_is_cleared_and_no_more(vault: Vault) -> None:
    vault.clear_incoming()
    mine = vault.draft([b"whole"])
    (vault.incoming / "left").write_bytes(b"half")
    vault.clear_incoming()
    assert list(vault.incoming.iterdir()) == [mine.path]
    vault.keep([mine])
    assert vault.faults([mine.digest]) == []
