"""`POST /v1/allocation-runs`: asks the workers to divide a fund's money; answers before they do."""

from __future__ import annotations

import asyncio
from datetime import date

import orjson
from starlette.requests import Request
from starlette.responses import Response

from services.ingest import documents
from services.ingest.answers import RunAccepted
from services.ingest.bodies import parse, read_body
from services.ingest.context import IngestContext, ingest_of, writer_of
from services.ingest.routes.doors import JSON_TYPES
from services.ingest.run_checks import Ground, check, new_run
from shared.access.caller import FUNDS_WRITE
from shared.access.grants import Writer
from shared.areas.tree import AreaTree
from shared.http.auth import authorize
from shared.http.operations import JSON, Operation, Routes
from shared.http.parameters import read
from shared.http.problems import Problem, invalid, refused
from shared.kernel import knowledge, reading
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.errors import DomainError, Fault
from shared.law.store.seeds import ALLOCATION_RULES
from shared.messages import ALLOCATION_RUN_REQUESTED
from shared.messaging import outbox
from shared.messaging.message import Message
from shared.money.line_ledger import unknown_run
from shared.money.run_request import AllocationRun
from shared.money.store import fund_balances, holders, runs
from shared.money.store.runs import NewRun, Run
from shared.money.superseding import ALREADY_SUPERSEDED, objection


async def post_allocation_run(request: Request) -> Response:
    caller = await authorize(request, FUNDS_WRITE)
    read(request, {})
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in JSON_TYPES:
        raise Problem(415, "unsupported_media_type", f"send application/json, not {kind!r}")
    context = ingest_of(request)
    run_request = _read_request(await read_body(request, context.settings.body_bytes_max))
    await context.admission.check()
    async with asyncio.timeout(context.recorder.seconds()):
        writer = await writer_of(context, caller)
        run, duplicate = await _request(context, run_request, writer)
    return _accepted(run, duplicate)


def _read_request(data: bytes) -> AllocationRun:
    posted = parse(data)
    if not isinstance(posted, dict):
        detail = "the body must be one object"
        raise invalid([Fault("", "not_an_object", detail)])
    request = reading.read(AllocationRun, posted)
    if isinstance(request, AllocationRun):
        return request
    raise invalid(request)


async def _request(
    context: IngestContext, run_request: AllocationRun, writer: Writer | None
) -> tuple[Run, bool]:
    new = new_run(run_request)
    async with context.database.statement() as snapshot:
        stored = await runs.find(snapshot, new.run_id)
        if stored is not None and not await _holds(snapshot, writer, stored.fund_id, new.as_of):
            refusal = unknown_run(new.run_id)
            raise refused([Fault("/run_id", refusal.code, refusal.detail, 404)])
    if stored is not None:
        return _same(stored, new), True
    settled = await _check_known_at(context, run_request)
    # Ahead of the transaction: who holds a connection must not wait for another one.
    tree = await context.areas.current()
    async with context.database.transaction() as tx:
        faults = [*settled, *await _check(context, tx, run_request, tree, writer)]
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


async def _check_known_at(context: IngestContext, run_request: AllocationRun) -> list[Fault]:
    if run_request.known_at is None:
        return []
    try:
        await knowledge.check_settled(context.database, run_request.known_at)
    except DomainError as error:
        return [Fault("/known_at", error.code, error.detail)]
    return []


async def _holds(snapshot: Snapshot, writer: Writer | None, fund_id: str, on: date) -> bool:
    """Say whether a fund is held in the caller's territory on the day that a run names."""
    if writer is None or writer.caller.nationwide:
        return True
    held_by = (await holders.of_funds(snapshot, [fund_id])).get(fund_id, set())
    return all(writer.may_touch(unit, on).allowed for unit in held_by)


async def _check(
    context: IngestContext,
    tx: Transaction,
    run_request: AllocationRun,
    tree: AreaTree,
    writer: Writer | None,
) -> list[Fault]:
    faults = []
    if run_request.as_of > context.clock.today():
        faults.append(Fault("/as_of", "in_future", "as_of lies in the future"))
    try:
        rules = await context.seeds.read(tx, ALLOCATION_RULES, run_request.known_at)
    except DomainError as error:
        return [*faults, Fault("/known_at", error.code, error.detail)]
    fund = None
    if await _holds(tx, writer, run_request.fund_id, run_request.as_of):
        fund = await fund_balances.fund(tx, run_request.fund_id, await knowledge.settled(tx))
    faults += check(run_request, Ground(fund, rules, tree))
    if run_request.supersedes is not None:
        old = await runs.find(tx, run_request.supersedes)
        own = old is not None and await _holds(tx, writer, old.fund_id, run_request.as_of)
        superseded = old.to_supersede if old is not None and own else None
        if refusal := objection(run_request.supersedes, run_request.fund_id, superseded):
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


_REFUSALS = {
    "unknown_fund": "No fund is called so.",
    "unknown_rule": "No rule is called so.",
    "rule_divides_nothing": "The rule sets a share, no lines.",
    "rule_not_of_program": "The rule is of another programme.",
    "rule_not_of_component": "The rule is of another component.",
    "rule_not_in_force": "The rule is not in force in the fund's year.",
    "areas_not_taken": "A rule for households takes no areas.",
    "area_repeated": "An area is named twice.",
    "area_outside_holder": "An area is outside the fund's holder.",
    "areas_overlap": "An area lies in another one.",
    "unknown_line": "A value is given for no line.",
    "unknown_input": "The rule cannot go without what is waived.",
    "unknown_criterion": "The rule has no such criterion.",
    "coefficient_known": "Law sets the coefficient; it cannot be supplied.",
    "value_known": "The registry counts the value; it cannot be supplied.",
    "legal_basis_missing": "Say which law or decision sets the value.",
    "not_a_decimal": "A value is no exact number.",
    "in_future": "`as_of` or `known_at` lies in the future.",
    "not_kept": "What was known at `known_at` is not kept any more.",
    "not_settled": "`known_at` lies after the settled watermark; ask again in a moment.",
    "unknown_run": "`supersedes` names a run that divides nothing.",
    "other_fund": "`supersedes` names a run of another fund.",
}
_CONFLICTS = {
    "run_conflict": "The run was requested with another body; choose another run_id.",
    ALREADY_SUPERSEDED: "Another run has superseded it.",
}
_SHOWN = documents.example(AllocationRun)

routes = Routes("money")
routes.serve(
    Operation(
        name="post_allocation_run",
        method="POST",
        keyed=True,
        path="/v1/allocation-runs",
        tag="money",
        summary="Request an allocation run",
        description="Record a run to be computed; the same request again is answered alike.",
        answer={JSON: RunAccepted},
        status=202,
        body={JSON: AllocationRun},
        problems=[
            *documents.UNREADABLE,
            *documents.TOO_LARGE,
            *documents.OTHER_MEDIA,
            *documents.refusals(409, _CONFLICTS),
            *documents.refusals(422, _REFUSALS),
            *documents.BUSY,
        ],
        scope=FUNDS_WRITE,
        shown={JSON: _SHOWN},
        shown_answer={
            "run_id": _SHOWN["run_id"],
            "state": "pending",
            "requested_at": "2026-11-21T03:00:00Z",
            "duplicate": False,
        },
    ),
    post_allocation_run,
)
