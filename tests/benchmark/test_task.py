"""A prepared task in a participant's hands."""

from __future__ import annotations

import pytest
from toys import KINDS, toy_folder, toy_task

from benchmark import load_task
from benchmark.errors import UserError
from benchmark.task import Task, open_task, verify_pictures


def test_a_path_loads_the_same_task_as_opening_it() -> None:
    folder = toy_folder("classification")
    assert load_task(folder).digest == load_task(str(folder)).digest == open_task(folder).digest


def test_pictures_open_lazily_and_missing_ones_are_missing_data() -> None:
    task = toy_task("classification")
    cell = task.test["picture"].dropna().iloc[0]
    picture = task.image(cell)
    assert picture is not None
    assert picture.size == (8, 8)
    assert picture.getpixel((0, 0)) is not None
    (task.folder / cell).write_bytes(b"\x89PNG broken")
    assert task.image(cell) is None
    (task.folder / cell).unlink()
    assert task.image(cell) is None
    assert task.image(task.test["picture"][task.test["picture"].isna()].iloc[0]) is None


def test_a_changed_file_is_refused_by_name() -> None:
    task = toy_task("classification")
    path = task.folder / "train.parquet"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(UserError, match=r"train\.parquet is not the one that was published"):
        _ = task.train


def test_a_changed_picture_is_refused_by_name() -> None:
    task = toy_task("classification")
    cell = task.train["picture"].dropna().iloc[0]
    verify_pictures(task)
    (task.folder / cell).write_bytes(b"another")
    with pytest.raises(UserError, match=cell):
        verify_pictures(task)


def test_folds_are_checked() -> None:
    task = toy_task("classification", split={"folds": 3})
    assert task.fold == 0
    with pytest.raises(UserError, match="no fold 3"):
        task.with_fold(3)
    with pytest.raises(UserError, match="fixed test"):
        toy_task("matching").with_fold(0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_format_shows_real_ids(kind: str) -> None:
    task: Task = toy_task(kind)
    assert task.test_ids[0] in task.predictions_format()


def test_a_folder_that_is_no_task_is_refused(home: object) -> None:
    with pytest.raises(UserError, match="not a prepared task"):
        load_task(f"{home}/nowhere")


def test_an_unknown_name_gets_a_hint() -> None:
    with pytest.raises(UserError, match="Did you mean 'flipkart'"):
        load_task("flipcart")


def test_an_unprepared_task_says_what_to_do() -> None:
    with pytest.raises(UserError, match="classmark prepare flipkart --raw DIR"):
        load_task("flipkart")
