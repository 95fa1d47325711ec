"""Every measure that the reader can give stands in the vocabulary, with both names."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from shared.press.figures.extraction import extract
from shared.press.figures.languages import LANGUAGES
from tests.eval.articles import ROOT, gazetteer, own_articles, real_articles

VOCABULARY = yaml.safe_load((ROOT / "seeds/policy/vocabulary.yaml").read_text("utf-8"))["measures"]
UNITS = {"rate": {"percent"}, "points": {"percentage_points"}, "money": {"VND", "USD", "EUR"}}


def test_measures_of_articles_are_in_the_vocabulary() -> None:
    for article in [*own_articles(), *real_articles()]:
        found = extract(
            article.text, language=None, published_on=None, title=None, gazetteer=gazetteer()
        )
        for figure in found.figures:
            assert figure.measure in VOCABULARY
            kind = VOCABULARY[figure.measure]["unit"]
            if figure.measure != "loan_amount_change":
                assert figure.unit in UNITS.get(kind, {figure.unit})


def test_measures_written_in_the_code_are_in_the_vocabulary() -> None:
    folder = ROOT / "shared/press/figures"
    for name in ("amounts", "counts", "rates", "stems"):
        source = (folder / f"{name}.py").read_text("utf-8")
        for measure in re.findall(r'(?:Meaning\(|": )"([a-z_]{6,})"', source):
            assert measure in VOCABULARY, (name, measure)


def test_languages_fill_the_same_families() -> None:
    needed = {
        "rate",
        "share",
        "dir:decrease",
        "dir:increase",
        "to",
        "from",
        "vs",
        "t:year",
        "t:end",
        "mult:6",
    }
    for language in LANGUAGES.values():
        given = {tag for meaning in language.cues for tag in meaning.split()}
        assert needed <= given, (language.code, needed - given)


def test_a_language_is_data_alone() -> None:
    for path in Path(ROOT / "shared/press/figures/languages").glob("??.py"):
        assert not re.search(r"^(def|class|if|for) ", path.read_text("utf-8"), re.MULTILINE)
