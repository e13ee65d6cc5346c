"""Every test writes below its own home; real raw data are found beside the checkout, or where CLASSMARK_RAW says."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("here", deadline=None)  # machines are noisy: no test is timed
hypothesis.settings.load_profile("here")

_RAW = os.environ.get("CLASSMARK_RAW")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own; no option comes from the caller's environment."""
    for name in [name for name in os.environ if name.startswith("CLASSMARK_") or name == "COLUMNS"]:
        monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CLASSMARK_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def raw_data() -> Path:
    """The folder of real raw data; the test is skipped where there is none."""
    folder = Path(_RAW) if _RAW else Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("real raw data are not here: set CLASSMARK_RAW to their folder")
    return folder
