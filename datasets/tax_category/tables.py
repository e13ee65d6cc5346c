"""The chances of everything that a record may tell about its state; each table has a row per state."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .._market.evidence import Floats
from .._market.pictures.product import SHAPES, SYMBOLS
from .goods import BINS, Good, State, read, words

DEPARTMENTS = {
    "food & drink": ("drinks", "groceries", "fresh", "kiosk"),
    "health & beauty": ("pharmacy", "beauty"),
    "home & garden": ("household", "garden", "pets", "tools"),
    "fashion": ("fashion", "kids"),
    "leisure": ("sports", "media", "toys"),
}
FORMATS = {
    "liquid or paste": ("liquid", "cream"),
    "solid": ("solid", "tablets", "powder", "plant"),
    "article": ("textile", "device"),
    "carrier": ("print", "disc"),
    "download": ("file",),
}
TINTS = {
    "clinical": ("white", "blue", "turquoise"),
    "soft": ("pink", "purple", "beige"),
    "natural": ("green", "brown"),
    "signal": ("orange", "yellow", "red"),
    "dark": ("black", "navy", "grey"),
}
STORAGES = ("ambient", "chilled", "frozen", "hot")
PACKS = (1, 2, 3, 6, 10, 20, 50)
WORDS = tuple(words())
STOCK = ("box", "pouch", "bottle")
USES = ("", *read("phrases")["use"])
FEATURES = ("", "organic", "vegan", "limited_edition", "lightweight", "adjustable", "refillable", "mini")

_JITTER = 0.25
_EATEN = ("liquid", "solid", "tablets", "cream", "powder")
_WORN = ("textile", "device", "print", "disc", "file")
_DEFAULT = {
    "abv": (0, _EATEN),
    "age": (3, _WORN),
    "mg": (0, _EATEN),
}  # the bin that forms suggest, and for which goods
_FEATURES_OF = {
    "liquid": ("organic", "vegan", "limited_edition"),
    "solid": ("organic", "vegan", "limited_edition", "mini"),
    "tablets": ("vegan",),
    "cream": ("organic", "vegan", "refillable"),
    "powder": ("organic", "vegan"),
    "textile": ("lightweight", "adjustable"),
    "device": ("lightweight", "adjustable", "mini", "limited_edition"),
    "plant": ("organic",),
    "print": ("limited_edition",),
    "disc": ("limited_edition",),
    "file": ("limited_edition",),
}
_PACKS_OF = {"tablets": (20, 50, 10), "liquid": (1, 6, 2), "solid": (1, 3, 10), "textile": (1, 2, 10, 50)}

_TINT_OF = {
    "pharmacy": "clinical", "household": "clinical", "fresh": "clinical", "beauty": "soft", "kids": "signal",
    "groceries": "natural", "garden": "natural", "pets": "natural", "tools": "signal", "toys": "soft",
    "drinks": "signal", "fashion": "dark", "kiosk": "dark", "sports": "dark", "media": "dark",
}  # fmt: skip

Chances = dict[str, float]


class Tables:
    """Tables for `states`; the generator shakes each a little, so that every world has its own rates."""

    def __init__(self, states: Sequence[State], rng: np.random.Generator) -> None:
        self.states = states
        self.rng = rng
        everything = [state.good for state in states]
        self.sets = {
            good.set: tuple(dict.fromkeys(g for g in everything if g.set == good.set)) for good in everything
        }

    def word(self) -> Floats:
        """The noun of the title: the set's, a whole range's, the good's own, another good's of the set, any."""

        def chances(state: State) -> Chances:
            siblings = [good.name for good in self.sets[state.good.set]]
            return _mix(
                {f"set:{state.good.set}": 0.86, f"any:{state.good.range}": 0.02, state.good.name: 0.05},
                _even(siblings, 0.05),
                _even(WORDS, 0.02),
            )

        return self._table(WORDS, chances)

    def use(self) -> Floats:
        """The phrase that says what a good is for, or what another good of its set is for."""

        def chances(state: State) -> Chances:
            siblings = [good.use for good in self.sets[state.good.set]]
            return _mix({"": 0.5, state.good.use: 0.25}, _even(siblings, 0.23), _even(USES[1:], 0.02))

        return self._table(USES, chances)

    def feature(self) -> Floats:
        """What else is said of a good."""
        return self._table(FEATURES, lambda state: _mix({"": 0.8}, _even(_FEATURES_OF[state.good.form], 0.2)))

    def colour_said(self) -> Floats:
        """Whether the title names a colour."""
        coloured = {"textile": 0.4, "device": 0.35}
        return np.array([[1 - p, p] for p in (coloured.get(s.good.form, 0.0) for s in self.states)])

    def stated(self, amount: str, rate: float, form: bool) -> Floats:
        """A bin of `amount` as stated, the first value for none; `rate` of the listings state it.

        In a form, other goods than those concerned may have it too, mostly with what the form suggests.
        """
        count = BINS[amount]

        def row(state: State) -> list[float]:
            good = state.good
            if good.amount == amount:
                told = np.eye(count)[state.bin]
            elif amount in good.seen:
                told = np.array(good.seen[amount])
            else:
                usual, forms = _DEFAULT[amount]
                told = np.full(count, 0.03 / count)
                told[usual] += 0.22 if good.form in forms else 0
                told *= rate if form else 0
                return [1 - told.sum(), *told]
            told = 0.94 * told / told.sum() + 0.06 / count
            return [1 - rate, *(rate * told)]

        return np.array([row(state) for state in self.states])

    def department(self) -> Floats:
        """The department that the seller files the good under."""
        home = {shelf: name for name, shelves in DEPARTMENTS.items() for shelf in shelves}
        return self._table(
            tuple(DEPARTMENTS),
            lambda s: _mix(
                *({home[x]: p} for x, p in _ranked(s.good.shelves, 0.64).items()), _even([*DEPARTMENTS], 0.36)
            ),
        )

    def format(self) -> Floats:
        """The form that the good has."""
        known = {form: name for name, forms in FORMATS.items() for form in forms}
        return self._table(
            tuple(FORMATS), lambda s: _mix({known[s.good.form]: 0.58}, _even([*FORMATS], 0.42))
        )

    def storage(self) -> Floats:
        """How it is stored."""
        return self._table(
            STORAGES, lambda s: _mix({s.good.storage: 0.55, "ambient": 0.2}, _even(STORAGES, 0.25))
        )

    def pack(self) -> Floats:
        """How many pieces are in it."""
        return self._table(
            PACKS, lambda s: _mix(_ranked(_PACKS_OF.get(s.good.form, (1,)), 0.85), _even(PACKS, 0.15))
        )

    def weight(self) -> tuple[Floats, Floats]:
        """Mean and spread of the logarithm of the grams; about -1.2 for what is sent by wire."""
        means = np.array([np.log(s.good.weight or 0.3) for s in self.states])
        return means + self._shifts(), np.where(means < 0, 0.3, 1.25)

    def price(self) -> tuple[Floats, Floats]:
        """Mean and spread of the logarithm of the euros."""
        means = np.array([np.log(s.good.price) for s in self.states])
        return means + self._shifts(), np.array([s.good.spread for s in self.states])

    def shape(self) -> Floats:
        """The shape in the picture: the good's own, or that of another good of its set, or a stock photo."""

        def chances(state: State) -> Chances:
            siblings = [shape for good in self.sets[state.good.set] for shape in good.shapes]
            return _mix(_ranked(state.good.shapes, 0.84), _even(siblings, 0.08), _even(STOCK, 0.08))

        return self._table(SHAPES, chances)

    def tint(self) -> Floats:
        """The main colour's family, by what is usual on the shelves where the good is sold."""

        def chances(state: State) -> Chances:
            usual = _ranked(state.good.shelves, 0.72)
            return _mix(*({_TINT_OF[shelf]: p} for shelf, p in usual.items()), _even([*TINTS], 0.28))

        return self._table(tuple(TINTS), chances)

    def symbol(self) -> Floats:
        """The symbol printed on it."""
        drawn = [symbol for symbol in SYMBOLS if symbol not in ("", "crack")]
        return self._table(
            SYMBOLS, lambda s: _mix({"": 0.55}, _ranked(s.good.symbols, 0.3), _even(drawn, 0.15))
        )

    def _table(self, values: Sequence[str] | Sequence[int], chances: Callable[[State], Chances]) -> Floats:
        at = {str(value): number for number, value in enumerate(values)}
        table = np.zeros((len(self.states), len(values)))
        of_good: dict[Good, Floats] = {}
        for row, state in enumerate(self.states):
            if state.good not in of_good:
                line = np.zeros(len(values))
                for value, chance in chances(state).items():
                    line[at[value]] = chance
                of_good[state.good] = line * np.exp(_JITTER * self.rng.standard_normal(len(values)))
            table[row] = of_good[state.good]
        return np.asarray(table / table.sum(axis=1, keepdims=True))

    def _shifts(self) -> Floats:
        names = list(dict.fromkeys(state.good.name for state in self.states))
        shift = dict(zip(names, self.rng.normal(0, 0.1, len(names)), strict=True))
        return np.array([shift[state.good.name] for state in self.states])


def _mix(*parts: Chances) -> Chances:
    found: Chances = {}
    for part in parts:
        for value, chance in part.items():
            found[value] = found.get(value, 0.0) + chance
    return found


def _even(values: Sequence[str] | Sequence[int], total: float) -> Chances:
    return _mix(*({str(value): total / len(values)} for value in values))


def _ranked(values: Sequence[str] | Sequence[int], total: float) -> Chances:
    """The first value most often, then each half as often."""
    weights = 0.5 ** np.arange(len(values))
    return {str(v): float(total * w) for v, w in zip(values, weights / weights.sum(), strict=True)}
