"""Make docs/embedded/: a sheet of 48 pictures and 20 texts per language of each embedded task.

python docs/samples.py    (prepares what is not prepared yet)
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pandas as pd

from benchmark import load_task
from benchmark.catalog import load_recipe
from benchmark.load import embedded_tasks
from benchmark.task import Task

HERE = Path(__file__).parent / "embedded"
PICTURES, TEXTS, WIDTH = 48, 20, 1000


def main() -> None:
    HERE.mkdir(exist_ok=True)
    for name in embedded_tasks():
        task = load_task(name)
        load_recipe(name)  # registers the package that the next line imports from
        sheet = import_module("_classmark_datasets._market.pictures.sheet")
        columns = [column.name for column in task.columns if column.type == "image"]
        shown = task.train.dropna(subset=columns)
        if not task.classes:
            shown = shown.sort_values(task.target)
        shown = shown.head(PICTURES // len(columns))
        files = [task.folder / row[column] for _, row in shown.iterrows() for column in columns]
        captions = [
            column if column != columns[0] else str(label)
            for label in shown[task.target]
            for column in columns
        ]
        page = sheet.contact_sheet([path.read_bytes() for path in files], captions)
        page.thumbnail((WIDTH, WIDTH))
        page.save(HERE / f"{name}.jpg", quality=80)
        (HERE / f"{name}.md").write_text(_texts(task), encoding="utf-8")


def _texts(task: Task) -> str:
    names = [column.name for column in task.columns if column.type == "text"]
    lines = [f"# {task.name}: random texts", "", f"![48 pictures of {task.name}]({task.name}.jpg)", ""]
    for language in ("en", "es", "fr", "de", "it"):
        lines += [f"## {language}", ""]
        for row in task.train[task.train["language"] == language].head(TEXTS).to_dict("records"):
            texts = [str(row[name]) for name in names if pd.notna(row[name])]
            lines.append(f"- {' / '.join(texts)} *({row[task.target]})*")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    main()
