"""The evidence of a figure: readings with probabilities, features with weights; doubt is shown."""

from __future__ import annotations

from decimal import Decimal

from shared.press.figures.evidence import Candidate, Fitted
from shared.press.figures.explaining import explain
from shared.press.figures.extraction import extract
from shared.press.figures.figure import Figure
from shared.press.findings import References, check
from tests.eval.articles import gazetteer

TEXT = "Cuối năm 2023, tỉnh Sơn La còn 2.100 hộ nghèo, chiếm 14,78%."


def test_every_figure_has_its_evidence() -> None:
    given = {"language": None, "published_on": None, "title": None}
    figures = extract(TEXT, gazetteer=gazetteer(), **given).figures  # type: ignore[arg-type]
    found = explain(TEXT, gazetteer=gazetteer(), **given)  # type: ignore[arg-type]
    assert set(found) == {(f.start, f.end) for f in figures}
    for weighed in found.values():
        slots = {one.slot: one for one in weighed}
        assert {"kind", "period", "place"} <= set(slots)
        assert slots["place"].readings[0][0] == "Sơn La"
        assert slots["period"].readings[0][0] == "2023-12-31/2023-12-31"
        for one in weighed:
            assert one.reasons
            odds = [odd for _, odd in one.readings]
            assert odds == sorted(odds, reverse=True)
            assert sum(odds) <= 1.01


def test_a_small_lead_is_a_doubt() -> None:
    chooser = Fitted({"place": {"near": {"": 0.1}, "sure": {"": 3.0}}})
    close = chooser.choose("place", (0, 1), [Candidate("a", [("near",)]), Candidate("b", [])])
    clear = chooser.choose("place", (0, 1), [Candidate("a", [("sure",)]), Candidate("b", [])])
    assert close.is_close
    assert not clear.is_close


def test_what_is_unsure_accuses_nobody() -> None:
    def people(value: int, start: int, role: str, unsure: tuple[str, ...] = ()) -> Figure:
        return Figure("persons_supported", Decimal(value), "persons", start, start + 3, "",
                      role=role, sentence=0, unsure=unsure)  # type: ignore[arg-type]  # fmt: skip

    sure = [people(100, 0, "total"), people(80, 10, "part"), people(70, 20, "part")]
    doubtful = [sure[0], sure[1], people(70, 20, "part", ("place",))]
    assert [f.kind for f in check(sure, References())] == ["parts_exceed_total"]
    assert check(doubtful, References()) == []
