"""The standard's manners, common to its paths: two prefixes, refusals in its words, clocks.

A refusal stays a problem (RFC 9457) with the standard's acknowledgement as its member `message`, so
that callers of either kind read it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from shared.access.caller import HOUSEHOLDS_READ, PERSONS_READ
from shared.access.store import signing_keys
from shared.areas.tree import AreaTree
from shared.http.ask import PRIVATE, Ask, encode
from shared.http.auth import authorize
from shared.http.bodies import read_bytes
from shared.http.context import context_of
from shared.http.operations import JSON, Operation, Routes
from shared.http.parameters import read
from shared.http.problems import Problem, ProblemType, of_domain
from shared.kernel.errors import DomainError, Fault
from shared.kernel.sealing import SealBroken
from shared.spdci.answers import AnswerHeader
from shared.spdci.clocks import read_clocks
from shared.spdci.envelope import MessageHeader, SentEnvelope, read_message
from shared.spdci.reasons import OF_STATUS, SENTENCE_MAX, HeaderRejected, MessageRefused
from shared.spdci.searching import called
from shared.spdci.senders import Sender, check_sender, check_signature
from shared.spdci.signatures import sign
from shared.spdci.store import senders
from shared.spdci.store.searches import Searcher

# A thousand searches take some 500 kB.
BYTES_MAX = 4 * 1024 * 1024
# Callers of the standard use both; the shorter one is that of its mock servers.
PREFIXES = {"post_registry": "/registry", "post_sr_registry": "/sr/registry"}

Answer = Callable[[Ask, bytes], Awaitable[Any]]


E = TypeVar("E", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Taken:
    """Who sent a message (None: nobody that is registered), and whether its signature was right."""

    sender: Sender | None
    verified: bool


_STATUS: dict[str, int] = {"err.request.forbidden": 403, "err.service.unavailable": 503}


def refusal(refused: MessageRefused) -> Problem:
    """Return the problem of a message that is not taken; its code is the standard's, as a word."""
    code = refused.code.removeprefix("err.").replace(".", "_")
    faults = [Fault(refused.pointer, code, refused.detail)]
    status = _STATUS.get(refused.code, 400)
    return Problem(status, code, refused.detail, faults, message=_ack(refused.code, refused.detail))


def _ack(code: str, detail: str) -> dict[str, Any]:
    return {
        "ack_status": "ERR",
        "correlation_id": str(uuid4()),
        "error": {"code": code, "message": detail[:SENTENCE_MAX]},
    }


def in_its_words(problem: Problem, now: datetime) -> Problem:
    """Return a problem that the standard's callers understand too."""
    code = OF_STATUS.get(problem.status, "err.request.bad")
    problem.members.setdefault("message", _ack(code, problem.detail))
    problem.members["message"] |= {"timestamp": now}
    if not problem.faults:
        problem.members["errors"] = [{"code": problem.code, "message": problem.detail}]
    return problem


def serve(routes: Routes, name: str, operation: Operation, answer: Answer) -> None:
    """Serve a message under both prefixes; `name` is that of the path, with _ for /."""
    for prefix, path in PREFIXES.items():
        named = replace(operation, name=f"{prefix}_{name}", path=f"{path}{operation.path}")
        routes.serve(named, _endpoint(answer))


def _endpoint(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        context = context_of(request)
        try:
            caller = await authorize(request, HOUSEHOLDS_READ)
            read(request, {})
            ask = Ask(request, context, caller)
            result = await answer(ask, await read_bytes(request, BYTES_MAX))
        except MessageRefused as refused:
            raise in_its_words(refusal(refused), context.clock.now()) from None
        except DomainError as error:
            raise in_its_words(of_domain(error), context.clock.now()) from None
        except Problem as problem:
            raise in_its_words(problem, context.clock.now()) from None
        return Response(encode(result), 200, {"cache-control": PRIVATE}, media_type=JSON)

    return endpoint


def bad(detail: str = "Object missing required field `transaction_id`") -> ProblemType:
    """Return what documents show of a message that cannot be read."""
    shown = refusal(MessageRefused("err.request.bad", detail, "/message"))
    shown.members["message"]["correlation_id"] = "6a0f4f0e-2f6a-4b7e-9c58-5f3e1a6e7b10"
    return ProblemType("The message cannot be read, or is not for this registry", shown)


M = TypeVar("M", bound=SentEnvelope)


async def take(ask: Ask, content: bytes, kind: type[M]) -> tuple[M, Taken]:
    """Return a message that may be answered: its receiver, sender, signature and clocks."""
    sent = read_message(content, kind)
    check_receiver(ask, sent.header)
    client_id = ask.caller.client_id
    async with ask.context.database.statement() as snapshot:
        named, own = await senders.find(snapshot, client_id, sent.header.sender_id)
    check_sender(sent.header, named, own, client_id)
    now = ask.context.clock.now().timestamp()
    verified = check_signature(sent.signature, content, sent.header, own, now)
    as_of, ask.known_at = read_clocks(sent.header)
    ask.known_at_pointer = "/header/meta/known_at"
    ask.as_of = as_of or ask.today
    return sent, Taken(own, verified)


async def signed(ask: Ask, taken: Taken, envelope: E) -> E:
    """Return an answer with our signature if the question had one."""
    if not taken.verified:
        return envelope
    now = ask.context.clock.now()
    async with ask.context.database.statement() as snapshot:
        key = signing_keys.signer(await signing_keys.list_keys(snapshot), now)
    if key is None:
        return envelope
    try:
        private = key.private(ask.context.keys.ring())
    except SealBroken:
        detail = "the key that signs does not open here"
        raise MessageRefused("err.service.unavailable", detail) from None
    parts, at = json.loads(encode(envelope)), int(now.timestamp())
    text = sign(parts["header"], parts["message"], registry_id(ask), key.kid, private, at)
    return msgspec.structs.replace(envelope, signature=text)


def registry_id(ask: Ask) -> str:
    """Return what this registry is called in headers."""
    return called(ask.context.settings.spdci_id)


def check_receiver(ask: Ask, header: MessageHeader) -> None:
    """Refuse a message that is meant for another registry, where this one has a name."""
    own = ask.context.settings.spdci_id
    if own and header.receiver_id and header.receiver_id != own:
        detail = "the message is meant for another receiver"
        raise MessageRefused("err.receiver_id.invalid", detail, "/header/receiver_id")


def searcher(ask: Ask, tree: AreaTree) -> Searcher:
    """Return who searches."""
    return Searcher(
        tree=tree,
        area=ask.caller.area,
        sees_persons=PERSONS_READ in ask.caller.scopes,
        as_of=ask.as_of,
        known_at=ask.known_at,
        now=ask.context.clock.now(),
    )


def but(header: AnswerHeader, **changes: Any) -> AnswerHeader:
    """Return a header with other values."""
    return msgspec.structs.replace(header, **changes)


def rejected(header: AnswerHeader, why: HeaderRejected) -> AnswerHeader:
    """Return the header of an answer to a message that was rejected as a whole."""
    return but(
        header,
        status="rjct",
        status_reason_code=why.code,
        status_reason_message=why.detail,
        completed_count=0,
    )
