"""The simulated returns: what outcomes bring, what records tell, and what they must not tell."""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmark.catalog import load_recipe
from benchmark.streams import Streams

TASK = "returns_disposition"
MODALITIES = ("text", "numbers", "pictures")


@cache
def module(name: str) -> ModuleType:
    load_recipe(TASK)
    return importlib.import_module(f"_classmark_datasets.{name}")


def raw(seed: str = "seed 0") -> SimpleNamespace:
    return SimpleNamespace(streams=Streams(seed.encode(), TASK, "1.0.0"), size="small")


@cache
def made() -> tuple[pd.DataFrame, pd.DataFrame]:
    frame, posterior = load_recipe(TASK)(raw())
    return frame, posterior


@cache
def drawn(seed: str = "seed 0"):
    return module(f"{TASK}.state").draw(raw(seed).streams, 4000)


def worth(condition: str, kind: str, price: float, weeks: float = 0) -> dict[str, float]:
    world, values = module(f"{TASK}.world"), module(f"{TASK}.values")
    code = np.array([list(world.CONDITIONS).index(condition)])
    kinds = world.kinds_of(np.array([list(world.KINDS).index(kind)]))
    found = values.values(code, kinds, np.array([price]), np.array([weeks]))
    return dict(zip(values.OUTCOMES, found[0].round(2).tolist(), strict=True))


@pytest.mark.parametrize(
    ("condition", "kind", "price", "weeks", "expected"),
    [
        # .97 * 100 - 3; .7 * 100 - 5; .6 * 100 - 6 - 8; .2 * 100 - 4; 10 + 3 - 1.5; -1.5 - .6 * 1.25
        ("sealed", "kettle", 100, 0, (94, 65, 46, 16, 11.5, -2.25)),
        # the price has faded by 20 % after 50 weeks, the tax credit has not
        ("sealed", "kettle", 100, 50, (74.6, 51, 34, 12, 11.5, -2.25)),
        # clothes that were tried on are sold as new; no workshop for clothes: the item comes back
        ("opened", "dress", 50, 0, (42, 30, -14, 6, 6.5, -1.75)),
        # once opened, cosmetics may only be disposed of: the claim is 20 + .8 * 30 on top
        ("opened", "lotion", 30, 0, (-62, -49, -58, -48, -45.5, -1.78)),
        # beyond repair: -1.5 * 60 - 3; -.8 * 60 - 5; the workshop and the charity refuse
        ("dead", "kettle", 60, 0, (-93, -53, -14, -1, -7.5, -2.25)),
        # fixed for 17 + .08 * 200
        ("repairable", "phone", 200, 0, (-303, -125, 79, 36, -7.5, -1.75)),
    ],
)
def test_values_by_hand(
    condition: str, kind: str, price: float, weeks: float, expected: tuple[float, ...]
) -> None:
    assert tuple(worth(condition, kind, price, weeks).values()) == pytest.approx(expected, abs=0.006)


def test_price_decides_what_the_workshop_gets() -> None:
    dear, cheap = worth("repairable", "kettle", 120), worth("repairable", "kettle", 40)
    assert max(dear, key=dear.__getitem__) == "refurbish"
    assert max(cheap, key=cheap.__getitem__) == "liquidate"


def test_label_is_best_value_and_first_of_equals() -> None:
    frame, posterior = made()
    for table, column in ((frame, "outcome"), (posterior, "answer")):
        value_columns = [name for name in table if name.startswith("value:")]
        best = table[value_columns].to_numpy().argmax(axis=1)
        assert (table[column] == np.array([name[6:] for name in value_columns])[best]).all()


def test_every_outcome_has_rows_enough() -> None:
    assert made()[0]["outcome"].value_counts().min() >= 60
    assert made()[0]["outcome"].nunique() == 6


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module(f"{TASK}.prepare").ROWS, "small", 500)


@pytest.mark.usefixtures("few")
def test_same_streams_same_records() -> None:
    (frame, posterior), (again, posterior_again) = (load_recipe(TASK)(raw()) for _ in range(2))
    pd.testing.assert_frame_equal(frame, again)
    pd.testing.assert_frame_equal(posterior, posterior_again)


@pytest.mark.usefixtures("few")
def test_other_key_other_records() -> None:
    first, second = (load_recipe(TASK)(raw(seed))[0] for seed in ("seed 0", "seed 1"))
    pairs = [set(zip(frame["comment"], frame["photo"], strict=True)) for frame in (first, second)]
    assert not {pair for pair in pairs[0] & pairs[1] if pair[1] is not None}
    assert not set(first["photo"].dropna()) & set(second["photo"].dropna())
    assert not set(first["reference"]) & set(second["reference"])
    assert not set(first["title"]) & set(second["title"])


def test_posterior_is_calibrated() -> None:
    frame, posterior = made()
    assert posterior.groupby("row")["probability"].sum().to_numpy() == pytest.approx(1)
    chances = posterior.pivot_table(
        index="row", columns="answer", values="probability", aggfunc="sum", fill_value=0
    )
    true = np.array([chances.at[row, answer] for row, answer in enumerate(frame["outcome"])])
    expected = (chances**2).sum(axis=1)
    assert true.mean() == pytest.approx(expected.mean(), abs=0.02)
    sure = chances.to_numpy() > 0.6
    said = chances.to_numpy()[sure]
    hit = (chances.columns.to_numpy()[None] == frame["outcome"].to_numpy()[:, None])[sure]
    assert hit.mean() == pytest.approx(said.mean(), abs=0.02)


@pytest.mark.parametrize("seed", ["seed 0", "seed 1"])
def test_modalities_decide_together(seed: str) -> None:
    evidence, values = module("_market.evidence"), module(f"{TASK}.values")
    record = drawn(seed)
    label_of = values.best(record.worth)
    found = evidence.joint_share(record.evidence, label_of, 6)
    assert found["joint"] >= 0.22
    assert found["complete"] >= 0.75
    decided = evidence.of_labels(record.evidence.posterior(), label_of, 6).max(axis=1) >= 0.9
    assert 0.5 <= decided.mean() <= 0.8


def recovered(record, *modalities: str) -> float:
    rows = np.arange(len(record.condition))
    true = record.worth[rows, record.condition]
    chances = record.evidence.posterior(*modalities)
    choice = np.einsum("rs,rso->ro", chances, record.worth).argmax(axis=1)
    return float(true[rows, choice].sum() / true.max(axis=1).sum())


def test_each_modality_counts() -> None:
    record = drawn()
    oracle = recovered(record)
    assert 0.75 <= oracle <= 0.92
    for name in MODALITIES:
        assert recovered(record, name) < oracle - 0.15
        assert recovered(record, *(other for other in MODALITIES if other != name)) < oracle - 0.04


def test_most_frequent_outcome_is_the_best_of_poor_constants() -> None:
    record = drawn()
    true = record.worth[np.arange(len(record.condition)), record.condition]
    constants = true.sum(axis=0) / true.max(axis=1).sum()
    assert constants.max() < 0.3
    assert constants.argmax() == np.bincount(record.label).argmax()


def test_new_products_are_like_the_others() -> None:
    frame = made()[0].drop_duplicates("product")
    assert 0.09 <= frame["new"].mean() <= 0.15
    table = pd.crosstab(frame["outcome"], frame["new"])
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.to_numpy().sum()
    assert ((table - expected) ** 2 / expected).to_numpy().sum() < 20.5  # chi square, 5 degrees, p = .001
    assert made()[0].groupby("product")["new"].nunique().max() == 1


def test_new_wordings_stay_in_new_records() -> None:
    frame = made()[0]
    lists = module(f"{TASK}.world").read("comments.en.toml")
    seen = frame.loc[~frame["new"], "comment"].dropna().str.cat(sep=" ").lower()
    for name, lines in lists.items():
        if name not in ("note", "extra"):
            assert lines[-1].lower().rstrip(".") not in seen


def test_no_conflict_within_a_product() -> None:
    frame = made()[0]
    for column in ("title", "product_kind", "price", "currency", "reference", "redesign_week"):
        assert frame.groupby("product")[column].nunique().max() == 1, column
    assert frame["product"].value_counts().max() == 2


def test_packaging_week_tells_the_new_design() -> None:
    world, record = module(f"{TASK}.world"), drawn()
    frame = made()[0]
    later = frame["packaging_week"] >= frame["redesign_week"]
    assert (later == (record.redesigned == 1)).all()
    assert (record.photo[later.to_numpy()] != world.PHOTOS.index("differs")).all()
