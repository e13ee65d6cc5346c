"""Pictures as numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from baselines._pictures import NAMES, picture_features, picture_frame


def test_size_and_colour_of_a_plain_picture(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    Image.new("RGB", (30, 20), (255, 0, 0)).save(path)
    values = dict(zip(NAMES, picture_features([str(path)])[0], strict=True))
    assert (values["width"], values["height"], values["aspect"]) == (30, 20, 1.5)
    assert (values["mean_r"], values["mean_g"], values["spread_r"]) == (1, 0, 0)
    assert values["colour_18"] == 1  # the bin of full red, no green, no blue
    assert all(values[f"edge_{cell}"] == 0 for cell in range(16))


def test_an_upright_edge_has_a_direction(tmp_path: Path) -> None:
    pixels = np.zeros((48, 48, 3), np.uint8)
    pixels[:, 24:] = 255
    path = tmp_path / "edge.png"
    Image.fromarray(pixels).save(path)
    values = dict(zip(NAMES, picture_features([str(path)])[0], strict=True))
    assert values["direction_0"] == 1
    assert values["light_0"] == 0
    assert values["light_3"] == 1


def test_the_outline_does_not_depend_on_place_and_size(tmp_path: Path) -> None:
    def outline(box: tuple[int, int, int, int], round: bool) -> np.ndarray:
        picture = Image.new("RGB", (96, 96), "white")
        draw = ImageDraw.Draw(picture)
        (draw.ellipse if round else draw.rectangle)(box, fill=(200, 30, 30))
        picture.save(tmp_path / "thing.png")
        values = dict(zip(NAMES, picture_features([str(tmp_path / "thing.png")])[0], strict=True))
        assert values["inner_colour_18"] > 0.8
        return np.array([values[name] for name in NAMES if name.startswith("outline")])

    small, large = outline((10, 14, 40, 44), True), outline((20, 20, 90, 90), True)
    square = outline((10, 14, 40, 44), False)
    assert np.abs(small - large).mean() < 0.05
    assert np.abs(small - square).mean() > 0.1


def test_missing_and_broken_pictures_are_nan(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff no picture")
    rows = picture_features([pd.NA, None, str(broken), str(tmp_path / "absent.png")])
    assert rows.shape == (4, len(NAMES))
    assert np.isnan(rows).all()


def test_a_table_without_pictures_gives_no_columns() -> None:
    table = pd.DataFrame(index=["a", "b"])
    assert picture_frame(table, []).shape == (2, 0)
    assert picture_features([]).shape == (0, len(NAMES))
