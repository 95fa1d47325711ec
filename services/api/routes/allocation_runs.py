"""Allocation runs: the list, and one with everything it was computed from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from asyncpg import Record
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import asking, funding
from services.api.examples import allocation_runs as examples
from services.api.refusals import UNKNOWN_RUN, refusing
from services.api.routes.funds import PROBLEMS
from services.api.schemas import allocation_runs as schemas
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import FUNDS_READ, authorize
from shared.http.context import context_of
from shared.http.openapi import PlainRoute
from shared.http.parameters import KNOWN_AT, LIMIT, read, write_cursor
from shared.http.undeclared import operation
from shared.money.store import run_reads

router = APIRouter(tags=["allocation runs"], route_class=PlainRoute)

PATH = {"run_id": ("Id of the allocation run.", "LS-BG-2023-P5-run-1")}
STATES = ("pending", "completed", "refused")
MODES = ("commit", "preview")
_ONE = {"known_at": KNOWN_AT}
_LIST = {
    "fund": funding.FUND,
    "rule": parameters.text("Only runs of this rule."),
    "state": parameters.choice(STATES, "Only runs in this state, as known at `known_at`."),
    "mode": parameters.choice(MODES, "Only runs of this mode."),
    "known_at": KNOWN_AT,
    "cursor": parameters.cursor(datetime.fromisoformat, parameters.short_text),
    "limit": LIMIT,
}


@router.get(
    "/v1/allocation-runs",
    **operation(
        "Allocation runs",
        "Runs in the order in which they were requested.",
        model=schemas.Runs,
        example=examples.RUNS,
        parameters=_LIST,
        problems=PROBLEMS,
        scope=FUNDS_READ,
    ),
)
async def many(request: Request) -> Response:
    """Answer a page of runs."""
    context, caller = context_of(request), authorize(request, FUNDS_READ)
    asked = read(request, _LIST)
    known_at, limit, tree = asked["known_at"], asked["limit"], await context.areas.tree()
    wanted = run_reads.Asked(
        fund_id=asked["fund"],
        rule=asked["rule"],
        state=asked["state"],
        mode=asked["mode"],
        holders=funding.holders(tree, caller, None, context.clock.today()),
    )
    async with asking.reading(context, known_at) as (snapshot, settled):
        rows = await run_reads.page(snapshot, known_at, wanted, asked["cursor"], limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else write_cursor([last["requested_at"], last["run_id"]])
    body = {"items": [_listed(row) for row in rows[:limit]], "next_cursor": following}
    return answer(request, body, asking.echoes(None, known_at, settled))


@router.get(
    "/v1/allocation-runs/{run_id}",
    **refusing(
        operation(
            "An allocation run",
            "What was asked for, its frozen inputs, and what came of it; a completed run never "
            "changes but for `superseded_by`. As known at `known_at` a run is pending until it was "
            "completed. Largest remainders are not monotone: when the amount grows, a line may "
            "fall by 1 đồng. `known_at` is the run's own; that of the request is echoed as "
            "`asked_known_at`.",
            model=schemas.Run,
            example=examples.RUN,
            parameters=_ONE,
            path=PATH,
            problems=PROBLEMS,
            scope=FUNDS_READ,
        ),
        UNKNOWN_RUN,
    ),
)
async def one(request: Request) -> Response:
    """Answer one run."""
    context, caller = context_of(request), authorize(request, FUNDS_READ)
    known_at = read(request, _ONE)["known_at"]
    reach = funding.holders(await context.areas.tree(), caller, None, context.clock.today())
    async with asking.reading(context, known_at) as (snapshot, settled):
        run = await funding.run_of(snapshot, request.path_params["run_id"], known_at, reach)
    names = ("ledger_at", "inputs", "inputs_digest", "result_digest")
    body = {
        **_listed(run),
        "refusals": run["refusals"] or [],
        "areas": run["request"].get("areas"),
        "parameters": run["request"].get("parameters") or {},
        "rule_version": _rule_version(run),
        **{name: run[name] for name in names},
    }
    return answer(request, body, {"asked_known_at": known_at, "settled_at": settled})


def _listed(row: Record) -> dict[str, Any]:
    names = ("run_id", "fund_id", "rule", "mode", "as_of", "supersedes", "superseded_by", "state")
    clock = ("known_at", "requested_at", "completed_at", "code")
    money = ("allocated_from_vnd", "allocated_vnd", "unallocated_vnd", "totals")
    return {
        **{name: row[name] for name in names},
        **{name: row[name] for name in clock},
        **{name: row[name] for name in money},
    }


def _rule_version(row: Record) -> dict[str, Any] | None:
    said = (row["inputs"] or {}).get("rule")
    if said is None:
        return None
    return {name: said[name] for name in ("digest", "kind", "legal_basis", "en", "vi")}
