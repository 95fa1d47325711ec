"""What will be paid by a year's end, case by case, and always between nothing and what there is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from shared.money.fund_forecast import YearMoney, forecast

CASES = yaml.safe_load((Path(__file__).parent / "cases/fund_forecast.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_the_range_is_that_of_the_paces(case: Mapping[str, Any]) -> None:
    found = forecast(*case["asked"], {y: YearMoney(*money) for y, money in case["years"].items()})
    paces = [
        [p.pace, p.net_paid] if p.year is None else [p.pace, p.year, p.net_paid]
        for p in found.paces
    ]
    assert paces == case.get("paces", [])
    assert [found.low, found.high] == (case["range"] or [None, None])
    assert list(found.remarks) == case["remarks"]


DAYS = st.integers(0, 1400).map(lambda number: date(2021, 1, 1) + timedelta(days=number))
YEARS = st.dictionaries(
    st.integers(2021, 2024),
    st.builds(
        YearMoney,
        st.integers(0, 10**12),
        st.dictionaries(DAYS, st.integers(-(10**12), 10**12), max_size=6),
    ),
)


@given(st.integers(2021, 2024), DAYS, YEARS)
def test_a_range_holds_every_pace_and_null_has_a_reason(
    year: int, on: date, years: Mapping[int, YearMoney]
) -> None:
    found = forecast(year, on, years)
    if found.low is None or found.high is None:
        assert found.high is None and not found.paces and found.remarks
    elif "year_over" not in found.remarks:
        assert 0 <= found.low <= found.high <= max(years[year].amount, years[year].net(on))
        assert {found.low, found.high} <= {pace.net_paid for pace in found.paces}
