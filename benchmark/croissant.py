"""The published card as MLCommons Croissant 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-spec.html)."""

from __future__ import annotations

from typing import Any

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {"numeric": "sc:Float", "datetime": "sc:DateTime"}


def croissant(card: dict[str, Any]) -> dict[str, Any]:
    """The Croissant JSON-LD of a published card: one record set per CSV table, a file set for the pictures."""
    tables = [name.removesuffix(".csv") for name in card["files"] if name.endswith(".csv")]
    files = [_file(name, digest) for name, digest in card["files"].items()]
    if card["sizes"]["pictures"]:
        files.append(
            {
                "@type": "cr:FileSet",
                "@id": "images",
                "name": "images",
                "description": "The pictures, under opaque names.",
                "encodingFormat": "image/*",
                "includes": "images/*",
            }
        )
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": card["name"],
        "version": card["version"],
        "description": f"{card['title']}. {card['summary']}",
        "license": card["licence"],
        "url": next((source["homepage"] for source in card["sources"] if source["homepage"]), card["name"]),
        "citeAs": "; ".join(source["citation"] for source in card["sources"] if source["citation"]),
        "distribution": files,
        "recordSet": [_record_set(card, table) for table in tables],
    }


def _file(name: str, digest: str) -> dict[str, Any]:
    formats = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "encodingFormat": formats.get(name.rsplit(".", 1)[-1], "text/plain"),
        "sha256": digest,
    }


def _record_set(card: dict[str, Any], table: str) -> dict[str, Any]:
    columns = [
        ("id", "sc:Text", "The record's opaque id."),
        *(
            (column["name"], _TYPES.get(column["type"], "sc:Text"), column["description"])
            for column in card["columns"]
        ),
    ]
    if table == "train":
        kept_together = "Records of one family stand on one side of a split."
        columns += [
            (card["target"], "sc:Text", "The target."),
            ("fold" if card["folds"] else "split", "sc:Text", "Where the row belongs."),
            ("family", "sc:Text", kept_together),
        ]
    return {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "key": {"@id": f"{table}/id"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table}/{name}",
                "name": f"{table}/{name}",
                "description": description,
                "dataType": kind,
                "source": {"fileObject": {"@id": f"{table}.csv"}, "extract": {"column": name}},
            }
            for name, kind, description in columns
        ],
    }
