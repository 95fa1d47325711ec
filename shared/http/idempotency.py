"""`Idempotency-Key`: what a client sends twice by one key is done once, and answered alike.

After draft-ietf-httpapi-idempotency-key-header-07: 400 for a key that is none, 409 while the first
request is under way, 422 for another request by the same key.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from shared.access.store import idempotency_keys as store
from shared.access.store.idempotency_keys import CLAIM, LEASE, Claim, Held
from shared.http import problems
from shared.http.audit import Endpoint
from shared.http.auth import authenticate
from shared.http.context import Context, context_of
from shared.http.fingerprints import Fingerprint
from shared.http.parameters import Parameter
from shared.http.problems import Problem, ProblemType
from shared.kernel.database import DatabaseUnavailable
from shared.kernel.errors import DomainError

NAME = "Idempotency-Key"
# A string of structured fields (RFC 8941), or the same without its quotes, as many clients send it.
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\]){1,255})"')
_BARE = re.compile(r"[A-Za-z0-9_.:+/=~-]{1,255}")
_PATTERN = f"^({_QUOTED.pattern}|{_BARE.pattern})$"
# Longer answers are not kept: they are those of many facts, which are recognised by their own ids.
ANSWER_BYTES_MAX = 256 * 1024
# Who asks and how fast: another attempt may be let in.
_NOT_KEPT = frozenset({401, 403, 408, 429})
_ERROR = 500

HEADER = {
    NAME: Parameter(
        str,
        {
            "type": "string",
            "pattern": _PATTERN,
            "examples": ['"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
        },
        "A name of the sender's own for this request, such as a UUID in quotes: sent again by it "
        "within a day, it is done once and answered alike, with "
        "`Idempotency-Replayed`. Answers of 5xx are not kept.",
    )
}


def malformed() -> Problem:
    """Return the 400 of a key that is none."""
    detail = f"{NAME} must be one text of 1 to 255 visible characters in double quotes"
    return Problem(400, "idempotency_key_malformed", detail)


def in_use() -> Problem:
    """Return the 409 of a key whose first request is still under way."""
    detail = "the first request by this key is still under way; try again in a moment"
    return Problem(409, "idempotency_key_in_use", detail, headers={"Retry-After": "1"})


def reused() -> Problem:
    """Return the 422 of a key that another request came by."""
    detail = "another request came by this key; take a new key for a new request"
    return Problem(422, "idempotency_key_reused", detail)


def answer_lost() -> Problem:
    """Return the 409 of what was done by a request whose process died before it answered."""
    detail = "it was done, but its answer was lost; look at what there is now, and take a new key"
    return Problem(409, "idempotency_answer_lost", detail)


PROBLEMS = (
    ProblemType("The key is none", malformed()),
    ProblemType("The first request by this key is still under way", in_use()),
    ProblemType("Another request came by this key", reused()),
    ProblemType("It was done, and its answer was lost", answer_lost()),
)


class _Kept(msgspec.Struct, array_like=True):
    """An answer as it is kept."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def once(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that does by one key one thing.

    What would do more when it is done again after its process died, commits its effect and the mark
    on the key together (`Ask.effect`); of facts the same again changes nothing.
    """

    async def keyed(request: Request) -> Response:
        key = _key(request)
        if key is None:
            return await endpoint(request)
        caller, context = await authenticate(request), context_of(request)
        claim, print_ = Claim(caller.client_id, key, uuid4()), Fingerprint(request)
        held = await _take(context, claim)
        if held is not None:
            return await _again(held, print_, context)
        async with _working(context, claim):
            request.scope["state"][CLAIM] = claim
            try:
                answer = await endpoint(Request(request.scope, print_.receive))
            except (Problem, DomainError) as refusal:
                answer = problems.response(problems.of_error(refusal))
            await _keep(context, claim, print_, answer)
        return answer

    return keyed


def _key(request: Request) -> str | None:
    given = request.headers.getlist(NAME)
    if not given:
        return None
    text = given[0].strip()
    quoted = _QUOTED.fullmatch(text)
    if len(given) > 1 or (quoted is None and not _BARE.fullmatch(text)):
        raise malformed()
    return text if quoted is None else quoted[1]


async def _take(context: Context, claim: Claim) -> Held | None:
    """Take a key; return what is known of it where another request has it."""
    async with context.database.transaction() as tx:
        if await store.take(tx, claim, context.clock.now()):
            return None
        held = await store.find(tx, context.keys.ring(), claim)
    if held is None:
        raise in_use()
    return held


async def _again(held: Held, print_: Fingerprint, context: Context) -> Response:
    """Answer a request by a key that was used before."""
    if held.answer is None:
        lost = held.done and held.leased_until <= context.clock.now()
        raise answer_lost() if lost else in_use()
    if await print_.value(most=None) != held.fingerprint:
        raise reused()
    kept = msgspec.msgpack.decode(held.answer, type=_Kept)
    response = Response(kept.body, kept.status)
    response.raw_headers = [*kept.headers, (b"idempotency-replayed", b"true")]
    return response


@asynccontextmanager
async def _working(context: Context, claim: Claim) -> AsyncIterator[None]:
    """Keep a key while a request works on it; where that breaks off, it is the next attempt's."""
    keeping = asyncio.create_task(_keep_lease(context, claim))
    try:
        yield
    except BaseException:
        with suppress(DatabaseUnavailable):
            await asyncio.shield(_release(context, claim))
        raise
    finally:
        keeping.cancel()


async def _keep_lease(context: Context, claim: Claim) -> None:
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 3)
        with suppress(DatabaseUnavailable):
            async with context.database.autocommit() as connection:
                await store.keep(connection, claim, context.clock.now())


async def _release(context: Context, claim: Claim) -> None:
    async with context.database.transaction() as tx:
        await store.release(tx, claim, context.clock.now())


async def _keep(context: Context, claim: Claim, print_: Fingerprint, answer: Response) -> None:
    """Keep an answer, if it is one that holds for ever."""
    body = getattr(answer, "body", None)
    fits = isinstance(body, bytes) and len(body) <= ANSWER_BYTES_MAX
    holds = answer.status_code < _ERROR and answer.status_code not in _NOT_KEPT
    fingerprint = await print_.value() if fits and holds else None
    if fingerprint is None:
        await _release(context, claim)
        return
    kept = _Kept(answer.status_code, list(answer.raw_headers), bytes(body or b""))
    content = msgspec.msgpack.encode(kept)
    async with context.database.transaction() as tx:
        await store.answered(tx, context.keys.ring(), claim, fingerprint, content)
