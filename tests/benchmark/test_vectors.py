"""The embedding cache: a vector belongs to its exact input and its encoder, and to nothing else."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmark import vectors as module
from benchmark.vectors import BATCH, Encoder, Vectors, adopt

ENCODER = Encoder("bytes", "1", "none", 3)
LIMIT = 10**9


class Computing:
    """Computes vectors from inputs, and remembers what it was asked for."""

    def __init__(self, inputs: list[bytes], encoder: Encoder = ENCODER) -> None:
        self.inputs, self.encoder, self.asked = inputs, encoder, []  # type: ignore[var-annotated]

    def __call__(self, positions: list[int]) -> NDArray[np.float32]:
        self.asked += [self.inputs[position] for position in positions]
        return truth([self.inputs[position] for position in positions], self.encoder)

    def of(self, vectors: Vectors) -> NDArray[np.float32]:
        return vectors.of(self.encoder, self.inputs, self)


def truth(inputs: list[bytes], encoder: Encoder = ENCODER) -> NDArray[np.float32]:
    """A vector that tells every input, revision and pooling from every other."""
    seeds = [
        hashlib.sha256(b"|".join([encoder.revision.encode(), encoder.pooling.encode(), content])).digest()
        for content in inputs
    ]
    numbers = [np.frombuffer(seed[: 4 * encoder.dimension], np.uint32) for seed in seeds]
    return np.array(numbers, np.float32).reshape(len(inputs), encoder.dimension)


def filled(new: Path, inputs: list[bytes], encoder: Encoder = ENCODER) -> Path:
    """The only batch file of a run that computed these inputs."""
    Computing(inputs, encoder).of(Vectors(None, new))
    [path] = new.glob("*/*.npy")
    return path


@pytest.mark.parametrize("folder", ["kept in memory", "written"])
def test_each_distinct_input_is_computed_once(folder: str, tmp_path: Path) -> None:
    vectors = Vectors(None, tmp_path if folder == "written" else None)
    first = Computing([b"tea", b"oolong", b"tea", b""])
    assert np.array_equal(first.of(vectors), truth(first.inputs))
    assert first.asked == [b"tea", b"oolong", b""]
    second = Computing([b"matcha", b"oolong"])
    assert np.array_equal(second.of(vectors), truth(second.inputs))
    assert second.asked == [b"matcha"]
    assert Computing([]).of(vectors).shape == (0, 3)
    assert vectors.saved == 0


_INPUTS = st.lists(st.binary(max_size=3), max_size=12)
_ENCODERS = st.builds(
    Encoder, st.just("bytes"), st.sampled_from("12"), st.sampled_from("ab"), st.integers(1, 3)
)


@settings(max_examples=60)
@given(st.lists(st.tuples(_ENCODERS, _INPUTS, st.booleans()), max_size=8))
def test_no_input_or_encoder_ever_gets_the_vector_of_another(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[Encoder, list[bytes], bool]]
) -> None:
    store, new = (tmp_path_factory.mktemp(name) for name in ("store", "new"))
    for encoder, inputs, finished in runs:
        assert np.array_equal(Computing(inputs, encoder).of(Vectors(store, new)), truth(inputs, encoder))
        if finished:
            adopt(new, store, LIMIT)


@pytest.mark.parametrize(
    "change", [{"name": "x"}, {"revision": "2"}, {"pooling": "first"}, {"dimension": 2}], ids=str
)
def test_another_encoder_starts_anew(change: dict[str, Any], tmp_path: Path) -> None:
    filled(tmp_path, [b"tea"])
    other = Computing([b"tea"], replace(ENCODER, **change))
    other.of(Vectors(tmp_path, None))
    assert other.asked == [b"tea"]


def test_costs_are_the_same_whether_cached_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(100))
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: float(next(ticks))))
    inputs = [b"%d" % i for i in range(BATCH + 5)]
    first = Vectors(tmp_path / "store", tmp_path / "new")
    Computing(inputs).of(first)
    assert (first.spent, first.saved) == (2.0, 0.0)  # two batches, a tick each
    adopt(tmp_path / "new", tmp_path / "store", LIMIT)
    second = Vectors(tmp_path / "store", tmp_path / "new")
    for _ in range(2):
        Computing(inputs).of(second)
    assert second.spent == 0
    assert second.saved == pytest.approx(2.0)


def test_finished_batches_outlive_a_run_that_is_stopped(tmp_path: Path) -> None:
    inputs = [b"%d" % i for i in range(2 * BATCH)]

    def stop(positions: list[int]) -> NDArray[np.float32]:
        if positions[0]:
            raise KeyboardInterrupt
        return truth([inputs[position] for position in positions])

    with pytest.raises(KeyboardInterrupt):
        Vectors(None, tmp_path).of(ENCODER, inputs, stop)
    again = Computing(inputs)
    again.of(Vectors(tmp_path, None))
    assert again.asked == inputs[BATCH:]


def test_an_encoder_that_breaks_its_word_is_told_so() -> None:
    with pytest.raises(ValueError, match=r"bytes: vectors of shape \(1, 3\) expected, got \(1, 2\)"):
        Vectors().of(ENCODER, [b"tea"], lambda positions: np.zeros((1, 2), np.float32))


class Pickled:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.mark),)


def damaged(good: bytes, mark: Path) -> dict[str, bytes]:
    """Contents that are no batch."""
    np.save(mark.with_suffix(".npy"), np.array([Pickled(mark)]), allow_pickle=True)
    np.save(mark.with_suffix(".floats.npy"), np.zeros((1, 3)))
    np.save(mark.with_suffix(".scalar.npy"), np.float32(1))
    claims = good.replace(b"(1,)", b"(9,)")
    return {
        "empty": b"",
        "cut short": good[:-5],
        "cut in the header": good[:60],
        "more rows claimed than there are": claims,
        "a pickle": mark.with_suffix(".npy").read_bytes(),
        "another array": mark.with_suffix(".floats.npy").read_bytes(),
        "a scalar": mark.with_suffix(".scalar.npy").read_bytes(),
        "a broken header": good.replace(b"'descr'", b"'''descr"),
    }


def test_what_is_no_batch_is_neither_read_nor_adopted(tmp_path: Path) -> None:
    path = filled(tmp_path / "new", [b"tea"])
    for what, content in damaged(path.read_bytes(), tmp_path / "mark").items():
        path.write_bytes(content)
        computing = Computing([b"tea"])
        assert np.array_equal(computing.of(Vectors(tmp_path / "new", None)), truth([b"tea"])), what
        assert computing.asked == [b"tea"], what
        adopt(tmp_path / "new", tmp_path / "store", LIMIT)
        assert not list(tmp_path.glob("store/*/*.npy")), what
    assert not (tmp_path / "mark").exists(), "a pickle was loaded"


def test_only_sound_regular_files_are_adopted(tmp_path: Path) -> None:
    new, store = tmp_path / "new", tmp_path / "store"
    good = filled(new, [b"tea"])
    secret = tmp_path / "secret"
    secret.write_bytes(good.read_bytes())
    (good.parent / ("0" * 64 + ".npy")).write_bytes(good.read_bytes())  # not the digest of its keys
    elsewhere = filled(tmp_path / "other", [b"oolong"])
    (good.parent / elsewhere.name).symlink_to(elsewhere)
    os.mkfifo(good.parent / "pipe.npy")
    (new / "linked").symlink_to(elsewhere.parent)
    (new / "no encoder").mkdir()
    (new / "loose.npy").write_bytes(good.read_bytes())
    adopt(new, store, LIMIT)
    assert [path.relative_to(store) for path in store.glob("*/*.npy")] == [good.relative_to(new)]
    assert not good.exists(), "what is adopted is moved"
    assert elsewhere.exists()


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"name": 1}', b"[" * 3000, b" " * 5000, b"\xff"], ids=range(7)
)
def test_a_folder_that_lies_about_its_encoder_is_left(content: bytes, tmp_path: Path) -> None:
    path = filled(tmp_path / "new", [b"tea"])
    (path.parent / "encoder.json").write_bytes(content)
    adopt(tmp_path / "new", tmp_path / "store", LIMIT)
    assert not (tmp_path / "store").exists()


def test_a_folder_under_another_encoders_name_is_left(tmp_path: Path) -> None:
    path = filled(tmp_path / "new", [b"tea"])
    described = json.loads((path.parent / "encoder.json").read_text())
    assert described == {"name": "bytes", "revision": "1", "pooling": "none", "dimension": 3}
    path.parent.rename(path.parent.with_name(replace(ENCODER, revision="2").digest))
    adopt(tmp_path / "new", tmp_path / "store", LIMIT)
    assert not (tmp_path / "store").exists()


def test_seconds_that_cannot_be_are_left(tmp_path: Path) -> None:
    for seconds in (-1.0, np.nan, np.inf):
        path = filled(tmp_path / "new", [b"tea"])
        record = np.load(path)
        record["seconds"] = seconds
        np.save(path, record)
        adopt(tmp_path / "new", tmp_path / "store", LIMIT)
        assert path.exists()
        path.unlink()


def test_the_oldest_batches_go_first(tmp_path: Path) -> None:
    new, store = tmp_path / "new", tmp_path / "store"
    for age, content in ((1, b"new"), (3, b"old"), (2, b"middle")):
        size = filled(new, [content]).stat().st_size
        adopt(new, store, LIMIT)
        [path] = [path for path in store.glob("*/*.npy") if path.stat().st_mtime > 10**6]
        os.utime(path, (1000 - age, 1000 - age))
    adopt(new, store, 2 * size)
    asked = Computing([b"new", b"old", b"middle"])
    asked.of(Vectors(store, None))
    assert asked.asked == [b"old"]


def _run(store: Path, new: Path, start: int) -> None:
    for batch in range(start, start + 10):
        Computing([b"%d" % batch]).of(Vectors(store, new))
        adopt(new, store, LIMIT)


def test_several_processes_adopt_at_the_same_time(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=_run, args=(tmp_path / "store", tmp_path / f"new {i}", 5 * i))
        for i in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    inputs = [b"%d" % i for i in range(20)]
    asked = Computing(inputs)
    assert np.array_equal(asked.of(Vectors(tmp_path / "store", None)), truth(inputs))
    assert asked.asked == []
    assert len(list(tmp_path.glob("store/*/*.npy"))) == 20
