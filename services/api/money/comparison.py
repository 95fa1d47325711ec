"""Two allocation runs side by side: who gained, who lost, and by which cause."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct

from services.api.money.held import UNKNOWN_RUN, RunId, reach_of, run_of
from services.api.money.runs import rule_of
from services.api.words import NextCursor, unit_on
from shared.access.caller import FUNDS_READ
from shared.areas.tree import AreaTree
from shared.http import parameters
from shared.http.ask import Ask, Known
from shared.http.operations import Routes
from shared.http.problems import Problem, ProblemType, invalid
from shared.kernel.database import Snapshot
from shared.kernel.errors import Fault
from shared.money.allocations import Line
from shared.money.differences import NOTHING, Cause, ComparedRun, HouseholdThen, Pair, causes
from shared.money.store import run_reads as store
from shared.money.store.run_reads import ComparedSums, HeldHousehold, StoredRun

routes = Routes("money")

Change = Literal["gained", "lost"]
_Item = tuple[str, Line | None, Line | None]


def not_comparable(faults: Sequence[tuple[str, str, str]]) -> Problem:
    """Return the refusal of runs without lines: pointer, run and state of each."""
    return invalid(
        [
            Fault(pointer, "not_comparable", f"run {run_id} is {state}, not completed")
            for pointer, run_id, state in faults
        ]
    )


_NOT_COMPARABLE = ProblemType(
    "One of the runs is not completed",
    not_comparable([("/query/with", "LS-BG-2023-P5-run-2", "refused")]),
)


class LineSums(Struct, frozen=True):
    """Lines, and the đồng that they gained, lost or kept."""

    lines: Annotated[int, Meta(description="How many lines.")]
    amount_vnd: Annotated[int, Meta(description="Đồng gained, lost or kept.")]


class ComparisonSummary(Struct, frozen=True):
    """All lines of both runs; difference = gained - lost = allocated after - before."""

    gained: Annotated[LineSums, Meta(description="Lines that get more after.")]
    lost: Annotated[LineSums, Meta(description="Lines that get less after.")]
    unchanged: Annotated[LineSums, Meta(description="Lines that get the same.")]
    before_vnd: Annotated[int, Meta(description="Đồng that the first run allocated.")]
    after_vnd: Annotated[int, Meta(description="Đồng that the second run allocated.")]
    difference_vnd: Annotated[int, Meta(description="After less before, in đồng.")]


class LineDifference(Struct, frozen=True):
    """A line whose amounts differ; 0 where a run does not have it."""

    line: Annotated[str, Meta(description="The area's code or the household's id.")]
    area_code: Annotated[str | None, Meta(description="The code; null: a household's line.")]
    household_id: Annotated[str | None, Meta(description="The id; null: an area's line.")]
    before_vnd: Annotated[int, Meta(description="Đồng in the first run.")]
    after_vnd: Annotated[int, Meta(description="Đồng in the second run.")]
    difference_vnd: Annotated[int, Meta(description="After less before, in đồng.")]
    causes: Annotated[tuple[Cause, ...], Meta(description="Every cause of the difference.")]


class Comparison(Struct, frozen=True):
    """Two runs side by side."""

    before: Annotated[str, Meta(description="Id of the first run.")]
    after: Annotated[str, Meta(description="Id of the second run.")]
    summary: Annotated[ComparisonSummary, Meta(description="All lines of both.")]
    items: Annotated[list[LineDifference], Meta(description="The lines that differ, by line.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/allocation-runs/{run_id}/compare",
    scope=FUNDS_READ,
    heavy=True,
    clock=Known,
    cursor=[parameters.short_text],
    problems=[UNKNOWN_RUN, _NOT_COMPARABLE],
    private=True,
)
async def compare_allocation_runs(
    ask: Ask,
    run_id: RunId,
    with_: Annotated[str, parameters.text("Id of the run to compare with: the one after.")],
    change: Annotated[
        Change | None,
        parameters.choice(Change, "Only lines that gained, or that lost."),
    ] = None,
) -> Comparison:
    """Two runs side by side.

    Every line whose amount differs between this run (before) and another (after), with every cause;
    the sums of all lines. The differences make the difference of what the runs allocated.
    """
    units, reach, page, names = await ask.tree(), await reach_of(ask), ask.page, (run_id, with_)
    async with ask.snapshot() as snapshot:
        rows = [await run_of(ask, snapshot, name, reach) for name in names]
        _check(rows)
        totals = [await store.score_total(snapshot, name) for name in names]
    runs = [await _run(ask, *each) for each in zip(rows, totals, strict=True)]
    async with ask.reads.snapshot() as snapshot:
        sums = await store.compare_sums(snapshot, *names)
        place = page.after[0] if page.after else None
        differing = await store.compare_page(
            snapshot, *names, change=change, place=place, limit=page.fetch
        )
        shown, next_cursor = page.cut(differing, lambda item: [item[0]])
        pairs = await _pairs(snapshot, _Held(units, rows, reach), rows, shown)
    items = [_difference(runs, item, pair) for item, pair in zip(shown, pairs, strict=True)]
    return Comparison(*names, _summary(rows, sums), items, next_cursor)


def _check(rows: Sequence[StoredRun]) -> None:
    """Refuse runs that have no lines to compare."""
    pointed = zip(("", "/query/with"), rows, strict=True)
    faults = [(at, row.run_id, row.state) for at, row in pointed if row.state != "completed"]
    if faults:
        raise not_comparable(faults)


async def _run(ask: Ask, row: StoredRun, total: Decimal | None) -> ComparedRun:
    """Return what a run was computed from."""
    rule = await rule_of(ask.context, row)
    entry = {} if rule is None else rule.entry
    criteria = (*(entry.get("criteria") or ()), *(entry.get("eligibility") or ()))
    areas = row.request.get("areas")
    return ComparedRun(
        run_id=row.run_id,
        rule=row.rule,
        rule_digest=(row.frozen.get("rule") or {}).get("digest"),
        as_of=row.as_of,
        allocated_from_vnd=row.allocated_from_vnd or 0,
        of_households=row.of_households,
        holder=(row.frozen.get("fund") or {}).get("area_code"),
        areas=None if areas is None else tuple(sorted(areas)),
        parameters=row.request.get("parameters") or {},
        inputs={each["code"]: each.get("input") for each in criteria},
        unit_norm_vnd=entry.get("unit_norm_vnd"),
        score_total=total,
    )


class _Held:
    """Reads what held of households, on the later map and as far as the caller may see it."""

    def __init__(
        self, units: AreaTree, rows: Sequence[StoredRun], reach: Sequence[int] | None
    ) -> None:
        self._units = units
        self._day = max(row.as_of for row in rows)
        self._reach = None if reach is None else frozenset(reach)

    def read(self, row: HeldHousehold | None) -> HouseholdThen:
        if row is None:
            return NOTHING
        unit = unit_on(self._units, row.area_id, self._day)
        return HouseholdThen(
            status=row.status,
            area_code=None if unit is None else unit.code,
            ethnic_group=row.ethnic_group,
            deprived=frozenset(row.deprived or ()),
            assessment=None if row.assessment is None else str(row.assessment),
            hidden=self._reach is not None and row.area_id not in self._reach,
        )


async def _pairs(
    snapshot: Snapshot, held: _Held, rows: Sequence[StoredRun], items: Sequence[_Item]
) -> list[Pair]:
    """Put beside each line what was known of its household for either run, and in between."""
    before, after = rows
    clocks = (
        (before.as_of, before.known_at),
        (before.as_of, after.known_at),
        (after.as_of, after.known_at),
    )
    ids = [line for line, _, _ in items]
    households: list[dict[str, HeldHousehold]] = [{}, {}, {}]
    if before.of_households and after.of_households:
        households = [await store.households(snapshot, ids, *clock) for clock in clocks]
    return [
        Pair(was, now, *(held.read(each.get(line)) for each in households))
        for line, was, now in items
    ]


def _summary(rows: Sequence[StoredRun], sums: ComparedSums) -> ComparisonSummary:
    before, after = (row.allocated_vnd or 0 for row in rows)
    return ComparisonSummary(
        gained=LineSums(sums.gained, sums.gained_vnd),
        lost=LineSums(sums.lost, sums.lost_vnd),
        unchanged=LineSums(sums.unchanged, sums.unchanged_vnd),
        before_vnd=before,
        after_vnd=after,
        difference_vnd=after - before,
    )


def _difference(runs: Sequence[ComparedRun], item: _Item, pair: Pair) -> LineDifference:
    line, was, now = item
    before = 0 if was is None else was.amount_vnd
    after = 0 if now is None else now.amount_vnd
    of_household = runs[0 if was is not None else 1].of_households
    return LineDifference(
        line=line,
        area_code=None if of_household else line,
        household_id=line if of_household else None,
        before_vnd=before,
        after_vnd=after,
        difference_vnd=after - before,
        causes=causes(runs[0], runs[1], pair),
    )
