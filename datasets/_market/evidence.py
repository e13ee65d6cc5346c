"""Evidence about hidden states, and what it says: drawn and counted in one place, so that the two cannot drift apart.

Each record has a hidden state. Whatever its texts, numbers, categories and picture will tell about that state is drawn
here, from a table of chances that the oracle may read too. What is made of it later (wording, typos, drawing) uses
nothing else of the state, so the posterior given this evidence bounds what any solution can know.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

DECIDABLE = 0.9
SHARED = 0.7
FLOOR = 1e-4

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Evidence:
    """Evidence about `state` (records,), whose values have the chances `prior` (states,) before any is seen.

    Draws are independent given the state. `shown` (records,) says which records carry a draw at all; it must not
    depend on the state. `also` names other modalities that repeat the same draw, with masks of their own: it counts
    once where several show it. `group` (records,) picks one of several tables, for what is public about a record (its
    seller, its region). Records with the same number in `same` (records,) have one hidden state between them, and
    what is known of one is known of all.

    >>> evidence = Evidence(np.array([0, 1]), np.array([0.5, 0.5]))
    >>> evidence.category("text", np.array([[1.0, 0.0], [0.0, 1.0]]), np.random.default_rng(0))
    array([0, 1])
    >>> evidence.posterior().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(self, state: Codes, prior: Floats, same: Codes | None = None) -> None:
        self.state = state
        self.prior = prior / prior.sum()
        self.same = same
        self._alone: dict[str, NDArray[np.float32]] = {}
        self._repeated: list[tuple[dict[str, Mask], NDArray[np.float32]]] = []
        self._carried: dict[str, Mask] = {}

    def category(
        self,
        modality: str,
        table: Floats,
        rng: np.random.Generator,
        shown: Mask | None = None,
        also: dict[str, Mask] | None = None,
        group: Codes | None = None,
    ) -> Codes:
        """Draw one of several values per record by `table` (states, values), or (groups, states, values).

        Returns the drawn value of each record, -1 where it is not shown; shape (records,).
        """
        tables = (table if table.ndim == 3 else table[None]) / table.sum(axis=-1, keepdims=True)
        at = np.zeros(len(self.state), np.int64) if group is None else group
        steps = tables.cumsum(axis=-1)
        spot = rng.random(len(self.state))[:, None]
        value = np.minimum((spot >= steps[at, self.state]).sum(axis=1), tables.shape[-1] - 1)
        with np.errstate(divide="ignore"):
            logs = np.log(tables).astype(np.float32)
        seen = self._add(modality, logs[at, :, value], shown, also)
        return np.where(seen, value, -1)

    def number(
        self,
        modality: str,
        mean: Floats,
        spread: Floats,
        rng: np.random.Generator,
        shown: Mask | None = None,
        also: dict[str, Mask] | None = None,
    ) -> Floats:
        """Draw a normal number per record by its state's mean and standard deviation, both of shape (states,).

        Returns the numbers, NaN where not shown; shape (records,). Draw logarithms for what is log-normal.
        """
        drawn = rng.normal(mean[self.state], spread[self.state])
        far = (drawn[:, None] - mean) / spread
        seen = self._add(modality, (-0.5 * far**2 - np.log(spread)).astype(np.float32), shown, also)
        return np.where(seen, drawn, np.nan)

    def posterior(self, *modalities: str) -> Floats:
        """The chances of each state given the evidence of the modalities, or all of it; (records, states)."""
        names = modalities or tuple(self._carried)
        log = np.zeros((len(self.state), len(self.prior)))
        for name in names:
            if name in self._alone:
                log += self._alone[name]
        for masks, part in self._repeated:
            seen = np.logical_or.reduce([masks[name] for name in names if name in masks] or [np.array(False)])
            log += np.where(seen[..., None], part, np.float32(0))
        if self.same is not None:
            pooled = np.zeros((int(self.same.max()) + 1, log.shape[1]))
            np.add.at(pooled, self.same, log)
            log = pooled[self.same]
        log += np.log(self.prior)
        chances = np.exp(log - log.max(axis=1, keepdims=True))
        return np.asarray(chances / chances.sum(axis=1, keepdims=True), np.float64)

    def modalities(self) -> list[str]:
        """The modalities that carry evidence, in the order they were first drawn."""
        return list(self._carried)

    def carried(self, modality: str) -> Mask:
        """Which records carry evidence of the modality; (records,)."""
        return self._carried[modality]

    def _add(
        self, modality: str, log: NDArray[np.float32], shown: Mask | None, also: dict[str, Mask] | None
    ) -> Mask:
        masks = {modality: np.ones(len(self.state), bool) if shown is None else shown, **(also or {})}
        for name, mask in masks.items():
            self._carried[name] = self._carried.get(name, np.zeros(len(self.state), bool)) | mask
        if also:
            self._repeated.append((masks, log))
        else:
            log = np.where(masks[modality][:, None], log, np.float32(0))
            self._alone[modality] = self._alone[modality] + log if modality in self._alone else log
        return np.asarray(np.logical_or.reduce(list(masks.values())))


def of_labels(chances: Floats, label_of: Codes, labels: int) -> Floats:
    """Chances of labels from those of states, by each state's label (states,), or (records, states); (records, labels).

    >>> of_labels(np.array([[0.5, 0.3, 0.2]]), np.array([0, 1, 1]), 2).tolist()
    [[0.5, 0.5]]
    """
    found = np.zeros((len(chances), labels))
    each = np.broadcast_to(label_of, chances.shape)
    for label in range(labels):
        found[:, label] = np.where(each == label, chances, 0).sum(axis=1)
    return found


def posterior_frame(chances: Floats, names: list[str]) -> pd.DataFrame:
    """The table that a recipe hands out beside its records: row (position), answer, probability.

    Chances below 0.0001 are left out and the rest scaled to 1.

    >>> posterior_frame(np.array([[0.25, 0.75], [1.0, 0.0]]), ["a", "b"]).values.tolist()
    [[0, 'a', 0.25], [0, 'b', 0.75], [1, 'a', 1.0]]
    """
    kept = np.where(chances >= FLOOR, chances, 0)
    kept /= kept.sum(axis=1, keepdims=True)
    row, answer = np.nonzero(kept)
    return pd.DataFrame(
        {"row": row, "answer": np.array(names, object)[answer], "probability": kept[row, answer]}
    )


def clarity(chances: Floats) -> NDArray[np.object_]:
    """ "decidable" where some label has a chance of at least 0.9, else "ambiguous"; (records,)."""
    return np.where(chances.max(axis=1) >= DECIDABLE, "decidable", "ambiguous").astype(object)


def joint_share(evidence: Evidence, label_of: Codes, labels: int) -> dict[str, float]:
    """How far the decision hinges on modalities together.

    `joint`: the share of records that all evidence decides (chance >= 0.9) while no modality alone comes to 0.7;
    `complete`: the share that carries all modalities.
    """
    found: dict[str, Any] = {}
    together = of_labels(evidence.posterior(), label_of, labels).max(axis=1) >= DECIDABLE
    for name in evidence.modalities():
        together &= of_labels(evidence.posterior(name), label_of, labels).max(axis=1) < SHARED
    carried = np.logical_and.reduce([evidence.carried(name) for name in evidence.modalities()])
    found["joint"], found["complete"] = float(together.mean()), float(carried.mean())
    return found
