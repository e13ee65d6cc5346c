"""What is around a product: background, shadow, light, camera. Textures are drawn once, then cropped and tinted."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

SIDE = 160
STATION = 2  # the background of a photo station
_TILE = 224
Floats = NDArray[np.float32]

# quality of the JPEG (%), standard deviation of the noise (0-255), radius of the blur (pixels)
_QUALITY = (45, 91)
_NOISE = (1.5, 8.0)
_BLUR = (0.4, 1.1)


@dataclass(frozen=True)
class Camera:
    """How the picture is taken. Lengths are shares of the picture's side."""

    turn: float  # radians
    shear: float
    tilt: tuple[float, float]  # perspective
    scale: float
    offset: tuple[float, float]


def camera(rng: np.random.Generator, smallest: float = 0.6, sway: float = 1.0) -> Camera:
    """Up to 15 degrees of rotation, a bit of shear and perspective, `smallest` to 1 of the size; times `sway`."""
    u = 0.5 + sway * (rng.random(7) - 0.5)
    scale = smallest + (1 - smallest) * float(u[0])
    room = 0.5 * max(0.98 - scale, 0.0)
    return Camera(
        turn=float(np.radians(15) * (2 * u[1] - 1) * abs(2 * u[1] - 1) ** 0.5),
        shear=float(0.14 * (2 * u[2] - 1)),
        tilt=(float(0.2 * (u[3] - 0.5)), float(0.3 * (u[4] - 0.5))),
        scale=scale,
        offset=(float(room * (2 * u[5] - 1)), float(room * (2 * u[6] - 1))),
    )


@cache
def _noise() -> Floats:
    """(3, 224, 224): grain of deviation about 1, partly the same in the three colours."""
    grains = np.random.default_rng(1).normal(size=(_TILE, _TILE, 3)).astype(np.float32)
    grey = 0.75 * grains + 0.5 * grains[..., :1]
    return np.ascontiguousarray(grey.transpose(2, 0, 1))


def _soft(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    """Smooth random values in about -1 to 1, stretched to a tile."""
    coarse = Image.fromarray(rng.normal(size=(rows, columns)).astype(np.float32))
    return np.asarray(coarse.resize((_TILE, _TILE), Image.Resampling.BICUBIC))


@cache
def _backgrounds() -> tuple[Floats, ...]:
    """Tiles of (3, 224, 224), 0 to 255: studio, gradient, wood, cloth, floor, shelf."""
    rng = np.random.default_rng(2)
    y, x = np.mgrid[0:_TILE, 0:_TILE].astype(np.float32)
    plain = np.ones((_TILE, _TILE), np.float32)

    def tinted(grey: Floats, colour: tuple[int, int, int]) -> Floats:
        return grey * np.array(colour, np.float32)[:, None, None]

    planks = (y // 38).astype(int)
    grain = 0.06 * _soft(rng, 110, 5) + 0.05 * _soft(rng, 30, 3) + 0.06 * np.sin(planks * 2.4)
    seams = np.where(y % 38 < 2, 0.62, 1.0).astype(np.float32)
    weave = 0.05 * np.sin(x * 1.6) + 0.05 * np.sin(y * 1.6) + 0.07 * _soft(rng, 5, 5)
    tiles = np.where((x % 56 < 3) | (y % 56 < 3), 0.78, 1.0).astype(np.float32) + 0.03 * _soft(rng, 12, 12)
    board = np.where(y > 130, 0.82 + 0.04 * _soft(rng, 90, 4), 1.0 + 0.02 * _soft(rng, 4, 4)).astype(
        np.float32
    )
    board[128:133] = 0.55
    speckle = plain + 0.10 * _soft(rng, 90, 90)
    return (
        tinted(plain, (247, 247, 246)),
        tinted(plain, (236, 237, 240)),
        tinted(0.84 + 0.16 * y / _TILE, (232, 234, 238)),
        tinted(0.7 + 0.3 * x / _TILE, (196, 208, 222)),
        tinted((1 + grain) * seams, (186, 138, 92)),
        tinted((1 + grain.T) * seams.T, (126, 94, 70)),
        tinted(1 + weave, (176, 178, 186)),
        tinted(1 + weave, (206, 190, 170)),
        tinted(tiles, (206, 202, 194)),
        tinted(speckle, (150, 150, 150)),
        tinted(board, (222, 216, 206)),
        tinted(board, (170, 178, 176)),
    )


@cache
def _ramp() -> Floats:
    """(2, 160, 160): positions across and down, -1 to 1."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / (SIDE - 1) * 2 - 1
    return np.stack([x, y])


def taken(layer: Image.Image, rng: np.random.Generator, sway: float = 1.0) -> bytes:
    """The JPEG of a drawn RGBX layer of 160 x 160 (X: how much of a pixel is covered) put into a scene.

    `sway` 1 is anybody's camera anywhere; less is a station with its own background and steadier light.
    """
    u = [float(value) for value in 0.5 + sway * (rng.random(16) - 0.5)]
    drawn = np.asarray(layer).transpose(2, 0, 1).astype(np.float32)

    tiles = _backgrounds()
    tint = np.array([0.88 + 0.14 * value for value in u[2:5]], np.float32)[:, None, None]
    background = tiles[int(u[5] * len(tiles))] if sway == 1 else tiles[STATION]
    image = _cropped(background, u[0], u[1]) * tint
    light = 2 * np.pi * u[6]
    image *= (1 - (0.25 + 0.35 * u[7]) * _shadow(layer, light)) * (1 - drawn[3] / 255)
    image += drawn[:3]

    across, down = _ramp()
    strength = 0.05 + 0.16 * u[8]
    shade = 1 + strength * np.float32(np.cos(light)) * across + strength * np.float32(np.sin(light)) * down
    shade -= (0.02 + 0.10 * u[9]) * (across * across + down * down)
    image *= shade
    exposure, warmth = 0.86 + 0.26 * u[10], 0.09 * (2 * u[11] - 1)
    image *= np.array([exposure * (1 + warmth), exposure, exposure * (1 - warmth)], np.float32)[:, None, None]

    sigma = _NOISE[0] + (_NOISE[1] - _NOISE[0]) * u[14] ** 2
    image += sigma * _cropped(_noise(), u[12], u[13])
    bands = np.clip(image, 0, 255).astype(np.uint8)
    photo = Image.merge("RGB", [Image.fromarray(band) for band in bands])
    if sway == 1 and u[15] < 0.4:
        photo = photo.filter(ImageFilter.BoxBlur(_BLUR[0] + (_BLUR[1] - _BLUR[0]) * u[15] / 0.4))
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=int(rng.integers(*_QUALITY)))
    return out.getvalue()


def _cropped(texture: Floats, across: float, down: float) -> Floats:
    """(3, 160, 160) of a tile, at shares 0 to 1 of the room there is."""
    left, top = int(across * (_TILE - SIDE)), int(down * (_TILE - SIDE))
    return texture[:, top : top + SIDE, left : left + SIDE]


def _shadow(layer: Image.Image, light: float) -> Floats:
    """(160, 160): a soft shadow away from the light and downwards, 0 to 1."""
    coarse = layer.getchannel(3).reduce(4)
    cast = Image.new("L", coarse.size)
    cast.paste(coarse, (round(-2 * np.cos(light)), round(1.5 - 1.2 * np.sin(light))))
    soft = cast.filter(ImageFilter.BoxBlur(1.6)).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    cast_share: Floats = np.asarray(soft).astype(np.float32) / np.float32(255)
    return cast_share
