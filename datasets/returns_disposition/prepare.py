"""Raw records of the returns_disposition task. What was decided, and why, stands in README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from .._market.brands import make_brands
from .._market.evidence import FLOOR, clarity, of_labels
from .._market.sellers import Seller, make_sellers
from .._market.wording import Facts, Writer, noun
from .._market.world import PER_EUR
from .comments import Comments, customer_language
from .photos import make_product, reference, returned
from .state import Drawn, draw
from .values import OUTCOMES, best, value_columns
from .world import KINDS, REASONS, SEALS, SELF_TESTS, Codes, Floats

if TYPE_CHECKING:
    from benchmark.catalog import Raw
    from benchmark.streams import Streams

Item = TypeVar("Item")

ROWS = {"small": 4000, "full": 30000}
NEW = 0.12  # of the products
NOVELTY = 0.65  # the chance of each kind of novelty in a new product
BRANDS, SELLERS = 80, 60
LAST_WEEK = 104  # weeks of packaging, counted from one January


def records(raw: Raw) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per returned item, and the posterior with the value of each outcome in each condition."""
    drawn = draw(raw.streams, ROWS[raw.size])
    frame = numbers(drawn, raw.streams)
    frame = frame.join(texts(drawn, raw.streams)).join(pictures(drawn, raw.streams))
    chances = drawn.evidence.posterior()
    rows = np.arange(len(drawn.condition))
    frame["outcome"] = np.array(OUTCOMES, object)[drawn.label]
    frame["product"] = [f"p{number}" for number in drawn.product]
    frame["evidence"] = clarity(of_labels(chances, best(drawn.worth), len(OUTCOMES)))
    return frame.join(value_columns(drawn.worth[rows, drawn.condition])), posterior(chances, drawn.worth)


def posterior(chances: Floats, worth: Floats) -> pd.DataFrame:
    """One line per row and condition that is still possible: its best outcome, its chance, the values.

    `chances` (rows, conditions), `worth` (rows, conditions, outcomes).
    """
    kept = np.where(chances >= FLOOR, chances, 0)
    kept /= kept.sum(axis=1, keepdims=True)
    row, condition = np.nonzero(kept)
    lines = {"row": row, "answer": np.array(OUTCOMES, object)[best(worth)[row, condition]]}
    table = pd.DataFrame(lines | {"probability": kept[row, condition]})
    return table.join(value_columns(worth[row, condition]))


def numbers(drawn: Drawn, streams: Streams) -> pd.DataFrame:
    """Numbers and categories as the warehouse keeps them."""
    rng = streams.rng("numbers")
    listed = np.array([facts["weight"] for facts in KINDS.values()], np.float64)[drawn.kind]
    spread = np.exp(rng.normal(0, 0.15, int(drawn.product.max()) + 1))[drawn.product]
    listed = (listed * spread).round(-1)
    redesign = rng.integers(20, LAST_WEEK - 20, int(drawn.product.max()) + 1)[drawn.product]
    before, after = rng.integers(0, redesign), rng.integers(redesign, LAST_WEEK)
    rate = 1 / (1 + np.exp(-drawn.returns))
    return pd.DataFrame(
        {
            "category": _names(drawn.kind, [facts["department"] for facts in KINDS.values()]),
            "product_kind": _names(drawn.kind, list(KINDS)),
            "weeks_since_launch": drawn.weeks,
            "reason_code": _names(drawn.reason, REASONS),
            "days_since_sale": np.exp(drawn.days).round().clip(1),
            "weight_listed_g": listed,
            "weight_measured_g": (listed * np.exp(drawn.weight)).round(),
            "customer_return_rate": rate.round(3),
            "seal_intact": _names(drawn.seal, SEALS),
            "self_test": _names(drawn.self_test, SELF_TESTS),
            "packaging_week": np.where(drawn.redesigned == 1, after, before),
            "redesign_week": redesign,
        }
    )


def texts(drawn: Drawn, streams: Streams) -> pd.DataFrame:
    """Title, brand, seller and language, comment and note; and which products are new."""
    rng = streams.rng("sellers")
    products = int(drawn.product.max()) + 1
    kinds = drawn.kind[np.unique(drawn.product, return_index=True)[1]]
    new = rng.random(products) < NEW
    novel = (rng.random((products, 3)) < NOVELTY) & new[:, None]
    none = new & ~novel.any(axis=1)
    novel[none, rng.integers(3, size=int(none.sum()))] = True
    sellers, brands = make_sellers(rng, SELLERS), make_brands(streams.rng("brands"), BRANDS)
    old_sellers = [seller for seller in sellers if not seller.new]
    new_sellers = [seller for seller in sellers if seller.new]
    known = BRANDS - BRANDS // 4
    lexicon = streams.rng("lexicon")
    comments, writer = Comments(lexicon), Writer(lexicon)
    seller_of = [_one(new_sellers if novel[p, 0] else old_sellers, rng) for p in range(products)]
    brand_of = [_one(brands[known:] if novel[p, 1] else brands[:known], rng) for p in range(products)]
    words = streams.rng("noise")
    title_of = [
        title(writer, seller_of[p], brand_of[p], int(kinds[p]), bool(novel[p, 2]), words)
        for p in range(products)
    ]
    columns: dict[str, list[str | None]] = {"comment": [], "inspector_note": [], "language": []}
    for row, p in enumerate(drawn.product):
        fresh = bool(novel[p, 2])
        language = customer_language(seller_of[p], words)
        columns["language"].append(seller_of[p].language)
        columns["comment"].append(
            comments.comment(int(drawn.comment[row]), int(drawn.kind[row]), language, fresh, words)
        )
        columns["inspector_note"].append(
            comments.note(int(drawn.note[row]), seller_of[p].language, fresh, words)
        )
    frame = pd.DataFrame(columns, dtype=object)
    frame["title"] = [title_of[p] for p in drawn.product]
    frame["brand"] = [None if words.random() < seller_of[p].omits else brand_of[p] for p in drawn.product]
    frame["currency"] = [seller_of[p].currency for p in drawn.product]
    frame["price"] = (drawn.price * frame["currency"].map(PER_EUR).to_numpy(float)).round(2)
    frame["new"] = new[drawn.product]
    return frame


def title(writer: Writer, seller: Seller, brand: str, kind: int, new: bool, rng: np.random.Generator) -> str:
    """The product's title as the seller wrote it."""
    written = list(KINDS.values())[kind][seller.language].split("|")[1]
    model = f"{'ABCDEKLMNRSTVX'[int(rng.integers(14))]}{int(rng.integers(10, 990))}"
    return writer.title(Facts(noun(written), brand=brand, model=model), seller, rng, new=new)


def pictures(drawn: Drawn, streams: Streams) -> pd.DataFrame:
    """Photo of the item (or None) and reference photo of its product, as JPEG bytes."""
    seed = int(streams.rng("pictures").integers(2**32))
    products, references = [], []
    for number, row in enumerate(np.unique(drawn.product, return_index=True)[1]):
        rng = np.random.default_rng([seed, number, 1])
        products.append(make_product(int(drawn.kind[row]), rng))
        references.append(reference(products[-1], int(drawn.kind[row]), rng))
    photos = [
        returned(
            products[p],
            int(drawn.photo[row]),
            bool(drawn.redesigned[row]),
            np.random.default_rng([seed, row]),
        )
        for row, p in enumerate(drawn.product)
    ]
    shop = [references[p] for p in drawn.product]
    return pd.DataFrame(
        {"photo": pd.Series(photos, dtype=object), "reference": pd.Series(shop, dtype=object)}
    )


def _names(codes: Codes, names: list[str] | tuple[str, ...]) -> pd.Series[str]:
    """Names by number, None for -1."""
    return pd.Series(np.array([*names, None], object)[codes], dtype=object)


def _one(items: list[Item], rng: np.random.Generator) -> Item:
    return items[int(rng.integers(len(items)))]
