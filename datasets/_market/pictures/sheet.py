"""Contact sheets: many pictures on one image, with captions."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from .scene import SIDE

COLUMNS, ROWS = 8, 6
_GAP, _CAPTION = 6, 16


def contact_sheet(pictures: list[bytes], captions: list[str]) -> Image.Image:
    """Up to 48 pictures in 8 columns, each with a caption under it."""
    rows = -(-min(len(pictures), COLUMNS * ROWS) // COLUMNS)
    width, height = SIDE + _GAP, SIDE + _CAPTION + _GAP
    sheet = Image.new("RGB", (COLUMNS * width + _GAP, rows * height + _GAP), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=11)
    for k, (data, caption) in enumerate(zip(pictures[: COLUMNS * ROWS], captions, strict=False)):
        row, column = divmod(k, COLUMNS)
        x, y = _GAP + column * width, _GAP + row * height
        sheet.paste(Image.open(io.BytesIO(data)), (x, y))
        text = caption
        while draw.textlength(text, font=font) > SIDE and len(text) > 1:
            text = text[:-2].rstrip("…") + "…"
        draw.text((x + SIDE / 2, y + SIDE + 2), text, fill="black", font=font, anchor="ma")
    return sheet
