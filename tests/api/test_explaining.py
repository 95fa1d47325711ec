"""Explanations at the bounds of the law: reasons, smallest changes, exit windows. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.households.events import Assessed
from shared.households.explanation import exit_window, explain, smallest_changes, standard_named
from shared.households.reasons import fired, reasons
from shared.law.standards import Standard
from tests.builders import policy

POLICY = policy()


def standard(name: str) -> Standard:
    """Return a standard of the seeds by its years."""
    found = standard_named(POLICY, name)
    assert found is not None
    return found


NOW = standard("VN-2022-2025")
BEFORE = standard("VN-2016-2020")
FIRST = standard("VN-2011-2015")


def review(value: int, lacking: int, **said: Any) -> Assessed:
    """Return a measurement: rural, by income, in force in 2024, unless said otherwise."""
    day = date(2024, 1, 1)
    values: dict[str, Any] = {
        "event_id": UUID(int=1),
        "source": "s",
        "external_id": "x",
        "household_id": "h",
        "effective_from": day,
        "assessed_on": day,
        "area_code": "06091",
        "area_type": "rural",
        "standard": None,
        "measure": "income",
        "value": value,
        "lacking": lacking,
        "deprived": (),
        "recognised": None,
        "ethnic_group": None,
    }
    return Assessed(**values | said)


def flips(assessed: Assessed, by: Standard) -> list[tuple[str, int, str]]:
    return [
        (c.input, c.change, c.to_status)
        for c in smallest_changes(assessed, by, POLICY.status_names)
    ]


@pytest.mark.parametrize(
    ("value", "lacking", "expected"),
    [
        (1_500_000, 3, [("income_vnd", 1, "non_poor"), ("deprived", -1, "near_poor")]),
        (1_500_001, 3, [("income_vnd", -1, "poor")]),
        (1_500_001, 2, [("income_vnd", -1, "near_poor")]),
        (1_500_000, 2, [("income_vnd", 1, "non_poor"), ("deprived", 1, "poor")]),
        (0, 12, [("income_vnd", 1_500_001, "non_poor"), ("deprived", -10, "near_poor")]),
        (2_250_000, 0, [("income_vnd", -750_000, "near_poor")]),
    ],
)
def test_the_smallest_changes_by_income(
    value: int, lacking: int, expected: list[tuple[str, int, str]]
) -> None:
    assert flips(review(value, lacking), NOW) == expected


def test_the_middle_band_of_2016_flips_both_ways() -> None:
    assert flips(review(1_000_000, 3), BEFORE) == [
        ("income_vnd", 1, "non_poor"),
        ("deprived", -1, "near_poor"),
    ]
    assert flips(review(700_001, 2), BEFORE) == [
        ("income_vnd", -1, "poor"),
        ("income_vnd", 300_000, "non_poor"),
        ("deprived", 1, "poor"),
    ]
    assert flips(review(400_000, 0), FIRST) == [("income_vnd", 1, "near_poor")]


def test_scores_change_in_steps_of_ten_points() -> None:
    scored = review(140, 30, measure="score")
    assert flips(scored, NOW) == [("b1", 1, "non_poor"), ("b2", -10, "near_poor")]
    assert [r.code for r in reasons("poor", scored, NOW, 36)] == ["b1_at_most", "b2_at_least"]


@given(
    value=st.integers(0, 4_000_000),
    lacking=st.integers(0, 12),
    area_type=st.sampled_from(["rural", "urban"]),
)
def test_a_smallest_change_flips_and_nothing_nearer_does(
    value: int, lacking: int, area_type: str
) -> None:
    assessed = review(value, lacking, area_type=area_type)

    def status(income: int, missing: int) -> str:
        return NOW.classify(assessed.area_type, "income", income, missing).status

    for change in smallest_changes(assessed, NOW, POLICY.status_names):
        sign = 1 if change.change > 0 else -1
        nearer = change.value - sign
        if change.input == "income_vnd":
            assert status(change.value, lacking) == change.to_status != status(value, lacking)
            assert status(nearer, lacking) == status(value, lacking)
        else:
            assert status(value, change.value) == change.to_status != status(value, lacking)
            assert status(value, nearer) == status(value, lacking)


def test_reasons_name_the_bounds_that_fired_in_both_languages() -> None:
    poor = reasons("poor", review(1_500_000, 3), NOW, 36)
    assert [r.code for r in poor] == ["income_at_most", "deprived_at_least"]
    assert "at most 1,500,000 đồng (rural)" in poor[0].text_en
    assert "không quá 1.500.000 đồng (khu vực nông thôn)" in poor[0].text_vi
    assert poor[1].text_vi.endswith("từ 3 trở lên.")
    near = reasons("near_poor", review(1_500_000, 2), NOW, 36)
    assert near[1].text_vi.endswith("dưới 3.")
    average = reasons("non_poor", review(2_000_000, 5), NOW, 36)
    assert [r.code for r in average] == ["income_above", "income_at_most"]
    rich = reasons("recently_exited", review(9_000_000, 5), NOW, 36)
    assert [r.code for r in rich] == ["no_rule_lists_it", "exit_window"]
    assert fired(review(9_000_000, 5), NOW) is None
    assert [r.code for r in reasons("closed", None, None, 36)] == ["closed"]
    assert [r.code for r in reasons(None, None, None, 36)] == ["not_assessed"]


def test_the_exit_window_runs_on_through_split_spells() -> None:
    spells = [
        (date(2022, 1, 1), date(2024, 2, 29), "poor"),
        (date(2024, 2, 29), date(2025, 1, 1), "recently_exited"),
        (date(2025, 1, 1), date(2027, 2, 28), "recently_exited"),
        (date(2027, 2, 28), None, "non_poor"),
    ]
    window = exit_window(spells, date(2025, 6, 1), POLICY)
    assert window is not None
    assert (window.start, window.end, window.months) == (date(2024, 2, 29), date(2027, 2, 28), 36)
    assert exit_window(spells, date(2023, 1, 1), POLICY) is None
    assert exit_window(spells, date(2027, 2, 28), POLICY) is None


def test_an_explanation_shows_inputs_and_what_counted() -> None:
    assessed = review(1_000_000, 2, deprived=("D09", "toilet"), recognised="poor")
    found = explain("near_poor", assessed, NOW, [], POLICY, date(2024, 6, 1))
    inputs = {i["input"]: i for i in found["inputs"]}
    lacking = [i["key"] for i in inputs["deprived"]["indicators"] if i["deprived"]]
    assert lacking == ["water", "toilet"]
    assert inputs["deprived"]["counted"] and not inputs["recognised"]["counted"]
    assert found["status_vi"] == "hộ cận nghèo"
    exact = explain("non_poor", review(2_000_000, 2), NOW, [], POLICY, date(2024, 6, 1))
    assert not {i["input"]: i for i in exact["inputs"]}["deprived"]["counted"]
    for status in ("closed", None):
        bare = explain(status, None, None, [], POLICY, date(2024, 6, 1))
        assert (bare["rule"], bare["smallest_changes"]) == (None, [])
