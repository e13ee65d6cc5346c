"""The same table twice: canonical CSV and Parquet give equal typed frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.columns import Column
from benchmark.tables import STRING, read_typed, write_csv, write_parquet

SHOPS = ("a", 'b "x"', "c, d", "é")
COLUMNS = (
    Column("title", "text"),
    Column("price", "numeric"),
    Column("shop", "categorical", values=SHOPS),
    Column("seen", "datetime"),
    Column("picture", "image"),
)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
cells = st.tuples(
    st.one_of(st.none(), texts.filter(bool)),
    st.one_of(st.none(), st.floats(allow_nan=False, width=64)),
    st.one_of(st.none(), st.sampled_from(SHOPS)),
    st.one_of(
        st.none(),
        st.datetimes(pd.Timestamp("1900-01-01").to_pydatetime(), pd.Timestamp("2100-01-01").to_pydatetime()),
    ),
    st.one_of(st.none(), st.just("images/x.jpg")),
)


def frame_of(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True))
    return pd.DataFrame(
        {
            "title": pd.array(list(columns[0]), STRING),
            "price": np.array([np.nan if v is None else v for v in columns[1]], float),
            "shop": pd.Categorical(list(columns[2]), categories=list(SHOPS)),
            "seen": pd.Series(pd.to_datetime(pd.Series(list(columns[3])), utc=True)).dt.as_unit("us").array,
            "picture": pd.array(list(columns[4]), STRING),
        },
        index=pd.Index(pd.array([f"r{i}" for i in range(len(rows))], STRING), name="id"),
    )


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(cells, min_size=1, max_size=6))
def test_round_trip_is_exact_in_both_formats(
    rows: list[tuple[object, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    frame = frame_of(rows)
    write_csv(frame, folder / "t.csv")
    write_parquet(frame, folder / "t.parquet", COLUMNS)
    pd.testing.assert_frame_equal(read_typed(folder / "t.parquet", COLUMNS), frame)
    pd.testing.assert_frame_equal(read_typed(folder / "t.csv", COLUMNS, "csv"), frame)


def test_csv_is_rfc_4180_and_empty_is_missing(tmp_path: Path) -> None:
    frame = frame_of(
        [('a, "b"\nc', 0.1, "c, d", None, None), (None, None, None, pd.Timestamp("2024-01-02"), None)]
    )
    write_csv(frame, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == (
        b'id,title,price,shop,seen,picture\r\nr0,"a, ""b""\nc",0.1,"c, d",,\r\n'
        b"r1,,,,2024-01-02T00:00:00.000000Z,\r\n"
    )


def test_parquet_carries_nothing_but_the_table(tmp_path: Path) -> None:
    write_parquet(frame_of([("x", 1.0, "a", None, None)]), tmp_path / "t.parquet", COLUMNS)
    metadata = pyarrow.parquet.read_metadata(tmp_path / "t.parquet").metadata or {}
    assert set(metadata) <= {b"ARROW:schema"}
    assert pyarrow.parquet.read_schema(tmp_path / "t.parquet").metadata is None


def test_a_category_outside_the_card_is_missing_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,shop\r\nr0,nowhere\r\nr1,a\r\n")
    shop = read_typed(tmp_path / "t.csv", COLUMNS, "csv")["shop"]
    assert shop.isna().tolist() == [True, False]
    assert list(shop.cat.categories) == list(SHOPS)
