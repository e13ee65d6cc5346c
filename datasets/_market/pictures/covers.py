"""Album covers: one motif in one palette, laid out by the album, scanned by a shop."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from .cover_scenes import SCENES
from .cover_sheet import SIDE, Sheet, clip
from .cover_things import THINGS

_DRAWN = {**SCENES, **THINGS}
MOTIFS = tuple(_DRAWN)


@dataclass(frozen=True)
class Cover:
    """What a cover shows. Covers of equal `layout` are the same print; what differs is its scan."""

    motif: str
    palette: str
    layout: int = 0


def album_cover(cover: Cover, rng: np.random.Generator) -> bytes:
    """A JPEG of 160 x 160 pixels; print by `cover.layout`, the scan's light, angle, blur and noise by `rng`."""
    sheet = Sheet(cover.palette, cover.layout)
    _DRAWN[cover.motif](sheet)
    _print(sheet)
    return _scan(sheet.image, rng)


def _print(sheet: Sheet) -> None:
    """What any sleeve may have: a frame, lines of lettering, a sticker."""
    place = sheet.rng.random()
    if place < 0.65:
        x, y = sheet.some(10, 50), sheet.some(8, 16) if place < 0.4 else sheet.some(136, 144)
        for step in range(sheet.count(1, 2)):
            end = x
            for _ in range(sheet.count(1, 3)):
                wide = sheet.some(10, 28)
                sheet.box(end, y + 8 * step, wide, 4 - step, sheet.light)
                end += wide + 4
    if sheet.rng.random() < 0.25:
        sheet.draw.rectangle([0, 0, SIDE - 1, SIDE - 1], outline=sheet.light, width=sheet.count(3, 8))
    if sheet.rng.random() < 0.15:
        x, y = sheet.some(22, 138), 24 if sheet.rng.random() < 0.5 else 136
        sheet.disc(x, y, 13, (246, 214, 40) if sheet.rng.random() < 0.5 else (216, 40, 40))
        sheet.box(x - 8, y - 3, 16, 2, (250, 250, 250))
        sheet.box(x - 6, y + 1, 12, 2, (250, 250, 250))


def _scan(image: Image.Image, rng: np.random.Generator) -> bytes:
    if rng.random() < 0.6:
        ground = clip(np.full(3, rng.uniform(170, 255)))
        image = image.rotate(float(rng.normal(0, 2.2)), Image.Resampling.BILINEAR, fillcolor=ground)
    if rng.random() < 0.5:
        image = image.filter(ImageFilter.BoxBlur(float(rng.uniform(0.3, 1.3))))
    pixels = np.array(image, np.float32)
    across, down = rng.normal(0, 0.09, 2).astype(np.float32)
    ramp = np.linspace(-1, 1, SIDE, dtype=np.float32)
    light = np.float32(rng.normal(1, 0.07)) * (1 + across * ramp[None, :] + down * ramp[:, None])
    grain = rng.standard_normal((SIDE // 2, SIDE), np.float32) * np.float32(rng.uniform(1, 6))
    pixels *= light[:, :, None]
    pixels += np.concatenate([grain, grain[::-1]])[:, :, None]
    pixels += rng.normal(0, 4, 3).astype(np.float32)
    np.clip(pixels, 0, 255, out=pixels)
    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(out, "JPEG", quality=int(rng.integers(60, 93)))
    return out.getvalue()
