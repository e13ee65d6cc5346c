"""Texts as TF-IDF vectors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from baselines._text import LONGEST, FrequentWords, Tfidf, documents

TEXTS = ["red tea", "green tea", "red lamp with a red shade", "lamp"]


@pytest.mark.parametrize(("analyzer", "ngrams"), [("word", (1, 2)), ("char_wb", (2, 4))])
def test_the_cosines_are_those_of_scikit_learn(analyzer: str, ngrams: tuple[int, int]) -> None:
    ours = Tfidf(analyzer, ngrams).fit_transform(TEXTS)  # type: ignore[arg-type]
    theirs = TfidfVectorizer(analyzer=analyzer, ngram_range=ngrams, sublinear_tf=True).fit_transform(TEXTS)
    assert np.allclose((ours @ ours.T).toarray(), (theirs @ theirs.T).toarray(), atol=1e-5)


def test_rare_and_common_ngrams_are_left_out() -> None:
    assert Tfidf("word", (1, 1), rarest=2).fit_transform(TEXTS).shape[1] == 3  # red, tea, lamp
    assert Tfidf("word", (1, 1), commonest=1).fit_transform(TEXTS).shape[1] == 3  # green, with, shade


@pytest.mark.parametrize("texts", [["", ""], ["!", "?"]])
def test_texts_without_words_give_empty_vectors(texts: list[str]) -> None:
    tfidf = Tfidf("word", (1, 1), rarest=2)
    assert tfidf.fit_transform(texts).sum() == 0
    assert tfidf.transform(["new words"]).sum() == 0


def test_frequent_words_are_the_same_columns_for_other_texts() -> None:
    words = FrequentWords(1)
    known = words.fit_transform(["tea", "tea", "tea", "tea", "lamp", "lamp", "lamp"])
    assert known.toarray()[:, 0].tolist() == [1, 1, 1, 1, 0, 0, 0]
    assert words.transform(["tea", "lamp", ""]).toarray()[:, 0].tolist() == [1, 0, 0]


def test_documents_join_what_is_there_and_are_cut() -> None:
    table = pd.DataFrame({"a": ["x" * 5000, None], "b": ["y", "z"]}, dtype="string")
    assert documents(table, ["a", "b"]) == ["x" * LONGEST + " y", "z"]
