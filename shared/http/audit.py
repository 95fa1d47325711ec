"""Audit: an answer about households or persons, and that to a write, waits for its row.

One writer a process puts the rows of all requests that wait into its chain, by one statement; what
comes meanwhile is the next batch. Without a row there is no answer: 503 `audit_unavailable`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from time import monotonic
from uuid import uuid4

import structlog
from starlette.requests import Request
from starlette.responses import Response

from shared.access.audit import Entry, Head, first_link, linked
from shared.access.caller import Caller
from shared.access.store import audit as store
from shared.http.parameters import Parameter
from shared.http.problems import Problem, ProblemType, of_error, response
from shared.kernel.clock import Clock
from shared.kernel.database import Database, Transaction
from shared.kernel.errors import DomainError

TOGETHER_MAX = 500
# A batch may wait that long for others, so that few callers do not cost a commit each.
GATHER_SECONDS = 0.002
WRITE_SECONDS = 5.0
RETRY_SECONDS = 5
TEXT_MAX = 200
PURPOSE = {
    "Purpose": Parameter(
        str,
        {"type": "string", "examples": ["yearly review"]},
        "What the request is for, as its row in the audit chain says, of which the first "
        f"{TEXT_MAX} characters are kept; by default what the client was let in for.",
    )
}

Endpoint = Callable[[Request], Awaitable[Response]]

log = structlog.get_logger()


def audit_unavailable() -> Problem:
    """Return the 503 of an answer whose row could not be written."""
    return Problem(
        503,
        "audit_unavailable",
        "what would be answered cannot be recorded at the moment; nothing is answered, try again",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


UNAVAILABLE = ProblemType("The audit chain takes no row; see Retry-After", audit_unavailable())


@dataclass(eq=False)
class AuditWriter:
    """The one writer of a process's chain; `head` is what is anchored."""

    database: Database
    clock: Clock
    process: str
    head: Head | None = None
    _failed_at: float = 0.0
    _waiting: list[tuple[Entry, asyncio.Future[None]]] = field(default_factory=list)
    _come: asyncio.Event = field(default_factory=asyncio.Event)

    def check(self) -> None:
        """Refuse a write that could not be recorded, before it is done."""
        if self._failed_at and monotonic() - self._failed_at < WRITE_SECONDS:
            raise audit_unavailable()

    async def write(self, entry: Entry) -> None:
        """Return once the entry is committed; else `audit_unavailable`."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, done))
        self._come.set()
        try:
            async with asyncio.timeout(2 * WRITE_SECONDS):
                await done
        except TimeoutError:
            raise audit_unavailable() from None

    async def run(self) -> None:
        """Write what waits, for ever; what fails fails the requests that wait for it."""
        while True:
            await self._come.wait()
            await asyncio.sleep(GATHER_SECONDS)
            # A commit under way is finished even while the process is told to stop.
            await asyncio.shield(self._write_waiting())

    async def _write_waiting(self) -> None:
        batch: list[tuple[Entry, asyncio.Future[None]]] = []
        try:
            async with self.database.autocommit() as connection:
                while batch := self._take():
                    async with asyncio.timeout(WRITE_SECONDS):
                        await self._commit(connection, [entry for entry, _ in batch])
                    _settle(batch, None)
                    self._failed_at = 0.0
        except Exception as error:  # every caller must get an answer, whatever went wrong
            log.error("audit.unavailable", error=type(error).__name__, entries=len(batch))
            # Whether it was committed is not known: the chain ends, another one begins.
            self.head, self._failed_at = None, monotonic()
            _settle(batch or self._take(), audit_unavailable())

    def _take(self) -> list[tuple[Entry, asyncio.Future[None]]]:
        batch, self._waiting = self._waiting[:TOGETHER_MAX], self._waiting[TOGETHER_MAX:]
        if not self._waiting:
            self._come.clear()
        return batch

    async def _commit(self, connection: Transaction, entries: Sequence[Entry]) -> None:
        if self.head is None:
            chain = uuid4()
            head = Head(chain, 0, first_link(chain))
            await store.begin(connection, head, self.process, self.clock.now())
            self.head = head
        rows, head = linked(self.head, entries)
        await store.add(connection, self.head, rows, head)
        self.head = head


def _settle(batch: Sequence[tuple[Entry, asyncio.Future[None]]], refusal: Problem | None) -> None:
    for _, done in batch:
        if done.done():
            continue
        if refusal is None:
            done.set_result(None)
        else:
            done.set_exception(refusal)


def recorded(endpoint: Endpoint, route: str) -> Endpoint:
    """Return an endpoint whose answer waits for its row; a refusal has a row as well."""

    async def audited(request: Request) -> Response:
        writer: AuditWriter | None = request.app.state.context.audit
        if writer is None:
            return await endpoint(request)
        if request.method == "POST":
            writer.check()
        concern(request, named_in(request.path_params))
        try:
            answer = await endpoint(request)
        except (Problem, DomainError) as refusal:
            await record(request, writer, route, response(of_error(refusal)))
            raise
        await record(request, writer, route, answer)
        return answer

    return audited


def named_in(path: Mapping[str, str]) -> set[str]:
    """Return whom a path names: a household, or those of an allocation run."""
    subjects = {path["household_id"]} if "household_id" in path else set()
    return subjects | ({f"run:{path['run_id']}"} if "run_id" in path else set())


async def record(request: Request, writer: AuditWriter, route: str, answer: Response) -> None:
    """Write the row of an answer that is about to be given."""
    state = request.scope["state"]
    caller: Caller | None = state.get("caller")
    if caller is None:
        return
    await writer.write(
        Entry(
            at=writer.clock.now(),
            client=caller.client_id,
            purpose=_purpose(request) or caller.purpose,
            method=request.scope["method"],
            route=route,
            status=answer.status_code,
            request_id=state["request_id"],
            subjects=tuple(sorted(subjects_of(request))),
            digest=_digest(answer),
        )
    )


async def record_told(
    writer: AuditWriter,
    caller: Caller,
    route: str,
    request_id: str,
    subjects: Collection[str],
    digest: bytes,
) -> None:
    """Write the row of what is about to be told to a caller that does not wait for it."""
    await writer.write(
        Entry(
            at=writer.clock.now(),
            client=caller.client_id,
            purpose=caller.purpose,
            method="POST",
            route=route,
            status=200,
            request_id=request_id,
            subjects=tuple(sorted(subjects)),
            digest=digest,
        )
    )


def subjects_of(request: Request) -> set[str]:
    """Return whom an answer is about, to be added to."""
    subjects: set[str] = request.scope["state"].setdefault("subjects", set())
    return subjects


def concern(request: Request, subjects: Iterable[str]) -> None:
    """Say whom an answer is about, where its type does not."""
    subjects_of(request).update(subjects)


def _digest(answer: Response) -> bytes:
    """Return the digest of an answer: that of its ETag, if it has one."""
    for name, value in answer.raw_headers:
        if name == b"etag":
            return sha256(value).digest()
    return sha256(getattr(answer, "body", b"")).digest()


def say_purpose(request: Request, purpose: str) -> None:
    """Say what a request is for, where its body does."""
    request.scope["state"]["purpose"] = purpose


def _purpose(request: Request) -> str:
    said: str | None = request.scope["state"].get("purpose")
    if said is not None:
        return said
    for name, value in request.scope["headers"]:
        if name == b"purpose":
            text = value.decode("utf-8", "replace")
            return "".join(sign for sign in text if sign.isprintable())[:TEXT_MAX]
    return ""
