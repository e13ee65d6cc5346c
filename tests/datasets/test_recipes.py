"""The recipes on their real raw files (skipped where these are missing), and on made-up files with traps."""

from __future__ import annotations

import csv
import doctest
import importlib
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmark.card import Card
from benchmark.catalog import load_card, load_recipe
from benchmark.families import families, refuse_giant
from benchmark.sources import RawFiles

# rows, distinct targets, families, rows of the largest family: as the README of each task says
SIZES = {
    "flipkart": (954, 27, 812, 22),
    "pricerunner": (35311, 13233, 11971, 868),
    "spotify_genres": (2564, 6, 97, 110),
    "wdc_products": (4575, 750, 735, 24),
    "wdc_products_published": (29932, 2, 750, 117),
}
GIVE_THE_ANSWER_AWAY = {
    "product_category_tree",
    "product_url",
    "pid",
    "uniq_id",
    "image",
    "crawl_timestamp",
    "playlist_name",
    "playlist_subgenre",
    "product_id",
    "cluster_label",
    "cluster_id",
    "entity",
    "left_entity",
    "right_entity",
}
WDC = "wdc_products_80cc_50unseen"


class MadeUp:
    """Raw files written by a test."""

    def __init__(self, folder: Path, **contents: bytes | str) -> None:
        self.folder = folder
        for source, content in contents.items():
            data = content if isinstance(content, bytes) else content.encode()
            (folder / source).write_bytes(data)

    def path(self, source: str) -> Path:
        return self.folder / source


@pytest.fixture(params=sorted(SIZES))
def card(request: pytest.FixtureRequest) -> Card:
    return load_card(request.param)


@cache
def real_records(name: str, raw_data: Path) -> pd.DataFrame:
    return load_recipe(name)(RawFiles(load_card(name), raw_data, download=False))


def rows_of(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


# --- all tasks, real files


def test_sizes_are_those_of_the_readme(card: Card, raw_data: Path) -> None:
    records = real_records(card.name, raw_data)
    family = families(records, card.families)
    largest = int(np.bincount(family).max())
    found = (len(records), records[card.target].nunique(), len(set(family)), largest)
    assert found == SIZES[card.name]
    refuse_giant(family, card.families)


def test_texts_are_clean_and_nothing_is_an_empty_string(card: Card, raw_data: Path) -> None:
    records = real_records(card.name, raw_data)
    for column in card.columns:
        if column.type not in ("text", "categorical"):
            continue
        texts = records[column.name].dropna().astype(str)
        assert len(texts), column.name
        assert not texts.str.fullmatch(r"\s*").any(), column.name
        if column.type == "text":
            assert not texts.str.contains(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]").any(), column.name
            assert (texts == texts.str.strip()).all(), column.name


def test_numbers_are_finite_or_missing(card: Card, raw_data: Path) -> None:
    records = real_records(card.name, raw_data)
    for column in card.columns:
        if column.type == "numeric":
            numbers = records[column.name].astype("float64").dropna()
            assert np.isfinite(numbers).all(), column.name
            assert numbers.nunique() > 1, column.name


def test_no_feature_is_an_answer_or_an_id(card: Card) -> None:
    assert not {column.name for column in card.columns} & GIVE_THE_ANSWER_AWAY


def test_a_recipe_is_deterministic(card: Card, raw_data: Path) -> None:
    again = load_recipe(card.name)(RawFiles(card, raw_data, download=False))
    pd.testing.assert_frame_equal(again, real_records(card.name, raw_data))


def test_sources_without_a_stated_licence_are_not_downloaded_by_default(card: Card) -> None:
    assert card.sources
    assert not any(source.default_download for source in card.sources)
    assert all(source.url or source.homepage for source in card.sources)


@pytest.mark.parametrize("module", ["_text", "_wdc.prices", "flipkart.prepare", "spotify_genres.prepare"])
def test_examples_in_the_recipes_run(module: str) -> None:
    package = load_recipe("flipkart").__module__.split(".")[0]
    result = doctest.testmod(importlib.import_module(f"{package}.{module}"), optionflags=doctest.ELLIPSIS)
    assert result.attempted
    assert not result.failed


# --- flipkart


def test_flipkart_keeps_the_classes_with_eight_rows_and_the_pictures_there_are(raw_data: Path) -> None:
    records = real_records("flipkart", raw_data)
    assert records["product_type"].value_counts().min() == 8
    assert records["picture"].isna().sum() == 3
    assert all(path.is_file() for path in records["picture"].dropna())
    assert not records["specifications"].str.contains("=>", regex=False).any()


def test_flipkart_families_hold_one_class(raw_data: Path) -> None:
    records = real_records("flipkart", raw_data)
    family = families(records, load_card("flipkart").families)
    assert (records.groupby(family)["product_type"].nunique() == 1).all()


def flipkart_raw(folder: Path, rows: list[dict[str, str]]) -> MadeUp:
    columns = [
        *(
            "product_name",
            "description",
            "product_specifications",
            "brand",
            "retail_price",
            "discounted_price",
        ),
        *("overall_rating", "is_FK_Advantage_product", "image", "product_category_tree"),
    ]
    usual = {
        "retail_price": "10",
        "discounted_price": "9",
        "overall_rating": "No rating available",
        "is_FK_Advantage_product": "False",
        "product_specifications": '{"product_specification"=>nil}',
        "product_category_tree": '["A >> B >> C"]',
    }
    table = pd.DataFrame([usual | row for row in rows], columns=columns).fillna("").to_csv(index=False)
    (folder / "pictures").mkdir()
    return MadeUp(folder, table=table)


def test_flipkart_traps(tmp_path: Path) -> None:
    size = '{"key"=>"Size", "value"=>"4\\" wide"}'
    mug = f'{{"product_specification"=>[{{"key"=>"Type", "value"=>"Mug"}}, {size}, {{"value"=>"Gift"}}]}}'
    single = '{"product_specification"=>{"key"=>"Pack", "value"=>"3"}}'
    rows = [{"product_name": f"Mug M{number}", "image": f"{number}.jpg"} for number in range(8)]
    rows[0] |= {"product_name": "NA", "retail_price": "", "overall_rating": "4.5", "description": " a\r\nb "}
    rows[1] |= {"product_specifications": mug, "is_FK_Advantage_product": "True"}
    rows[2] |= {"product_specifications": single}
    rows.append({"product_name": "Only one", "product_category_tree": '["A >> D"]'})
    raw = flipkart_raw(tmp_path, rows)
    (tmp_path / "pictures" / "1.jpg").write_bytes(b"same")
    (tmp_path / "pictures" / "2.jpg").write_bytes(b"same")
    records = load_recipe("flipkart")(raw)
    assert records["product_type"].tolist() == ["A > B"] * 8  # A > D has one row
    first, second, third = (records.iloc[place] for place in range(3))
    assert (first["name"], first["description"], first["rating"]) == ("NA", "a b", 4.5)
    assert np.isnan(first["retail_price"])
    assert pd.isna(first["specifications"])
    assert first["picture"] is None
    assert second["specifications"] == 'Type: Mug; Size: 4" wide; Gift'
    assert second["is_fk_advantage"] == "yes"
    assert third["specifications"] == "Pack: 3"
    assert pd.isna(third["specifications_key"])  # one entry is no sign of kinship
    assert second["picture_hash"] == third["picture_hash"]
    assert second["name_key"] == third["name_key"] == "mug"


# --- spotify_genres


def test_spotify_songs_against_a_second_reading(raw_data: Path) -> None:
    genres, popularity = defaultdict(set), defaultdict(list)
    for row in rows_of(raw_data / "spotify_genres" / "spotify_songs.csv", "cp1252"):
        song = (row["track_artist"].lower(), row["track_name"].lower())
        genres[song].add(row["playlist_genre"])
        popularity[song].append(float(row["track_popularity"]))
    expected = {song: max(popularity[song]) for song, among in genres.items() if len(among) == 1}
    records = real_records("spotify_genres", raw_data)
    assert sorted(records["popularity"]) == sorted(expected.values())
    assert not records.duplicated(["title", "artist"]).any()
    assert not records["title"].str.contains("<U+", regex=False).any()


def test_spotify_traps(tmp_path: Path) -> None:
    header = (
        "track_name,track_artist,track_popularity,track_album_name,track_album_release_date,playlist_name,"
        "playlist_genre,playlist_subgenre,danceability,energy,key,loudness,mode,speechiness,acousticness,"
        "instrumentalness,liveness,valence,tempo,duration_ms"
    )
    audio = ".5,.5,1,-5.5,0,.1,.1,0,.1,.5,120,200000"
    songs = [
        f"Don\x92t,Tiësto,5,<U+6D77>!,1970,x,pop,y,{audio}",
        f"DON\x92T,tiësto,7,Best of,1971-02,x,pop,y,{audio}",
        f"NA,None,0,a,2012-03-04,x,rap,y,{audio}",
        f"Both,Queen,9,a,2012-03-04,x,rock,y,{audio}",
        f"both,Queen,9,a,2012-03-04,x,pop,y,{audio}",
    ]
    raw = MadeUp(tmp_path, songs="\r\n".join([header, *songs]).encode("latin-1"))
    records = load_recipe("spotify_genres")(raw)
    assert records["title"].tolist() == ["DON’T", "NA"]  # the more popular; "Both" has two genres
    assert records["artist"].tolist() == ["tiësto", "None"]
    assert records["release_date"].dt.strftime("%Y-%m-%d").tolist() == ["1971-02-01", "2012-03-04"]
    assert records["key"].tolist() == ["C#", "C#"]
    assert records["mode"].tolist() == ["minor", "minor"]
    songs[1] = f"Other,TIËSTO,7,<U+6D77>!,1971,x,pop,y,{audio}"
    raw = MadeUp(tmp_path, songs="\r\n".join([header, *songs]).encode("latin-1"))
    records = load_recipe("spotify_genres")(raw)
    assert records["album"].tolist()[0] == "海!"
    assert records["artist_key"].nunique() == 2


# --- pricerunner


def test_pricerunner_ambiguous_titles_against_a_second_reading(raw_data: Path) -> None:
    clusters = defaultdict(set)
    offers = rows_of(raw_data / "pricerunner" / "pricerunner_aggregate.csv")
    for offer in offers:
        clusters[offer["product_title"]].add(offer["cluster_id"])
    ambiguous = {title for title, among in clusters.items() if len(among) > 1}
    records = real_records("pricerunner", raw_data)
    assert len(ambiguous) == 617
    assert set(records.loc[records["ambiguous"], "title"]) == ambiguous
    assert records["ambiguous"].sum() == sum(offer["product_title"] in ambiguous for offer in offers) == 2072


def without_colours(title: str) -> str:
    (colour,) = load_card("pricerunner").ignorable
    for pattern in [*colour.patterns, r"\b(?:" + "|".join(map(re.escape, colour.words)) + r")\b"]:
        title = re.sub(pattern, " ", title, flags=re.IGNORECASE)
    return " ".join(title.split())


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("apple iphone 8 plus 64gb silver", "apple iphone 8 plus 64gb"),
        ("apple iphone 8 plus 64 gb spacegrau", "apple iphone 8 plus 64 gb"),
        ("apple iphone 8 plus 64gb space grey", "apple iphone 8 plus 64gb"),
        ("apple iphone 7 plus rose gold 5.5 32gb", "apple iphone 7 plus 5.5 32gb"),
        ("nokia 6 matte black", "nokia 6"),
        ("intel xeon gold 6130 2.1 ghz", "intel xeon gold 6130 2.1 ghz"),
        ("pentium gold g5500t", "pentium gold g5500t"),
        ("blackberry key2 64gb bluetooth redmi", "blackberry key2 64gb bluetooth redmi"),
    ],
)
def test_colour_can_be_ignored_and_storage_cannot(title: str, rest: str) -> None:
    assert without_colours(title) == rest


def test_colour_is_a_variant_of_phones_and_cameras_only(raw_data: Path) -> None:
    records = real_records("pricerunner", raw_data)
    records = records[~records["ambiguous"]]
    rest = records["title"].map(without_colours)
    true_share = {}
    for category, rows in records.groupby("category"):
        by_title, by_rest = Counter(rows["title"]), Counter(rest[rows.index])
        true_by_rest = Counter(rest[rows.index] + "\t" + rows["cluster_id"])
        known = pair_count(by_title)  # unambiguous, so all of them true
        new = pair_count(by_rest) - known
        true_share[category] = (pair_count(true_by_rest) - known) / new if new else 0.0
    assert min(true_share[name] for name in ("Mobile Phones", "Digital Cameras")) > 0.7
    appliances = {"Dishwashers", "Freezers", "Fridge Freezers", "Fridges", "Microwaves", "Washing Machines"}
    assert max(true_share[name] for name in appliances) < 0.5


def pair_count(sizes: Counter[str]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def test_pricerunner_traps(tmp_path: Path) -> None:
    offers = (
        "product_id,product_title,vendor_id,cluster_id,cluster_label,category_id,category_label\n"
        "1,washing machine,1,10,A,1,TVs\n2,washing machine,2,11,B,1,TVs\n"
        "3,nan,1,11,B,1,TVs\n4,washing-machine,3,12,C,1,TVs\n5,a b,3,12,C,1,TVs\n6,a b,4,12,C,1,TVs\n"
    )
    records = load_recipe("pricerunner")(MadeUp(tmp_path, offers=offers))
    assert records["ambiguous"].tolist() == [True, True, False, False, False, False]
    assert records["title"].tolist()[2] == "nan"
    assert (
        len(set(families(records, ["cluster_id", "title_key"]))) == 1
    )  # "washing-machine" joins its cluster


# --- wdc_products and wdc_products_published


def test_wdc_offers_are_read_once_and_keep_their_line_separators_inside_cells(raw_data: Path) -> None:
    records = real_records("wdc_products", raw_data)
    offers = {row["id"]: row for row in rows_of(raw_data / WDC / "tableA.csv")}
    assert len(records) == len(offers)
    assert Counter(records["entity"]) == Counter(row["cluster_id"] for row in offers.values())
    separated = sum("\u2028" in row["description"] for row in offers.values())
    assert separated
    assert records["description"].notna().sum() == sum(
        bool(row["description"].strip()) for row in offers.values()
    )
    assert records["currency"].dropna().str.fullmatch("[A-Z]{3}").all()


def test_wdc_prices_are_numbers_where_the_shop_wrote_digits(raw_data: Path) -> None:
    records = real_records("wdc_products", raw_data)
    written = [row["price"] for row in rows_of(raw_data / WDC / "tableA.csv")]
    positive = [bool(re.search("[1-9]", price)) for price in written]
    assert records["price"].notna().tolist() == positive


def test_published_pairs_agree_with_the_entities(raw_data: Path) -> None:
    records = real_records("wdc_products_published", raw_data)
    same = records["left_entity"] == records["right_entity"]
    assert (records["match"] == np.where(same, "match", "no match")).all()
    assert Counter(records["split"]) == {"train": 20932, "validation": 4500, "test": 4500}
    assert Counter(records.loc[same, "split"]) == {"train": 9180, "validation": 500, "test": 500}


TABLE_A = (
    "id,brand,title,description,price,pricecurrency,specTableContent,cluster_id\n"
    '1,,Desk 12\\",a\u2028b,"1.299,00",eur,,7\n'
    "2,NA,desk 12,,From 12,\u200bUSD,,7\n"
    "3,Acme,Chair,x,POA,null,,8\n"
)
TABLE_B = (
    "id,brand,title,description,price,pricecurrency,spectablecontent,cluster_id\n"
    "3,Acme,Chair,x,POA,null,,8\n4,,Stool,,0.00,Kč,,9\n"
)


def test_wdc_traps(tmp_path: Path) -> None:
    records = load_recipe("wdc_products")(MadeUp(tmp_path, table_a=TABLE_A, table_b=TABLE_B))
    assert records["entity"].tolist() == ["7", "7", "8", "9"]
    assert records["title"].tolist() == ['Desk 12"', "desk 12", "Chair", "Stool"]
    assert records["description"].tolist()[0] == "a b"
    assert records["brand"].fillna("").tolist() == ["", "NA", "Acme", ""]
    assert records["price"].fillna(0).tolist() == [1299.0, 12.0, 0.0, 0.0]
    assert records["currency"].fillna("").tolist() == ["EUR", "USD", "", "CZK"]
    assert records["title_key"].nunique() == 3


def test_wdc_refuses_one_id_for_two_offers(tmp_path: Path) -> None:
    other = TABLE_B.replace("3,Acme,Chair", "3,Acme,Table")
    with pytest.raises(ValueError, match="two different offers"):
        load_recipe("wdc_products")(MadeUp(tmp_path, table_a=TABLE_A, table_b=other))


def test_published_pairs_carry_the_offers_of_both_sides(tmp_path: Path) -> None:
    header = "ltable_id,rtable_id,label\n"
    raw = MadeUp(
        tmp_path,
        table_a=TABLE_A,
        table_b=TABLE_B,
        train=header + "1,2,1\n1,3,0\n",
        validation=header + "3,4,0\n",
        test=header + "2,1,1\n",
    )
    records = load_recipe("wdc_products_published")(raw)
    assert records["match"].tolist() == ["match", "no match", "no match", "match"]
    assert records["split"].tolist() == ["train", "train", "validation", "test"]
    assert records["left_title"].tolist() == ['Desk 12"', 'Desk 12"', "Chair", "desk 12"]
    assert records["right_price"].fillna(0).tolist() == [12.0, 0.0, 0.0, 1299.0]
    assert "id" not in " ".join(records.columns).split("_")
