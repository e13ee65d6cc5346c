"""Pictures of products: a shape in a colour and pattern, maybe packed, maybe damaged, as a seller would take them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from .damage import WOUNDS, Wound, dented, dents
from .forms import Points, Shape
from .packaging import opened, packed
from .paint import DESIGNS, Palette, cover, design_colour, palette, tile
from .paint import Colour as Colour
from .scene import SIDE as SIDE
from .scene import Camera, camera, taken
from .shapes import BY_NAME
from .symbols import stamped

_DRAWN = 2 * SIDE
_GAP = 1.1  # between copies side by side, as a multiple of their size

SHAPES = (
    # shoes and clothes
    "sneaker", "boot", "sandal", "pump", "slipper", "tshirt", "dress", "trousers", "jacket", "socks", "hat", "glove",
    # bags
    "handbag", "backpack", "suitcase",
    # containers
    "bottle", "pump_bottle", "spray", "can", "jar", "tube", "carton", "box", "pouch", "blister", "tub",
    # print and media
    "book", "magazine", "disc", "gift_card", "poster", "tablet",
    # electronics
    "phone", "laptop", "headphones", "camera", "watch", "lamp", "plug", "monitor",
    # kitchen and home
    "pan", "knife", "kettle", "mug", "plate", "bowl", "blender", "chair", "table", "sofa", "shelf", "pillow", "candle",
    "plant", "umbrella", "brush", "vase",
    # toys, sports, tools
    "ball", "plush", "toy_car", "bricks", "bicycle", "helmet", "racket", "hammer", "drill", "tyre", "guitar",
    # small things
    "key_ring", "ring", "necklace", "glasses", "thermometer", "plaster", "mask",
    # food
    "bread", "fruit", "cheese", "meal", "candy",
)  # fmt: skip
PATTERNS = ("plain", "striped", "dotted", "checked", "two_tone", "floral", "camouflage", "gradient")
PACKAGINGS = ("", "box", "bag", "blister_pack", "polybag")
SYMBOLS = (
    "", "cross", "leaf", "star", "flame", "child", "drop", "note", "book", "skull", "paw", "wheat", "bubbles", "grapes",
    "bolt", "shield", "heart", "sun", "crack",
)  # fmt: skip
DAMAGES = ("", "crush", "tear", "hole", "spill", "missing_part", "opened_seal", "scratch", "stain", "broken")


@dataclass(frozen=True)
class Look:
    """What a picture shows."""

    shape: str
    colour: Colour = (128, 128, 128)
    accent: Colour = (240, 240, 240)
    pattern: str = "plain"
    packaging: str = ""  # the product is inside: its packaging is seen, with a print of the shape on it
    symbol: str = ""  # printed on the product or its packaging; "crack" is a printed crack, no damage
    count: int = 1  # 1 to 6 of it
    detail: int = 0  # 0 to 7: the design of one model of a line (a stripe's place, buttons, a handle's form)
    damage: str = ""


@lru_cache(maxsize=4096)
def _assembled(shape: str, packaging: str, detail: int, symbol: str) -> Shape:
    """The shape in its packaging with its symbol."""
    whole = BY_NAME[shape]
    if packaging:
        whole = packed(whole, packaging, detail)
    return stamped(whole, symbol) if symbol else whole


class _Copy:
    """One of `count` products: from unit coordinates to pixels of the layer."""

    def __init__(self, shape: Shape, view: Camera, seat: tuple[float, float], size: float) -> None:
        left, top, right, bottom = shape.frame
        self.middle = np.array([(left + right) / 2, (top + bottom) / 2])
        cos, sin = np.cos(view.turn), np.sin(view.turn)
        turn = np.array([[cos, -sin], [sin, cos]])
        self.matrix = turn @ np.array([[1.0, view.shear], [0.0, 1.0]]) * size
        self.seat = (np.array(seat) @ turn.T) * view.scale + 0.5 + np.array(view.offset)
        self.tilt = np.array(view.tilt)

    def __call__(self, points: Points) -> Points:
        """Pixels of unit coordinates."""
        centred = points - self.middle
        depth = 1 + centred @ self.tilt
        pixels: Points = ((centred @ self.matrix.T) / depth[:, None] + self.seat) * _DRAWN
        return pixels

    def frame(self, points: Points) -> tuple[int, int, int, int]:
        """The pixels that the points take."""
        left, top = np.clip(np.floor(points.min(axis=0)), 0, _DRAWN - 2).astype(int)
        right, bottom = np.clip(np.ceil(points.max(axis=0)), 2, _DRAWN).astype(int)
        return int(left), int(top), max(int(right), int(left) + 1), max(int(bottom), int(top) + 1)

    def back(self) -> tuple[float, ...]:
        """From pixels of the picture to the unit square's tile of 256, without perspective, for Pillow's transform."""
        inverse = np.linalg.inv(self.matrix) / _DRAWN
        shift = self.middle - inverse @ (self.seat * _DRAWN)
        rows = np.concatenate([2 * inverse, shift[:, None]], axis=1) * 256
        return tuple(float(value) for value in rows.ravel())


def _seats(shape: Shape, count: int) -> tuple[list[tuple[float, float]], float]:
    """Centres of the copies around (0, 0) in a picture of side 1, and the side of the unit square of each."""
    left, top, right, bottom = shape.frame
    width, height = right - left, bottom - top
    choices = []
    for rows in (1, 2):
        columns = -(-count // rows)
        choices.append((min(0.96 / (columns * width * _GAP), 0.96 / (rows * height * _GAP)), -rows, columns))
    size, rows, columns = max(choices)
    rows = -rows
    seats = []
    for k in range(count):
        row, column = divmod(k, columns)
        here = min(columns, count - row * columns)
        seats.append(
            ((column - (here - 1) / 2) * width * size * _GAP, (row - (rows - 1) / 2) * height * size * _GAP)
        )
    return seats, size


def _draw(
    draw: ImageDraw.ImageDraw,
    body: ImageDraw.ImageDraw | None,
    shape: Shape,
    pixels: list[float],
    colours: Palette,
) -> None:
    """Draw all parts in order; on `body` the pixels that stay in the product's own colour."""
    start = 0
    for part, end in zip(shape.parts, shape.ends, strict=True):
        outline = pixels[2 * start : 2 * end]
        fill, edge = colours[part.role]
        draw.polygon(outline, fill=fill, outline=edge)
        if body:
            body.polygon(outline, fill=255 if part.role == "body" else 0)
        start = end


def _decorate(layer: Image.Image, body: Image.Image, look: Look, shape: Shape, copies: list[_Copy]) -> None:
    """The pattern and the design of the model on the body, on a layer of 160 x 160."""
    if look.pattern != "plain":
        laid = tile(look.pattern).transform(layer.size, Image.Transform.AFFINE, copies[0].back())
        if len(copies) > 1:
            laid = _repeated(laid, copies)
        cover(layer, look.accent, ImageChops.multiply(laid, body))
    if look.detail % 8:
        left, top, right, bottom = shape.body_frame
        scale, shift = np.array([right - left, bottom - top]), np.array([left, top])
        mask = Image.new("L", (_DRAWN, _DRAWN))
        draw = ImageDraw.Draw(mask)
        for copy in copies:
            for part in DESIGNS[look.detail % 8]:
                draw.polygon(copy(part.points * scale + shift).ravel().tolist(), fill=255)
        colour = design_colour(look.colour, look.accent, look.pattern, look.detail)
        cover(layer, colour, ImageChops.multiply(mask.reduce(2), body))


def _repeated(laid: Image.Image, copies: list[_Copy]) -> Image.Image:
    """The pattern of the first copy at the places of all."""
    joined = laid
    for copy in copies[1:]:
        dx, dy = np.round((copy.seat - copies[0].seat) * SIDE).astype(int)
        moved = Image.new("L", laid.size)
        moved.paste(laid, (int(dx), int(dy)))
        joined = ImageChops.lighter(joined, moved)
    return joined


def picture(look: Look, rng: np.random.Generator, sway: float = 1.0) -> bytes:
    """A JPEG of 160 x 160 pixels; light, angle, scale, background, noise, blur and quality come from `rng`.

    `sway` below 1 is a photo station: one background, and so much less variation in camera and light.
    """
    shape = _assembled(look.shape, look.packaging, look.detail if look.packaging else 0, look.symbol)
    count = min(max(look.count, 1), 6)
    view = camera(rng, 0.6 if count == 1 else 0.8, sway)
    seats, size = _seats(shape, count)
    copies = [_Copy(shape, view, seat, size * view.scale) for seat in seats]
    hurt = int(rng.integers(count)) if look.damage else -1

    layer = Image.new("RGBX", (_DRAWN, _DRAWN))
    draw = ImageDraw.Draw(layer)
    decorated = look.pattern != "plain" or look.detail % 8 > 0
    body = Image.new("L", layer.size) if decorated else None
    on_body = ImageDraw.Draw(body) if body else None
    colours = palette(look.colour, look.accent, look.detail)
    frame = (0, 0, _DRAWN, _DRAWN)
    for k, copy in enumerate(copies):
        drawn, points = shape, shape.points
        if k == hurt and look.damage == "crush":
            drawn = shape.dense
            points = dented(drawn.points, dents(drawn.frame, rng))
        elif k == hurt and look.damage == "opened_seal":
            drawn = opened(shape)
            points = drawn.points
        pixels = copy(points)
        if k == hurt:
            frame = copy.frame(pixels)
        _draw(draw, on_body, drawn, pixels.ravel().tolist(), colours)
    small = layer.reduce(2)
    if body:
        _decorate(small, body.reduce(2), look, shape, copies)
    if look.damage in WOUNDS:
        left, top, right, bottom = frame
        WOUNDS[look.damage](Wound(small, (left // 2, top // 2, right // 2, bottom // 2), rng))
    return taken(small, rng, sway)
