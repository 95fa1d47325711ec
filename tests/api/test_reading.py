"""Values of query parameters, and rates: pure."""

from __future__ import annotations

import pytest

from shared.http.parameters import Refused, read_instant
from shared.law.percent import percent


def test_instants_are_read_with_any_zone_and_a_lost_plus() -> None:
    expected = read_instant("2024-01-01T00:00:00Z")
    for text in (
        "2024-01-01T07:00:00+07:00",
        "2024-01-01t07:00:00 07:00",
        "2023-12-31 19:00:00.000000000-05:00",
    ):
        assert read_instant(text) == expected
    for text in (
        "2024-01-01",
        "2024-13-01T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:00:00+0700",
        "0001-01-01T00:00:00+07:00",
    ):
        with pytest.raises(Refused):
            read_instant(text)


def test_percentages_round_half_up_by_whole_numbers() -> None:
    assert [percent(n, 800) for n in (1, 3, 5)] == [0.13, 0.38, 0.63]
    assert (percent(2100, 14_208), percent(0, 7), percent(7, 7)) == (14.78, 0.0, 100.0)
    assert percent(10**12, 3 * 10**12) == 33.33
