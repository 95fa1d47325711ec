"""Two allocation runs side by side: who gained, who lost, and by which cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asyncpg import Record
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import asking, funding, views
from services.api.examples import allocation_runs as examples
from services.api.refusals import NOT_COMPARABLE, UNKNOWN_RUN, refusing
from services.api.routes.allocation_runs import PATH
from services.api.routes.funds import PROBLEMS
from services.api.run_rules import rule_of
from services.api.schemas import allocation_runs as schemas
from shared.areas.tree import AreaTree
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import FUNDS_READ, authorize
from shared.http.context import Context, context_of
from shared.http.openapi import PlainRoute
from shared.http.parameters import KNOWN_AT, LIMIT, read, write_cursor
from shared.http.problems import Fault, invalid
from shared.http.undeclared import operation
from shared.kernel.database import Snapshot
from shared.money.allocations import Line
from shared.money.differences import NOTHING, Known, Pair, Run, causes
from shared.money.store import run_reads as store

router = APIRouter(tags=["allocation runs"], route_class=PlainRoute)

_COMPARE = {
    "with": parameters.text("Id of the run to compare with: the one after.").but(required=True),
    "change": parameters.choice(("gained", "lost"), "Only lines that gained, or that lost."),
    "known_at": KNOWN_AT,
    "cursor": parameters.cursor(parameters.short_text),
    "limit": LIMIT,
}
_Item = tuple[str, Line | None, Line | None]


@router.get(
    "/v1/allocation-runs/{run_id}/compare",
    **refusing(
        operation(
            "Two runs side by side",
            "Every line whose amount differs between this run (before) and another (after), with "
            "every cause; the sums of all lines. The differences make the difference of what the "
            "runs allocated.",
            model=schemas.Comparison,
            example=examples.COMPARISON,
            parameters=_COMPARE,
            path=PATH,
            problems=PROBLEMS,
            scope=FUNDS_READ,
        ),
        UNKNOWN_RUN,
        NOT_COMPARABLE,
    ),
)
async def compare(request: Request) -> Response:
    """Answer the sums of two runs and a page of the lines that differ."""
    context, caller = context_of(request), authorize(request, FUNDS_READ)
    asked = read(request, _COMPARE)
    known_at, limit, tree = asked["known_at"], asked["limit"], await context.areas.tree()
    names = request.path_params["run_id"], asked["with"]
    reach = funding.holders(tree, caller, None, context.clock.today())
    async with asking.reading(context, known_at) as (snapshot, settled):
        rows = [await funding.run_of(snapshot, name, known_at, reach) for name in names]
        _check(rows)
        totals = [await store.score_total(snapshot, name) for name in names]
    runs = [await _run(context, *each) for each in zip(rows, totals, strict=True)]
    after = asked["cursor"][0] if asked["cursor"] else None
    async with context.database.snapshot() as snapshot:
        sums = await store.compare_sums(snapshot, *names)
        found = await store.compare_page(
            snapshot, *names, change=asked["change"], place=after, limit=limit + 1
        )
        shown = found[:limit]
        pairs = await _pairs(snapshot, _Known(tree, rows, reach), rows, shown)
    following = write_cursor([shown[-1][0]]) if len(found) > limit else None
    body = {
        "before": names[0],
        "after": names[1],
        "summary": _summary(rows, sums),
        "items": [_item(runs, pair) for pair in pairs],
        "next_cursor": following,
    }
    return answer(request, body, asking.echoes(None, known_at, settled), private=True)


def _check(rows: Sequence[Record]) -> None:
    """Refuse runs that have no lines to compare."""
    pointers = ("", "/query/with")
    faults = [
        Fault(pointer, NOT_COMPARABLE, f"run {row['run_id']} is {row['state']}, not completed")
        for pointer, row in zip(pointers, rows, strict=True)
        if row["state"] != "completed"
    ]
    if faults:
        raise invalid(faults)


async def _run(context: Context, row: Record, total: Any) -> Run:
    """Return what a run was computed from."""
    rule = await rule_of(context, row)
    frozen, entry = row["inputs"] or {}, {} if rule is None else rule.entry
    criteria = (*(entry.get("criteria") or ()), *(entry.get("eligibility") or ()))
    areas = row["request"].get("areas")
    return Run(
        run_id=row["run_id"],
        rule=row["rule"],
        rule_digest=(frozen.get("rule") or {}).get("digest"),
        as_of=row["as_of"],
        allocated_from_vnd=row["allocated_from_vnd"],
        of_households=row["content"] is not None,
        holder=(frozen.get("fund") or {}).get("area_code"),
        areas=None if areas is None else tuple(sorted(areas)),
        parameters=row["request"].get("parameters") or {},
        inputs={each["code"]: each.get("input") for each in criteria},
        unit_norm_vnd=entry.get("unit_norm_vnd"),
        score_total=total,
    )


class _Known:
    """Reads what was known of households, on the later map and as far as the caller may see it."""

    def __init__(self, tree: AreaTree, rows: Sequence[Record], reach: Sequence[int] | None) -> None:
        self._tree = tree
        self._day = max(row["as_of"] for row in rows)
        self._reach = None if reach is None else frozenset(reach)

    def read(self, row: Record | None) -> Known:
        if row is None:
            return NOTHING
        unit = views.unit_on(self._tree, row["area_id"], self._day)
        return Known(
            status=row["status"],
            area_code=None if unit is None else unit.code,
            ethnic_group=row["ethnic_group"],
            deprived=frozenset(row["deprived"] or ()),
            assessment=None if row["assessment"] is None else str(row["assessment"]),
            hidden=self._reach is not None and row["area_id"] not in self._reach,
        )


async def _pairs(
    snapshot: Snapshot, known: _Known, rows: Sequence[Record], items: Sequence[_Item]
) -> list[tuple[_Item, Pair]]:
    """Put beside each line what was known of its household for either run, and in between."""
    before, after = rows
    clocks = (
        (before["as_of"], before["known_at"]),
        (before["as_of"], after["known_at"]),
        (after["as_of"], after["known_at"]),
    )
    ids = [line for line, _, _ in items]
    held: list[dict[str, Record]] = [{}, {}, {}]
    if before["content"] is not None and after["content"] is not None:
        held = [await store.households(snapshot, ids, *clock) for clock in clocks]
    return [
        (item, Pair(item[1], item[2], *(known.read(each.get(item[0])) for each in held)))
        for item in items
    ]


def _summary(rows: Sequence[Record], sums: dict[str, int]) -> dict[str, Any]:
    before, after = (row["allocated_vnd"] for row in rows)
    changes = ("gained", "lost", "unchanged")
    return {
        **{name: {"lines": sums[name], "amount_vnd": sums[f"{name}_vnd"]} for name in changes},
        "before_vnd": before,
        "after_vnd": after,
        "difference_vnd": after - before,
    }


def _item(runs: Sequence[Run], compared: tuple[_Item, Pair]) -> dict[str, Any]:
    (line, was, now), pair = compared
    before = 0 if was is None else was.amount_vnd
    after = 0 if now is None else now.amount_vnd
    of_household = runs[0 if was is not None else 1].of_households
    return {
        "line": line,
        "area_code": None if of_household else line,
        "household_id": line if of_household else None,
        "before_vnd": before,
        "after_vnd": after,
        "difference_vnd": after - before,
        "causes": causes(runs[0], runs[1], pair),
    }
