"""Consistent tables give nothing, one wrong number gives one finding, order changes nothing."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import accumulate
from time import process_time

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.press.figures.figure import Comparison, Figure, Period, Place
from shared.press.findings import Finding, check
from shared.press.reference_figures import ReferenceFigure, References

HERE = Place("A", "district", "999")
NOW, BEFORE = date(2023, 12, 31), date(2022, 12, 31)
NOTHING = References()


def on(day: date) -> Period:
    return Period(day, day)


def made(measure: str, value: Decimal | int, unit: str, day: date = NOW, **more: object) -> Figure:
    start = more.pop("start", 0)
    assert isinstance(start, int)
    return Figure(
        measure,
        Decimal(value),
        unit,
        start,
        start + 5,
        "",
        place=HERE,
        period=on(day),
        sentence=0,
        **more,
    )


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def rate(count: int, base: int) -> Decimal:
    return rounded(Decimal(100 * count) / base)


@st.composite
def tables(draw: st.DrawFn) -> list[Figure]:
    """Return the poor of a place on two days, as counts and rates, and the changes between them."""
    base = draw(st.integers(2_000, 600_000))
    earlier = draw(st.integers(base * 99 // 100, base))
    before = draw(st.integers(earlier // 20, earlier // 3))
    now = draw(st.integers(base // 40, before))
    near = draw(st.integers(base // 40, base // 4))
    fell = Comparison("decrease", BEFORE.isoformat())
    figures = [
        made("poor_households", before, "households", BEFORE),
        made("poverty_rate", rate(before, earlier), "percent", BEFORE),
        made("poor_households", now, "households"),
        made("poverty_rate", rate(now, base), "percent"),
        made("poor_households_change", before - now, "households", comparison=fell),
        made("near_poor_households", near, "households"),
        made("near_poverty_rate", rate(near, base), "percent"),
        made("poor_and_near_poor_households", now + near, "households"),
        made("poor_and_near_poor_rate", rate(now + near, base), "percent"),
    ]
    points = Decimal(100 * before) / earlier - Decimal(100 * now) / base
    if points >= 0:
        change = rounded(points)
        figures.append(made("poverty_rate_change_pp", change, "percentage_points", comparison=fell))
    return [replace(one, start=20 * at, end=20 * at + 5) for at, one in enumerate(figures)]


@st.composite
def lists(draw: st.DrawFn) -> list[Figure]:
    """Return a total and its parts, with what is inside some of them."""
    values = draw(st.lists(st.integers(1_001, 9_999_999), min_size=2, max_size=8))
    figures = [made("persons_supported", sum(values), "persons", role="total")]
    for value in values:
        figures.append(made("persons_supported", value, "persons", role="part"))
        if draw(st.booleans()):
            inside = draw(st.integers(1, value))
            figures.append(made("persons_supported", inside, "persons", role="of_which"))
    return [replace(one, start=20 * at, end=20 * at + 5) for at, one in enumerate(figures)]


@given(tables())
def test_a_consistent_table_gives_no_finding(figures: list[Figure]):
    assert check(figures, NOTHING) == []


@given(lists())
def test_a_consistent_list_gives_no_finding(figures: list[Figure]):
    assert check(figures, NOTHING) == []


@given(lists(), st.data())
def test_one_part_too_large_gives_one_finding(figures: list[Figure], data: st.DataObject):
    parts = [at for at, one in enumerate(figures) if one.role == "part"]
    at, more = data.draw(st.sampled_from(parts)), data.draw(st.integers(1, 50_000))
    whole = figures[0].value
    figures[at] = replace(figures[at], value=figures[at].value + whole // 10 + more)
    # Where the first parts come near the total, they are taken for the list.
    sums = accumulate(figures[one].value for one in parts)
    assume(all(abs(added - whole) * 1000 > whole for added in sums))
    found = check(figures, NOTHING)
    assert len(found) == 1
    assert found[0].kind in {"parts_exceed_total", "transposed_digits"}
    assert found[0].expected > found[0].stated


@given(st.integers(100, 900_000), st.integers(2, 40))
def test_a_change_that_is_off_gives_one_finding(count: int, off: int):
    fell = Comparison("decrease", BEFORE.isoformat())
    before = 2 * count + 1
    figures = [
        made("poor_households", before, "households", BEFORE, start=0),
        made("poor_households", count, "households", start=20),
        made("poor_households_change", before - count + off, "households", comparison=fell),
    ]
    found = check(figures, NOTHING)
    assert len(found) == 1
    assert found[0].kind in {"change_mismatch", "transposed_digits"}
    assert found[0].expected == before - count


@given(st.integers(1_001, 900_000).filter(lambda n: n % 10), st.integers(1, 400))
def test_an_official_count_is_kept_apart_from_any_other_number(value: int, off: int):
    official = ReferenceFigure("999", "poor_households", NOW, Fraction(value))
    right = made("poor_households", value, "households")
    wrong = made("poor_households", value + off, "households")
    references = References((official,))
    assert check([right], references) == []
    rounds = (value + off) % 10 == 0
    assert rounds or len(check([wrong], references)) == 1


def told(figures: list[Figure], found: list[Finding]) -> list[tuple[object, ...]]:
    return [
        (one.kind, tuple(figures[at] for at in one.figures), one.expected, one.explanation_en)
        for one in found
    ]


@given(st.one_of(tables(), lists()), st.data())
def test_the_order_of_the_figures_changes_nothing(figures: list[Figure], data: st.DataObject):
    at = data.draw(st.integers(0, len(figures) - 1))
    figures[at] = replace(figures[at], value=figures[at].value + data.draw(st.integers(0, 50)))
    mixed = data.draw(st.permutations(figures))
    assert told(figures, check(figures, NOTHING)) == told(mixed, check(mixed, NOTHING))


@given(tables(), st.sampled_from(["forecast", "target", "norm"]), st.integers(1, 50))
def test_what_is_no_actual_changes_nothing(figures: list[Figure], kind: str, off: int):
    at = off % len(figures)
    figures.append(replace(figures[at], value=figures[at].value + off, kind=kind, start=10**6))
    assert check(figures, NOTHING) == []


MEASURES = (
    ("poor_households", "households"),
    ("poverty_rate", "percent"),
    ("poor_households_change", "households"),
    ("poverty_rate_change_pp", "percentage_points"),
    ("fund_mobilised", "VND"),
    ("support_amount", "VND"),
    ("progress_rate", "percent"),
    ("fund_disbursed", "VND"),
)


@st.composite
def anything(draw: st.DrawFn) -> Figure:
    measure, unit = draw(st.sampled_from(MEASURES))
    first = draw(st.dates())
    return Figure(
        measure,
        draw(st.decimals(allow_nan=True, allow_infinity=True)),
        unit,
        draw(st.integers(0, 50)),
        draw(st.integers(0, 50)),
        "",
        qualifier=draw(st.sampled_from(["exact", "about", "between", "below", "at_least"])),
        value_max=draw(st.none() | st.decimals(allow_nan=False, allow_infinity=False)),
        place=draw(st.sampled_from([None, HERE])),
        period=draw(st.none() | st.just(Period(first, draw(st.dates(min_value=first))))),
        comparison=draw(st.none() | st.builds(Comparison, st.just("decrease"), st.text())),
        role=draw(st.sampled_from([None, "total", "part", "of_which"])),
        per=draw(st.sampled_from([None, "year", "month", "each"])),
        sentence=draw(st.none() | st.integers(0, 2)),
    )


@settings(max_examples=200)
@given(st.lists(anything(), max_size=12))
def test_nothing_that_can_be_written_breaks_the_checks(figures: list[Figure]):
    for one in check(figures, NOTHING):
        assert all(0 <= at < len(figures) for at in one.figures)


def hostile(count: int) -> list[Figure]:
    kinds = ("total", "part", "part", None, "of_which")
    return [
        made(
            MEASURES[at % 8][0],
            12_345 + 7 * at,
            MEASURES[at % 8][1],
            start=10 * at,
            role=kinds[at % 5],
            per="each" if at % 3 == 0 else None,
        )
        for at in range(count)
    ]


def test_ten_thousand_figures_of_one_place_take_time_in_proportion():
    times = []
    for count in (2_500, 10_000):
        figures = hostile(count)
        start = process_time()
        check(figures, NOTHING)
        times.append(process_time() - start)
    assert times[1] < 8 * times[0] + 1 and times[1] < 10
