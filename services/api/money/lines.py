"""Lines of an allocation run: pages as JSON, or all of them as a stream of NDJSON."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from functools import cache
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.api.money.held import UNKNOWN_RUN, RunId, reach_of, run_of
from services.api.money.runs import rule_of
from services.api.words import NextCursor, unit_on
from shared.access.caller import FUNDS_READ
from shared.areas.tree import AreaTree
from shared.http import parameters
from shared.http.ask import Ask, Known, Page, answer, encode
from shared.http.negotiation import chosen
from shared.http.operations import JSON, Routes
from shared.http.problems import UNKNOWN_AREA, Problem, ProblemType, invalid
from shared.kernel.database import Snapshot
from shared.kernel.errors import Fault
from shared.law.allocation_rules import HOUSEHOLD_NORM
from shared.money import household_norm
from shared.money.allocations import Outcome
from shared.money.line_reasons import LineReasons
from shared.money.store import line_reads, run_reads
from shared.money.store.line_reads import AllocationLine, Expander
from shared.money.store.run_reads import StoredRun

routes = Routes("money")

NDJSON = "application/x-ndjson"
Format = Literal["json", "ndjson"]


def not_with_ndjson(names: Sequence[str]) -> Problem:
    """Return the refusal of parameters that a stream would have to ignore."""
    detail = "a stream has all lines that match"
    return invalid([Fault(f"/query/{name}", "not_with_ndjson", detail) for name in names])


class AllocationLines(Struct, frozen=True):
    """A page of lines."""

    items: Annotated[list[AllocationLine], Meta(description="By line.")]
    next_cursor: NextCursor


class _Lines(NamedTuple):
    """The lines of a run that are asked for; `areas` are the units they may be of."""

    run: StoredRun
    expander: Expander
    outcome: Outcome | None
    areas: Sequence[int] | None
    line: str | None


@routes.get(
    "/v1/allocation-runs/{run_id}/lines",
    scope=FUNDS_READ,
    clock=Known,
    cursor=[parameters.short_text],
    problems=[
        UNKNOWN_RUN,
        UNKNOWN_AREA,
        ProblemType("A stream takes no `cursor` and no `limit`", not_with_ndjson(["limit"])),
    ],
    answers={NDJSON: AllocationLine},
    private=True,
)
async def list_allocation_lines(
    ask: Ask,
    run_id: RunId,
    outcome: Annotated[
        Outcome | None, parameters.choice(Outcome, "Only lines with this outcome.")
    ] = None,
    area: Annotated[
        str | None,
        parameters.text("Code of a unit, of whichever map; the line is it or lies in it."),
    ] = None,
    line: Annotated[
        str | None, parameters.text("Only this line: an area's code or a household's id.")
    ] = None,
    format_: Annotated[
        Format | None,
        parameters.choice(
            Format,
            "`ndjson` streams all lines that match, one a line, without limit or cursor; so does "
            f"`Accept: {NDJSON}`. Default json.",
        ),
    ] = None,
) -> AllocationLines | Response:
    """Lines of an allocation run.

    What each area or household gets, and why, by line. Every household on the lists in the holder's
    area has a line, also where it gets nothing; another household of that area is answered when
    `line` names it. A run that is not completed has no lines.
    """
    streamed = _streamed(ask.request, format_)
    units, reach = await ask.tree(), await reach_of(ask)
    areas = reach if area is None else await reach_of(ask, area)
    async with ask.snapshot() as snapshot:
        run = await run_of(ask, snapshot, run_id, reach)
    lines = _Lines(run, await _expander(ask, units, run), outcome, areas, line)
    if streamed:
        return _stream(ask, area, lines, _ndjson(ask, units, lines))
    async with ask.reads.snapshot() as snapshot:
        rows = await _page(snapshot, units, lines, ask.page)
    shown, next_cursor = ask.page.cut(rows, lambda row: [row.key])
    return AllocationLines(list(shown), next_cursor)


def _streamed(request: Request, form: Format | None) -> bool:
    """Say whether all lines are asked for as a stream; it has no pages."""
    accepted = chosen(request.headers.get("accept"), (JSON, NDJSON)) == NDJSON
    if form == "json" or (form is None and not accepted):
        return False
    if paged := [name for name in ("cursor", "limit") if name in request.query_params]:
        raise not_with_ndjson(paged)
    return True


async def _expander(ask: Ask, units: AreaTree, run: StoredRun) -> Expander:
    """Return what spells a run's lines out, by the rule as the run knew it."""
    rule = await rule_of(ask.context, run)
    if rule is None or rule.kind != HOUSEHOLD_NORM:
        return Expander(None)
    waived = (run.request.get("parameters") or {}).get("waive") or ()
    return Expander(household_norm.read(rule.entry), waived, _codes(units, run))


def _codes(units: AreaTree, run: StoredRun) -> Callable[[int], str]:
    @cache
    def code_of(area_id: int) -> str:
        unit = unit_on(units, area_id, run.as_of)
        return "" if unit is None else unit.code

    return code_of


async def _page(
    snapshot: Snapshot, units: AreaTree, lines: _Lines, page: Page
) -> Sequence[AllocationLine]:
    if lines.run.state != "completed":
        return []
    rows = await line_reads.lines(
        snapshot,
        lines.run.run_id,
        after=page.after[0] if page.after else None,
        limit=page.fetch,
        outcome=lines.outcome,
        area_ids=lines.areas,
        line=lines.line,
    )
    if rows or lines.line is None or page.after:
        return [lines.expander.document(row) for row in rows]
    return await _unlisted(snapshot, units, lines, lines.line)


async def _unlisted(
    snapshot: Snapshot, units: AreaTree, lines: _Lines, household_id: str
) -> Sequence[AllocationLine]:
    """Answer for a household of the holder's area that was on no list, so that it has no line."""
    run, rule = lines.run, lines.expander.rule
    if rule is None or lines.outcome not in (None, "not_eligible"):
        return []
    if await line_reads.lines(snapshot, run.run_id, limit=1, line=household_id):
        return []
    held = await run_reads.households(snapshot, [household_id], run.as_of, run.known_at)
    household = held.get(household_id)
    if household is None or not _reached(units, lines, household.area_id):
        return []
    unit = unit_on(units, household.area_id, run.as_of)
    return [
        AllocationLine(
            household_id=household_id,
            amount_vnd=0,
            score=None,
            commune_code=None if unit is None else unit.code,
            outcome="not_eligible",
            reasons=LineReasons(rule, lines.expander.waived).unlisted(household.status),
        )
    ]


def _reached(units: AreaTree, lines: _Lines, area_id: int | None) -> bool:
    """Say whether a household lives in the holder's area, and in the one asked for."""
    if area_id is None or (lines.areas is not None and area_id not in lines.areas):
        return False
    day = lines.run.as_of
    holder = units.on(lines.run.frozen["fund"]["area_code"], day)
    return area_id in units.members(holder, day)


def _stream(ask: Ask, area: str | None, lines: _Lines, content: AsyncIterator[bytes]) -> Response:
    """Stream the lines; their tag is the run's digest with the filters."""
    same = (lines.run.result_digest, lines.outcome, area, lines.line, lines.areas)
    tagged = answer(ask.request, same, private=True)
    if tagged.status_code == 304:
        return tagged
    headers = {name: tagged.headers[name] for name in ("etag", "cache-control")}
    return StreamingResponse(content, 200, headers, NDJSON)


async def _ndjson(ask: Ask, units: AreaTree, lines: _Lines) -> AsyncIterator[bytes]:
    if lines.line is not None:
        async with ask.reads.snapshot() as snapshot:
            for row in await _page(snapshot, units, lines, Page()):
                yield encode(row) + b"\n"
    elif lines.run.state == "completed":
        async for chunk in line_reads.stream(
            ask.reads,
            lines.run.run_id,
            lines.expander,
            outcome=lines.outcome,
            area_ids=lines.areas,
        ):
            yield chunk
