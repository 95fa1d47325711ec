"""Lines of an allocation run: pages as JSON, or all of them as a stream of NDJSON."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from functools import cache
from typing import Any

import orjson
from asyncpg import Record
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.api import asking, funding, views
from services.api.examples import allocation_runs as examples
from services.api.refusals import UNKNOWN_RUN, refusing
from services.api.routes.allocation_runs import PATH
from services.api.routes.funds import PROBLEMS
from services.api.run_rules import rule_of
from services.api.schemas import allocation_runs as schemas
from shared.areas.tree import AreaTree
from shared.http import parameters
from shared.http.answers import answer, encode
from shared.http.auth import FUNDS_READ, authorize
from shared.http.context import Context, context_of
from shared.http.openapi import PlainRoute
from shared.http.parameters import KNOWN_AT, LIMIT, read, write_cursor
from shared.http.problems import Fault, invalid
from shared.http.undeclared import operation
from shared.kernel.database import Snapshot
from shared.law.allocation_rules import HOUSEHOLD_NORM
from shared.money import household_norm
from shared.money.allocations import OUTCOMES
from shared.money.line_reasons import LineReasons
from shared.money.store import line_reads, run_reads
from shared.money.store.line_reads import Expander

router = APIRouter(tags=["allocation runs"], route_class=PlainRoute)

NDJSON = "application/x-ndjson"
_MEANING = (
    "What each area or household gets, and why, by line. Every household on the lists in the "
    "holder's area has a line, also where it gets nothing; another household of that area is "
    "answered when `line` names it. A run that is not completed has no lines."
)
_LINES = {
    "outcome": parameters.choice(OUTCOMES, "Only lines with this outcome."),
    "area": parameters.text("Code of a unit, of whichever map; the line is it or lies in it."),
    "line": parameters.text("Only this line: an area's code or a household's id."),
    "format": parameters.choice(
        ("json", "ndjson"),
        "`ndjson` streams all lines that match, one a line, without limit or cursor; so does "
        f"`Accept: {NDJSON}`. Default json.",
    ),
    "known_at": KNOWN_AT,
    "cursor": parameters.cursor(parameters.short_text),
    "limit": LIMIT,
}


def _streamed_too(described: dict[str, Any]) -> dict[str, Any]:
    """Document that the lines also come as a stream."""
    line = orjson.dumps(examples.LINES["items"][0]).decode()
    described["responses"][200]["content"][NDJSON] = {"example": f"{line}\n"}
    return described


@router.get(
    "/v1/allocation-runs/{run_id}/lines",
    **refusing(
        _streamed_too(
            operation(
                "Lines of an allocation run",
                _MEANING,
                model=schemas.AllocationLines,
                example=examples.LINES,
                parameters=_LINES,
                path=PATH,
                problems=("unknown_area", *PROBLEMS),
                scope=FUNDS_READ,
            )
        ),
        UNKNOWN_RUN,
    ),
)
async def many(request: Request) -> Response:
    """Answer a page of lines, or a stream of all of them."""
    context, caller = context_of(request), authorize(request, FUNDS_READ)
    asked = read(request, _LINES)
    streamed = _wants_stream(request, asked["format"])
    if streamed:
        _check_stream(request)
    known_at, tree, today = asked["known_at"], await context.areas.tree(), context.clock.today()
    reach = funding.holders(tree, caller, None, today)
    areas = reach if asked["area"] is None else funding.holders(tree, caller, asked["area"], today)
    async with asking.reading(context, known_at) as (snapshot, settled):
        run = await funding.run_of(snapshot, request.path_params["run_id"], known_at, reach)
    expander = await _expander(context, tree, run)
    asked["areas"] = areas
    if streamed:
        return _stream(request, run, asked, _ndjson(context, tree, run, expander, asked))
    async with context.database.snapshot() as snapshot:
        found = await _page(snapshot, tree, run, expander, asked)
    limit = asked["limit"]
    following = write_cursor([found[limit - 1][0]]) if len(found) > limit else None
    body = {"items": [item for _, item in found[:limit]], "next_cursor": following}
    return answer(request, body, asking.echoes(None, known_at, settled), private=True)


def _wants_stream(request: Request, asked: str | None) -> bool:
    if asked is not None:
        return asked == "ndjson"
    return NDJSON in request.headers.get("accept", "").lower()


def _check_stream(request: Request) -> None:
    """Refuse what a stream would have to ignore."""
    faults = [
        Fault(f"/query/{name}", "not_with_ndjson", "a stream has all lines that match")
        for name in ("cursor", "limit")
        if name in request.query_params
    ]
    if faults:
        raise invalid(faults)


async def _expander(context: Context, tree: AreaTree, run: Record) -> Expander:
    """Return what spells a run's lines out, by the rule as the run knew it."""
    rule = await rule_of(context, run)
    if rule is None or rule.kind != HOUSEHOLD_NORM:
        return Expander(None)
    waived = (run["request"].get("parameters") or {}).get("waive") or ()
    return Expander(household_norm.read(rule.entry), waived, _codes(tree, run))


def _codes(tree: AreaTree, run: Record) -> Callable[[int], str]:
    @cache
    def code_of(area_id: int) -> str:
        unit = views.unit_on(tree, area_id, run["as_of"])
        return "" if unit is None else unit.code

    return code_of


async def _page(
    snapshot: Snapshot, tree: AreaTree, run: Record, expander: Expander, asked: dict[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """Return one line more than asked for, each with its key."""
    if run["state"] != "completed":
        return []
    rows = await line_reads.lines(
        snapshot,
        run["run_id"],
        after=asked["cursor"][0] if asked["cursor"] else None,
        limit=asked["limit"] + 1,
        outcome=asked["outcome"],
        area_ids=asked["areas"],
        line=asked["line"],
    )
    found = [(row["line"], expander.document(row)) for row in rows]
    if not found and asked["line"] is not None and expander.rule is not None:
        return await _unlisted(snapshot, tree, run, expander, asked)
    return found


async def _unlisted(
    snapshot: Snapshot, tree: AreaTree, run: Record, expander: Expander, asked: dict[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """Answer for a household of the holder's area that was on no list, so that it has no line."""
    line, outcome, rule = asked["line"], asked["outcome"], expander.rule
    if rule is None or asked["cursor"] or outcome not in (None, "not_eligible"):
        return []
    if await line_reads.lines(snapshot, run["run_id"], limit=1, line=line):
        return []
    clock = run["as_of"], run["known_at"]
    held = (await run_reads.households(snapshot, [line], *clock)).get(line)
    if held is None or not _reached(tree, run, held["area_id"], asked["areas"]):
        return []
    reasons = LineReasons(rule, expander.waived).unlisted(held["status"])
    unit = views.unit_on(tree, held["area_id"], run["as_of"])
    item = {
        "household_id": line,
        "amount_vnd": 0,
        "score": None,
        "commune_code": None if unit is None else unit.code,
        "outcome": "not_eligible",
        "reasons": reasons,
    }
    return [(line, item)]


def _reached(tree: AreaTree, run: Record, area_id: int | None, areas: Sequence[int] | None) -> bool:
    """Say whether a household lives in the holder's area, and in the one asked for."""
    if area_id is None or (areas is not None and area_id not in areas):
        return False
    holder = tree.on(run["inputs"]["fund"]["area_code"], run["as_of"])
    return area_id in tree.members(holder, run["as_of"])


def _stream(
    request: Request, run: Record, asked: dict[str, Any], content: AsyncIterator[bytes]
) -> Response:
    """Stream the lines; their tag is the run's digest with the filters."""
    same = {name: asked[name] for name in ("outcome", "area", "line", "areas")}
    tagged = answer(request, {"digest": run["result_digest"], **same}, private=True)
    if tagged.status_code == 304:
        return tagged
    headers = {name: tagged.headers[name] for name in ("etag", "cache-control")}
    return StreamingResponse(content, 200, headers, NDJSON)


async def _ndjson(
    context: Context, tree: AreaTree, run: Record, expander: Expander, asked: dict[str, Any]
) -> AsyncIterator[bytes]:
    if asked["line"] is not None:
        async with context.database.snapshot() as snapshot:
            found = await _page(snapshot, tree, run, expander, asked)
        for _, item in found:
            yield encode(item) + b"\n"
    elif run["state"] == "completed":
        filters = {"outcome": asked["outcome"], "area_ids": asked["areas"]}
        lines = line_reads.stream(context.database, run["run_id"], expander, **filters)
        async for chunk in lines:
            yield chunk
