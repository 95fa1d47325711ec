"""Every measure that the reader can give stands in the vocabulary, with both names."""

from __future__ import annotations

import yaml

from shared.press.figures.extraction import extract
from shared.press.figures.fitted import FITTED
from shared.press.figures.slots.kind import KINDS
from shared.press.figures.slots.meaning import FIXED
from shared.press.figures.slots.measure import HOUSEHOLDS, MEANINGS, RATES, STEMS
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
    changes = {f"{name}_change_pp" for name in RATES.values()}
    changes |= {f"{name}_change" for name in HOUSEHOLDS.values()}
    named = {name for names in MEANINGS.values() for name in names} - {"level", "change", "none"}
    for measure in {*named, *changes, *RATES.values(), *HOUSEHOLDS.values(), *FIXED.values()}:
        assert measure in VOCABULARY, measure


def test_weights_speak_of_known_slots_and_classes() -> None:
    classes = {**MEANINGS, "stem": STEMS, "kind": KINDS, "period": ("",), "place": ("",)}
    for slot, features in FITTED.weights.items():
        named = {name for said in features.values() for name in said}
        assert named <= set(classes[slot]), slot
