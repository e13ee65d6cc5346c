"""All shapes by name."""

from __future__ import annotations

from .containers import CONTAINERS, MEDIA
from .devices import ELECTRONICS, PLAY
from .forms import Shape
from .home import HOME
from .small import FOOD, SMALL
from .wear import BAGS, CLOTHES, SHOES

BY_NAME: dict[str, Shape] = {
    **SHOES,
    **CLOTHES,
    **BAGS,
    **CONTAINERS,
    **MEDIA,
    **ELECTRONICS,
    **PLAY,
    **HOME,
    **SMALL,
    **FOOD,
}
