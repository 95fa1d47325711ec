"""No withheld small cell can be worked out: held against exact linear algebra."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.api.areas.statistics import (
    AreaName,
    AreaStatistics,
    AreaTypeCounts,
    Counts,
    EthnicCounts,
    IndicatorCounts,
    Minority,
    Rates,
)
from services.api.areas.withholding import withhold
from shared.households.small_cells import (
    SMALL_MAX,
    is_small,
    withheld,
    withheld_statuses,
    withheld_units,
)
from shared.households.statistics import MAJORITY, STATUSES

Equation = Mapping[Hashable, int]


def determined(unknown: Collection[Hashable], equations: Sequence[Equation]) -> set[Hashable]:
    """Return the unknowns that linear equations tell: those alone in a row of the reduced form."""
    columns = list(unknown)
    rows = [[Fraction(each.get(cell, 0)) for cell in columns] for each in equations]
    rank = 0
    for column in range(len(columns)):
        pivot = next((n for n in range(rank, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        rows[rank] = [value / rows[rank][column] for value in rows[rank]]
        for n, row in enumerate(rows):
            if n != rank and row[column]:
                rows[n] = [a - row[column] * b for a, b in zip(row, rows[rank], strict=True)]
        rank += 1
    lone = ([n for n, value in enumerate(row) if value] for row in rows)
    return {columns[places[0]] for places in lone if len(places) == 1}


def test_the_algebra_finds_what_subtraction_gives() -> None:
    total = {"all": 1, "a": -1, "b": -1}
    assert determined(["a"], [total]) == {"a"}
    assert determined(["a", "b"], [total]) == set()
    assert determined(["a", "b"], [total, {"all": 1, "a": -1}]) == {"a", "b"}


def test_a_lone_small_cell_takes_the_smallest_other_one_along() -> None:
    cells = {"all": 50, "a": 3, "b": 7, "c": 40, "d": 0}
    assert withheld(cells, [tuple(cells)], {"all": False}) == {"a", "b"}


def test_none_is_no_small_cell_and_two_small_ones_need_no_third() -> None:
    assert not withheld({"all": 9, "a": 0, "b": 9}, [("all", "a", "b")], {"all": False})
    cells = {"all": 20, "a": 1, "b": 4, "c": 15}
    assert withheld(cells, [tuple(cells)], {"all": False}) == {"a", "b"}


numbers = st.one_of(st.integers(0, 6), st.integers(0, 40))
units = st.dictionaries(
    st.sampled_from("ABCDEFG"),
    st.fixed_dictionaries(dict.fromkeys(STATUSES, numbers)),
    min_size=1,
)


@given(units)
def test_units_of_a_parent_keep_their_small_counts(
    counted: dict[str, dict[str, int]],
) -> None:
    parent = {status: sum(each[status] for each in counted.values()) for status in STATUSES}
    unknown: list[Hashable] = []
    for code, counts in counted.items():
        hidden = withheld_statuses(parent, counted, code)
        assert hidden >= {status for status in STATUSES if is_small(counts[status])}
        unknown += [(code, status) for status in hidden]
    # Registered households are withheld with the first count, so they add no equation of use.
    equations: list[Equation] = []
    for status in STATUSES:
        known = {("", status)} if is_small(parent[status]) else set()
        unknown += list(known)
        equations.append({("", status): 1, **{(code, status): -1 for code in counted}})
    told = determined(unknown, equations)
    assert not {cell for cell in told if cell[0]}, told  # type: ignore[index]


groups = st.dictionaries(
    st.sampled_from([MAJORITY, "Tày", "Nùng", "Dao", None]),
    st.tuples(*[numbers] * len(STATUSES)),
)


def _added(rows: Iterable[tuple[int, ...]]) -> Counts:
    return Counts(*(sum(column) for column in zip((0,) * len(STATUSES), *rows, strict=True)))


def _statistics(
    counted: Mapping[str | None, tuple[int, ...]], rural: float, lacking: Sequence[int]
) -> AreaStatistics:
    counts = _added(counted.values())
    minority = _added(each for group, each in counted.items() if group not in (None, MAJORITY))
    of_rural = [int(counts.of_status(status) * rural) for status in STATUSES]
    of_urban = [
        counts.of_status(status) - number for status, number in zip(STATUSES, of_rural, strict=True)
    ]
    return AreaStatistics(
        AreaName("06091", "Hoa Thám", "commune"),
        1000,
        counts.registered,
        counts,
        1000 - counts.registered,
        Rates.of(counts, 1000),
        Minority(500, minority, Rates.of(minority, 500)),
        [EthnicCounts(group, Counts(*each)) for group, each in counted.items()],
        [
            IndicatorCounts("VN-2022-2025", f"C{n}", f"key{n}", "en", "vi", number, 2 * number)
            for n, number in enumerate(lacking)
        ],
        [AreaTypeCounts("rural", Counts(*of_rural)), AreaTypeCounts("urban", Counts(*of_urban))],
        None,
    )


def _cells(statistics: AreaStatistics) -> dict[Hashable, int | None]:
    found: dict[Hashable, int | None] = {}
    for status in STATUSES:
        found["all", status] = getattr(statistics.counts, status)
        found["minority", status] = getattr(statistics.minority.counts, status)
        for each in statistics.by_ethnicity:
            found["ethnic", each.ethnic_group, status] = getattr(each.counts, status)
        for kind in statistics.by_area_type:
            found["type", kind.area_type, status] = getattr(kind.counts, status)
    return found


def _sums(statistics: AreaStatistics) -> list[Equation]:
    """Return all that adds up in one answer, rates and totals included."""
    groups = [each.ethnic_group for each in statistics.by_ethnicity]
    minorities = [group for group in groups if group not in (None, MAJORITY)]
    equations: list[Equation] = []
    for status in STATUSES:
        every = {("ethnic", group, status): -1 for group in groups}
        few = {("ethnic", group, status): -1 for group in minorities}
        types = {("type", kind, status): -1 for kind in ("rural", "urban")}
        equations.append({("all", status): 1, **every})
        equations.append({("minority", status): 1, **few})
        equations.append({("all", status): 1, **types})
    if statistics.registered is not None:
        equations.append({("all", status): 1 for status in STATUSES})
    for name, rates in (("all", statistics.rates), ("minority", statistics.minority.rates)):
        if rates.multidimensional is not None:
            equations.append({(name, "poor"): 1, (name, "near_poor"): 1})
    return equations


@given(groups, st.floats(0, 1), st.lists(numbers, max_size=5), st.sets(st.sampled_from(STATUSES)))
def test_no_answer_tells_a_small_cell(
    counted: dict[str | None, tuple[int, ...]],
    rural: float,
    lacking: list[int],
    companions: set[str],
) -> None:
    whole = _statistics(counted, rural, lacking)
    own = {status for status in STATUSES if is_small(whole.counts.of_status(status))}
    beside = {status for status in companions if whole.counts.of_status(status) > SMALL_MAX}
    told = withhold(whole, own | beside)
    before, after = _cells(whole), _cells(told)
    assert not [cell for cell, number in after.items() if number is not None and is_small(number)]
    assert all(number in (None, before[cell]) for cell, number in after.items())
    unknown = [cell for cell, number in after.items() if number is None]
    assert determined(unknown, _sums(told)) == set()
    for name in ("poor", "near_poor"):
        shown = [getattr(row, name) for row in told.by_indicator]
        assert not [number for number in shown if number is not None and is_small(number)]
        assert getattr(told.rates, name) is None or getattr(told.counts, name) is not None
    if not unknown:
        assert told == withhold(whole, ())
        assert told.registered == whole.registered


flows = st.dictionaries(st.sampled_from("ABCDEFG"), st.tuples(numbers, numbers, numbers))


@given(flows)
def test_no_flow_of_a_unit_is_what_the_parent_has_less_the_others(
    counted: dict[str, tuple[int, ...]],
) -> None:
    hidden = withheld_units(counted)
    small = {code for code, each in counted.items() if any(map(is_small, each))}
    assert small <= hidden
    assert len(hidden) - len(small) <= 1
    parent = [sum(column) for column in zip(*counted.values(), strict=True)]
    # Where nobody else has any flow the parent is the unit itself, and withheld as one.
    alone = len(hidden) == 1 and any(map(is_small, parent))
    assert len(hidden) != 1 or alone
