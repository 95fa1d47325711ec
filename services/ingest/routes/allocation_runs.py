"""`POST /v1/allocation-runs`: asks the workers to divide a fund's money; answers before they do."""

from __future__ import annotations

import asyncio

import orjson
from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from services.ingest.bodies import parse, read_body
from services.ingest.context import IngestContext, ingest_of
from services.ingest.doors import allocation_runs as door
from services.ingest.doors import money_examples
from services.ingest.doors.allocation_runs import AllocationRun, Ground
from services.ingest.doors.common import schema_faults
from services.ingest.record import ANSWER_SECONDS
from services.ingest.routes.doors import JSON_TYPES
from shared.areas.tree import AreaTree
from shared.http.auth import FUNDS_WRITE, authorize
from shared.http.openapi import PlainRoute
from shared.http.parameters import read
from shared.http.problems import Fault, Problem, invalid, refused
from shared.kernel import knowledge
from shared.kernel.database import Transaction
from shared.kernel.errors import DomainError
from shared.law.store.seed_cache import ALLOCATION_RULES
from shared.messages import ALLOCATION_RUN_REQUESTED
from shared.messaging import outbox
from shared.messaging.message import Message
from shared.money.store import fund_balances, runs
from shared.money.store.runs import NewRun, Run
from shared.money.superseding import ALREADY_SUPERSEDED, objection

router = APIRouter(tags=["allocation runs"], route_class=PlainRoute)


@router.post(
    "/v1/allocation-runs",
    summary="Request an allocation run",
    response_class=Response,
    status_code=202,
    openapi_extra=money_examples.ALLOCATION_RUNS,
)
async def post_allocation_run(request: Request) -> Response:
    """Record a run to be computed; the same request again is answered alike and does nothing."""
    authorize(request, FUNDS_WRITE)
    read(request, {})
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in JSON_TYPES:
        raise Problem(415, "unsupported_media_type", f"send application/json, not {kind!r}")
    context = ingest_of(request)
    asked = _asked(await read_body(request, context.settings.body_bytes_max))
    await context.admission.check()
    async with asyncio.timeout(ANSWER_SECONDS):
        run, duplicate = await _request(context, asked)
    return _accepted(run, duplicate)


def _asked(data: bytes) -> AllocationRun:
    posted = parse(data)
    if not isinstance(posted, dict):
        detail = "the body must be one object"
        raise invalid([Fault("", "not_an_object", detail)])
    try:
        return door.ADAPTER.validate_python(posted)
    except ValidationError as error:
        raise invalid(schema_faults(error, "", tagged=False)) from None


async def _request(context: IngestContext, asked: AllocationRun) -> tuple[Run, bool]:
    new = door.new_run(asked)
    async with context.database.statement() as snapshot:
        stored = await runs.find(snapshot, new.run_id)
    if stored is not None:
        return _same(stored, new), True
    settled = await _check_known_at(context, asked)
    # Ahead of the transaction: who holds a connection must not wait for another one.
    tree = await context.areas.tree()
    async with context.database.transaction() as tx:
        faults = [*settled, *await _check(context, tx, asked, tree)]
        if faults:
            raise refused(faults)
        stored_now = await _store(context, tx, new)
        found = await runs.find(tx, new.run_id)
    if found is None:
        raise AssertionError("a run that was stored a moment ago is not there")
    if stored_now:
        context.recorder.nudge()
    return _same(found, new), not stored_now


def _same(stored: Run, new: NewRun) -> Run:
    if stored.request_hash != new.request_hash:
        detail = f"run {new.run_id!r} was requested with another body; choose another run_id"
        raise Problem(409, "run_conflict", detail, [Fault("/run_id", "run_conflict", detail, 409)])
    return stored


async def _check_known_at(context: IngestContext, asked: AllocationRun) -> list[Fault]:
    if asked.known_at is None:
        return []
    try:
        await knowledge.check_settled(context.database, asked.known_at)
    except DomainError as error:
        return [Fault("/known_at", error.code, error.detail)]
    return []


async def _check(
    context: IngestContext, tx: Transaction, asked: AllocationRun, tree: AreaTree
) -> list[Fault]:
    faults = []
    if asked.as_of > context.clock.today():
        faults.append(Fault("/as_of", "in_future", "as_of lies in the future"))
    try:
        rules = await context.seeds.read(tx, ALLOCATION_RULES, asked.known_at)
    except DomainError as error:
        return [*faults, Fault("/known_at", error.code, error.detail)]
    fund = await fund_balances.fund(tx, asked.fund_id, await knowledge.settled(tx))
    faults += door.check(asked, Ground(fund, rules, tree))
    if asked.supersedes is not None:
        old = await runs.find(tx, asked.supersedes)
        superseded = None if old is None else old.to_supersede
        if refusal := objection(asked.supersedes, asked.fund_id, superseded):
            status = 409 if refusal.code == ALREADY_SUPERSEDED else 422
            faults.append(Fault("/supersedes", refusal.code, refusal.detail, status))
    return faults


async def _store(context: IngestContext, tx: Transaction, new: NewRun) -> bool:
    """Store run and message under one instant; False if another request was first."""
    at = await knowledge.tick(tx)
    if not await runs.insert(tx, new, at):
        return False
    told = {"run_ids": [new.run_id]}
    await outbox.append(tx, [Message.new(ALLOCATION_RUN_REQUESTED, context.clock.now(), told)])
    return True


def _accepted(run: Run, duplicate: bool) -> Response:
    document = {
        "run_id": run.run_id,
        "state": run.state,
        "requested_at": run.requested_at,
        "duplicate": duplicate,
    }
    headers = {"location": f"/v1/allocation-runs/{run.run_id}"}
    content = orjson.dumps(document, option=orjson.OPT_UTC_Z)
    return Response(content, 202, headers, media_type="application/json")
