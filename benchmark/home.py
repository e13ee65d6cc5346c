"""Where the suite keeps things, unless a command names another place: under CLASSMARK_HOME.

tasks/<name>/<version>/     prepared tasks, what a participant may see
hidden/<name>/<version>/    labels of their test rows, read by scoring alone
raw/                        downloaded raw files
results/                    records of runs
vectors/                    embeddings that baselines computed
environments/               Python environments of solutions
competitions/               competitions that were joined: address, token, receipts
mlflow/                     artifacts of an MLflow database that has no server
"""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """CLASSMARK_HOME, or the platform's folder for user data."""
    if given := os.environ.get("CLASSMARK_HOME"):
        return Path(given).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("classmark", appauthor=False)


def task_folder(name: str, version: str) -> Path:
    return home() / "tasks" / name / version


def hidden_folder(name: str, version: str) -> Path:
    return home() / "hidden" / name / version


def raw_folder() -> Path:
    return home() / "raw"


def results_folder() -> Path:
    return home() / "results"


def vectors_folder() -> Path:
    return home() / "vectors"


def environments_folder() -> Path:
    return home() / "environments"
