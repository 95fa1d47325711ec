"""Why a line differs between two runs: every cause, and never none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money.allocations import Line
from shared.money.differences import CODES, NOTHING, ComparedRun, HouseholdThen, Pair, causes

DAY, LATER = date(2023, 12, 31), date(2024, 12, 31)
AREAS = ComparedRun(
    run_id="r1",
    rule="qd16_2026",
    rule_digest="d1",
    as_of=DAY,
    allocated_from_vnd=1000,
    of_households=False,
    holder="20",
    inputs={"zone": "fact.zone", "rate": "register.poor_rate", "n": "areas.commune_count"},
    score_total=Decimal(100),
)
HOMES = ComparedRun(
    run_id="r1",
    rule="housing_p5_new",
    rule_digest="d1",
    as_of=DAY,
    allocated_from_vnd=80,
    of_households=True,
    holder="181",
    inputs={"poor_district": "fact.attributes", "under_8_m2": "household.deprived"},
    unit_norm_vnd=40,
)
POOR = HouseholdThen("poor", "06091", "Tày", frozenset({"D05", "D06"}), "a1")
PAID = Line("H", 40, status="poor", rank=1, place=1, content="housing")
NONE = Line("H", 0, "not_eligible", status="near_poor", failed=("under_8_m2",), content="housing")


def _criterion(code: str, value: Any, coefficient: str = "1", **said: Any) -> dict[str, Any]:
    names = {"en": f"{code} in English", "vi": f"{code} tiếng Việt"}
    return (
        {"code": code, "value": value, "coefficient": coefficient, "counted": True} | names | said
    )


def _area(amount: int, score: str, *criteria: dict[str, Any]) -> Line:
    return Line("06091", amount, score=score, reasons={"criteria": list(criteria)})


def _codes(before: ComparedRun, after: ComparedRun, pair: Pair) -> list[str]:
    return [cause.code for cause in causes(before, after, pair)]


def _homes(was: Line | None, now: Line | None, *known: HouseholdThen, **changes: Any) -> list[str]:
    pair = Pair(was, now, *(known or (POOR, POOR, POOR)))
    return _codes(HOMES, replace(HOMES, run_id="r2", **changes), pair)


def _shares(was: Line | None, now: Line | None, **changes: Any) -> list[str]:
    return _codes(AREAS, replace(AREAS, run_id="r2", **changes), Pair(was, now))


def test_a_corrected_review_is_told_from_the_passing_of_time() -> None:
    other = replace(POOR, status="near_poor", deprived=frozenset(), assessment="a2")
    assert _homes(PAID, NONE, POOR, other, other) == ["status_corrected"]
    assert _homes(PAID, NONE, POOR, POOR, other, as_of=LATER) == ["as_of_changed"]
    third = replace(other, assessment="a3")
    both = _homes(PAID, NONE, POOR, other, third, as_of=LATER)
    assert both == ["status_corrected", "as_of_changed"]


def test_a_correction_that_only_its_event_shows_is_named_too() -> None:
    other = replace(POOR, assessment="a2")
    assert _homes(
        PAID,
        replace(PAID, amount_vnd=0, outcome="fund_exhausted", rank=2, place=9),
        POOR,
        other,
        other,
    ) == ["status_corrected", "queue_changed"]


def test_a_household_that_lives_elsewhere_moved() -> None:
    elsewhere = replace(POOR, area_code="00004")
    assert _homes(PAID, None, POOR, elsewhere, elsewhere) == ["household_moved"]
    assert _homes(PAID, None, holder="180") == ["area_changed"]


def test_what_the_caller_may_not_see_decides_and_is_not_shown() -> None:
    away = replace(POOR, area_code="00004", status="near_poor", assessment="a2", hidden=True)
    corrected, moved = causes(HOMES, HOMES, Pair(PAID, None, POOR, away, away))
    assert (corrected.code, moved.code) == ("status_corrected", "household_moved")
    assert corrected.before["status"] == "poor" and corrected.after is None
    assert (moved.before, moved.after) == ({"area_code": "06091"}, {"area_code": None})


def test_a_household_off_the_lists_has_no_line() -> None:
    gone = HouseholdThen("non_poor", "06091", "Tày", frozenset(), "a2")
    assert _homes(PAID, None, POOR, gone, gone) == ["status_corrected"]
    assert _homes(None, PAID, NOTHING, POOR, POOR) == ["status_corrected"]


def test_support_from_elsewhere_and_what_was_paid_before() -> None:
    supported = replace(PAID, amount_vnd=0, outcome="already_supported", supported_by="r9")
    assert _homes(PAID, supported) == ["supported_elsewhere"]
    rest = replace(PAID, amount_vnd=12, rank=0, already_paid_vnd=28)
    assert _homes(PAID, rest) == ["supported_elsewhere"]


def test_the_queue_and_the_money() -> None:
    late = replace(PAID, amount_vnd=0, outcome="fund_exhausted")
    assert _homes(PAID, replace(late, place=3)) == ["queue_changed"]
    assert _homes(PAID, late, allocated_from_vnd=40) == ["amount_changed"]
    both = _homes(PAID, replace(late, place=3), allocated_from_vnd=40)
    assert both == ["amount_changed", "queue_changed"]
    assert _homes(PAID, late) == ["queue_changed"]


def test_another_rule_or_norm() -> None:
    repair = replace(PAID, amount_vnd=20)
    assert _homes(PAID, repair, rule="housing_p5_repair", unit_norm_vnd=20) == ["rule_changed"]
    assert _homes(PAID, repair, rule_digest="d2", unit_norm_vnd=20) == ["rule_changed"]
    assert _codes(HOMES, AREAS, Pair(PAID, None)) == ["rule_changed"]


def test_a_fact_about_the_district() -> None:
    failed = replace(PAID, amount_vnd=0, outcome="not_eligible", failed=("poor_district",))
    (cause,) = causes(HOMES, HOMES, Pair(PAID, failed, POOR, POOR, POOR))
    assert cause.code == "area_fact_changed"
    assert (cause.before, cause.after) == ({"poor_district": True}, {"poor_district": False})


def test_what_was_waived() -> None:
    waived = {"waive": ["household.separate_since"]}
    assert "parameters_changed" in _homes(PAID, NONE, parameters=waived)


def test_values_of_areas_by_what_they_are_read_from() -> None:
    was, now = _area(50, "5", _criterion("zone", "0")), _area(60, "6", _criterion("zone", "1"))
    assert _shares(was, now, score_total=Decimal(101)) == ["area_fact_changed"]
    counted = {"numerator": 1, "denominator": 10}
    rate = _area(50, "5", _criterion("rate", "10", **counted))
    corrected = _area(60, "6", _criterion("rate", "20", **{**counted, "numerator": 2}))
    assert _shares(rate, corrected, score_total=Decimal(101)) == ["status_corrected"]
    later = _shares(rate, corrected, score_total=Decimal(101), as_of=LATER)
    assert later == ["as_of_changed"]
    base = _area(60, "6", _criterion("rate", "20", numerator=1, denominator=5))
    assert _shares(rate, base, score_total=Decimal(101)) == ["area_fact_changed"]
    communes = _area(50, "5", _criterion("n", "5")), _area(60, "6", _criterion("n", "6"))
    assert _shares(*communes, score_total=Decimal(101)) == ["area_changed"]
    given_values = _area(50, "5", _criterion("c3", "5")), _area(60, "6", _criterion("c3", "6"))
    assert _shares(*given_values, score_total=Decimal(101)) == ["parameters_changed"]


def test_facts_that_swap_places_are_a_change_of_facts() -> None:
    was = _area(50, "90", _criterion("zone", "1", counted_product="40"))
    now = _area(60, "100", _criterion("zone", "1", counted_product="50"))
    assert _shares(was, now, score_total=Decimal(110)) == ["area_fact_changed"]


def test_coefficients_of_the_law_and_of_the_caller() -> None:
    was = _area(50, "5", _criterion("zone", "1", "50"))
    law = _area(60, "6", _criterion("zone", "1", "60"))
    assert _shares(was, law, score_total=Decimal(101)) == ["rule_changed"]
    supplied = _area(60, "6", _criterion("zone", "1", "60", legal_basis="NQ 1"))
    assert _shares(was, supplied, score_total=Decimal(101)) == ["parameters_changed"]
    fewer = _area(60, "6", _criterion("zone", "1", "50"), _criterion("n", "1"))
    assert _shares(was, fewer, score_total=Decimal(101)) == ["rule_changed"]


def test_the_amount_and_the_others() -> None:
    was, now = _area(50, "5", _criterion("zone", "1")), _area(60, "5", _criterion("zone", "1"))
    assert _shares(was, now, allocated_from_vnd=1200) == ["amount_changed"]
    assert _shares(was, now, score_total=Decimal(90)) == ["scores_of_others_changed"]
    (rounded,) = causes(AREAS, AREAS, Pair(was, now))
    assert (rounded.code, rounded.before) == ("scores_of_others_changed", "95")


def test_a_line_in_one_run_only() -> None:
    line = _area(50, "5")
    assert _shares(line, None, areas=("06103",)) == ["area_changed"]
    assert _shares(None, line, as_of=LATER) == ["as_of_changed"]
    assert _shares(None, line, rule="other") == ["rule_changed", "area_changed"]


def test_every_cause_speaks_both_languages() -> None:
    other = replace(POOR, status="near_poor")
    for cause in causes(HOMES, HOMES, Pair(PAID, NONE, POOR, other, other)):
        assert cause.detail_en and cause.detail_vi and cause.detail_en != cause.detail_vi


_LINES = st.none() | st.builds(
    Line,
    st.just("H"),
    st.integers(0, 3),
    st.sampled_from(("allocated", "not_eligible", "already_supported", "fund_exhausted")),
    score=st.none() | st.sampled_from(("0", "1", "2.5")),
    reasons=st.none()
    | st.builds(
        lambda value, by: {"criteria": [_criterion("zone", value, by)]},
        st.sampled_from("01"),
        st.sampled_from("12"),
    ),
    rank=st.none() | st.integers(0, 2),
    place=st.none() | st.integers(1, 3),
    failed=st.none() | st.just(("poor_district",)) | st.just(("listed",)),
    supported_by=st.none() | st.just("r0"),
    already_paid_vnd=st.integers(0, 1),
)
_KNOWN = st.builds(
    HouseholdThen,
    st.sampled_from(("poor", None)),
    st.sampled_from(("06091", None)),
    assessment=st.sampled_from((None, "a")),
)
_CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "rule": st.just("other"),
        "rule_digest": st.just("d2"),
        "as_of": st.just(LATER),
        "allocated_from_vnd": st.just(7),
        "holder": st.just("01"),
        "areas": st.just(("1",)),
        "unit_norm_vnd": st.just(9),
        "score_total": st.just(Decimal(3)),
        "of_households": st.booleans(),
    },
)


@pytest.mark.parametrize("run", [AREAS, HOMES])
@given(_LINES, _LINES, st.tuples(_KNOWN, _KNOWN, _KNOWN), _CHANGES)
def test_no_difference_is_without_a_cause(
    run: ComparedRun,
    was: Line | None,
    now: Line | None,
    known: tuple[HouseholdThen, ...],
    changes: dict[str, Any],
) -> None:
    found = _codes(run, replace(run, **changes), Pair(was, now, *known))
    assert found and set(found) <= set(CODES)
    assert found == sorted(found, key=CODES.index)
