"""`competition.toml`: what is wrong with it is said, all at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from contests import TOML

from benchmark.errors import UserError
from leaderboard.config import read_config

GOOD = TOML.format(per_day=5, more="")


def read(folder: Path, text: str) -> object:
    (folder / "competition.toml").write_text(text)
    return read_config(folder)


def test_tasks_tracks_and_phases(tmp_path: Path) -> None:
    (tmp_path / "competition.toml").write_text(GOOD)
    config = read_config(tmp_path)
    assert config.tasks == {
        name: "1.0.0" for name in ("toy_classification", "toy_matching", "toy_clustering")
    }
    assert config.track_of("toy_clustering").name == "matching"
    phase = config.phase_at(datetime(2026, 1, 1, tzinfo=UTC))
    assert phase is not None
    assert phase.name == "main"
    assert config.phase_at(phase.closes) is None
    assert config.phase_at(phase.opens) == phase


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('name = "toys"', 'name = "Toys!"', "name"),
        ("per_day = 5", "per_day = 0", "quota.per_day"),
        ("per_day = 5", "per_week = 5", "quota.per_week"),
        ("per_day = 5", "per_dya = 5", r"quota.per_dya: unknown key. Did you mean 'per_day'\?"),
        ('title = "Toys', 'titel = "Toys', r"titel: unknown key. Did you mean 'title'\?"),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00", "needs its zone"),
        ("2020-01-01T00:00:00Z", "2999-01-02T00:00:00Z", "closes after it opens"),
        ("toy_matching@1.0.0", "toy_matching", "tracks.1.tasks.0"),
        ("toy_matching@1.0.0", "toy_classification@1.0.0", "in one track, once"),
        ("toy_matching@1.0.0", "../../etc@1.0.0", "tracks.1.tasks.0"),
        ('name = "matching"', 'name = "classification"', "same name"),
        ("prize = false", "prize = maybe", "not TOML"),
        ("prize = false", "prize = false\npublic_precision = 0", "public_precision"),
        ("[quota]", '[code]\nseconds = "ten minutes"\n[quota]', "code: Value error"),
    ],
)
def test_faults(tmp_path: Path, before: str, after: str, fault: str) -> None:
    assert before in GOOD
    with pytest.raises(UserError, match=fault):
        read(tmp_path, GOOD.replace(before, after, 1))


def test_several_faults_at_once_and_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, GOOD.replace("per_day = 5", "per_day = 0").replace('"toys"', '""'))
    assert "quota.per_day" in str(caught.value)
    assert "name" in str(caught.value)
    with pytest.raises(UserError, match="is not a competition"):
        read_config(tmp_path / "nowhere")


def test_a_fault_in_a_phase_is_one_fault(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, GOOD.replace("2020-01-01T00:00:00Z", "2999-01-02T00:00:00Z"))
    assert str(caught.value).count("\n  - ") == 1
    with pytest.raises(UserError, match="phases: Tuple should have at least 1 item"):
        read(
            tmp_path,
            re.sub(r"\[\[phases\]\].*?(?=\[\[)", "", GOOD, flags=re.DOTALL).replace(
                "[quota]", "phases = []\n[quota]", 1
            ),
        )


def test_phases_do_not_overlap(tmp_path: Path) -> None:
    more = (
        '[[phases]]\nname = "late"\nopens = 2030-01-01T00:00:00Z\ncloses = 2031-01-01T00:00:00Z\n[[tracks]]'
    )
    with pytest.raises(UserError, match="do not overlap"):
        read(tmp_path, GOOD.replace("[[tracks]]", more, 1))
