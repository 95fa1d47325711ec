"""Reference figures: what the document says, what follows from it, and what it must not say."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.kernel.errors import PolicyError
from shared.press.reference_figures import References, read_reference_figures

ROOT = Path(__file__).parents[2]
DOCUMENT = yaml.safe_load((ROOT / "seeds" / "reference_figures.yaml").read_text("utf-8"))
SEEDS = read_reference_figures(DOCUMENT)


def end_of(year: int) -> date:
    return date(year, 12, 31)


def test_two_standards_give_two_official_values_of_one_day():
    values = SEEDS.lookup("VN", "poverty_rate", end_of(2021))
    assert [(v.value, v.standard, v.soft) for v in values] == [
        (Fraction("2.23"), "VN-2016-2020", False),
        (Fraction("5.2"), "VN-2022-2025", True),
    ]


def test_a_provincial_rate_follows_from_count_and_total():
    (rate,) = SEEDS.lookup("51", "poverty_rate", end_of(2022))
    assert (rate.value, rate.step, rate.soft) == (Fraction(2922900, 374573), 0, False)


def test_both_lists_of_a_province_follow_from_the_two():
    (both,) = SEEDS.lookup("20", "poor_and_near_poor_households", end_of(2023))
    assert both.value == 12397 + 18438


def test_a_rate_over_an_estimated_total_is_soft():
    (rate,) = SEEDS.lookup("66", "poverty_rate", end_of(2024))
    assert rate.soft and round(rate.value, 2) == Fraction("6.38")


def test_the_counts_of_a_new_standard_s_first_year_are_a_baseline():
    (count,) = SEEDS.lookup("66", "poor_households", end_of(2021))
    assert count.value == 63767 and count.baseline


def test_other_days_come_nearest_first():
    days = [one.on.year for one in SEEDS.other_days("20", "poor_households", end_of(2022))]
    assert days == [2021, 2023, 2024]


def test_a_region_is_found_by_its_names():
    assert SEEDS.region("tây nguyên") == SEEDS.region("Central Highlands")
    assert SEEDS.region("Bình Gia") is None


def test_places_measures_days_and_populations_without_a_number_have_none():
    assert SEEDS.lookup("20", "poor_households", date(2022, 6, 30)) == ()
    assert SEEDS.lookup("20", "poor_households", end_of(2022), "ethnic_minority") == ()
    assert list(References().other_days("20", "poor_households", end_of(2022))) == []


def changed(**change: Any) -> dict[str, Any]:
    document = deepcopy(DOCUMENT)
    document["figures"][0].update(change)
    return document


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (changed(value=""), "reference_incomplete"),
        (changed(date=None), "reference_incomplete"),
        (changed(confidence="certain"), "reference_unknown"),
        ({"figures": DOCUMENT["figures"] * 2}, "reference_repeated"),
    ],
)
def test_a_faulty_document_is_refused_by_name(document: dict[str, Any], code: str):
    with pytest.raises(PolicyError) as refused:
        read_reference_figures(document)
    assert refused.value.code == code
