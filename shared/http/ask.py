"""What an answer is made from: who asks, as of which day, as known at which instant, which page.

And the answer: JSON bytes with a strong ETag that ignores the clock.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Annotated, Any, ClassVar, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from shared.access.caller import ANYBODY, Caller
from shared.access.store import idempotency_keys
from shared.areas.tree import AreaTree
from shared.http.context import Context
from shared.http.heavy import HEAVY, LIGHT
from shared.http.parameters import AS_OF, KNOWN_AT, LIMIT_DEFAULT, Declaration, write_cursor
from shared.http.schemas import Instant
from shared.kernel import knowledge
from shared.kernel.clock import day_of
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.errors import DomainError
from shared.law.standards import Policy

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page:
    """How much of a list is asked for, and behind which place."""

    after: Any = None
    limit: int = LIMIT_DEFAULT

    @property
    def fetch(self) -> int:
        """Return how many rows to read: one more than shown says that the list goes on."""
        return self.limit + 1

    def cut(
        self, rows: Sequence[Row], place: Callable[[Row], Sequence[Any]]
    ) -> tuple[Sequence[Row], str | None]:
        """Return the rows to show and the cursor behind the last, null where the list ends."""
        if len(rows) <= self.limit:
            return rows, None
        shown = rows[: self.limit]
        return shown, write_cursor(place(shown[-1]))


class Ask:
    """One request, its caller and its clocks; `settled` is known once a snapshot is open."""

    __slots__ = (
        "as_of",
        "caller",
        "context",
        "known_at",
        "known_at_pointer",
        "limits",
        "on",
        "page",
        "reads",
        "request",
        "settled",
        "signature",
    )

    as_of: date
    known_at: datetime | None
    known_at_pointer: str
    on: date
    page: Page
    settled: datetime
    # Of the document that is answered, where it is signed.
    signature: str | None

    def __init__(self, request: Request, context: Context, caller: Caller) -> None:
        """The clocks are set by the route that takes them."""
        self.request = request
        self.context = context
        self.caller = caller
        self.limits = LIGHT
        # Where the instant was said: what is posted says it in its body.
        self.known_at_pointer = "/known_at" if request.method == "POST" else "/query/known_at"
        # Chosen once: what one answer is made of comes from one database.
        self.reads = context.reads.database

    @property
    def today(self) -> date:
        """Return the civil date in Viet Nam."""
        return self.context.clock.today()

    @property
    def known_on(self) -> date:
        """Return the day from which an answer looks back: an old one keeps that of its instant."""
        return self.today if self.known_at is None else day_of(self.known_at)

    async def tree(self) -> AreaTree:
        """Return the administrative units."""
        return await self.context.areas.current()

    async def policy(self) -> Policy:
        """Return the law in force, or the one that was known at `known_at`."""
        if self.known_at is None:
            return await self.context.policy.current()
        return await self.context.policy.at(self.known_at)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        """Give one snapshot; a `known_at` that is not settled is refused first."""
        await self.check_settled()
        async with self.reads.snapshot(self.limits) as snapshot:
            if self.known_at is None:
                self.settled = await knowledge.settled(snapshot)
            yield snapshot

    @asynccontextmanager
    async def effect(self) -> AsyncIterator[Transaction]:
        """Give the one transaction of an order: with its effect, its `Idempotency-Key` is done."""
        async with self.context.database.transaction() as tx:
            yield tx
            claim = self.request.scope["state"].get(idempotency_keys.CLAIM)
            if claim is not None:
                await idempotency_keys.mark_done(tx, claim)

    @asynccontextmanager
    async def heavy_snapshot(self) -> AsyncIterator[Snapshot]:
        """Give a snapshot for a large count, once it is its turn."""
        self.limits = HEAVY
        async with self.turn(), self.snapshot() as snapshot:
            yield snapshot

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Wait for the turn of a heavy question; a client that is known waits for its own too."""
        return self.context.heavy.turn("" if self.caller is ANYBODY else self.caller.client_id)

    def limit_lookups(self, number: int = 1) -> None:
        """Count look-ups of persons; `rate_limited` when the caller makes too many."""
        limits = self.context.limits
        limits.count(self.request, self.caller, limits.lookups, number)

    def settle(self, at: datetime) -> None:
        """Take the instant that a statement gave, unless `known_at` has set it."""
        if self.known_at is None:
            self.settled = at

    async def check_settled(self) -> None:
        """Refuse a `known_at` that is not settled; ask before a statement that is its own snapshot.

        Without `known_at` the statement itself gives the instant that is `settled`.
        """
        if self.known_at is not None:
            try:
                self.reads, self.settled = await self.context.reads.settled(self.known_at)
            except DomainError as error:
                raise DomainError(error.code, error.detail, self.known_at_pointer) from None


class Clock(Struct, frozen=True):
    """The clock that an answer echoes, and the parameters that set it; no part of its ETag."""

    PARAMETERS: ClassVar[Declaration] = {}

    @classmethod
    def of(cls, ask: Ask) -> Clock:
        """Return the echoes."""
        return cls(**{name: getattr(ask, name) for name in cls.__struct_fields__})


KnownAt = Annotated[Instant | None, Meta(description="As asked; null: the latest state.")]
SettledAt = Annotated[
    Instant, Meta(description="Asked with this `known_at`, the answer never changes again.")
]


class InForce(Clock, frozen=True):
    """The echo of an answer about units in force on a day."""

    PARAMETERS: ClassVar[Declaration] = {"as_of": AS_OF}

    as_of: Annotated[date, Meta(description="The day that the answer is true for.")]


class Known(Clock, frozen=True):
    """The echoes of an answer about the past or the present."""

    PARAMETERS: ClassVar[Declaration] = {"known_at": KNOWN_AT}

    known_at: KnownAt
    settled_at: SettledAt

    @classmethod
    def of(cls, ask: Ask) -> Known:
        """Return the echoes."""
        return cls(ask.known_at, ask.settled)


class OnDay(Clock, frozen=True):
    """The echoes of an answer about one day."""

    PARAMETERS: ClassVar[Declaration] = {"as_of": AS_OF, "known_at": KNOWN_AT}

    as_of: Annotated[date, Meta(description="The day that the answer is true for.")]
    known_at: KnownAt
    settled_at: SettledAt

    @classmethod
    def of(cls, ask: Ask) -> OnDay:
        """Return the echoes."""
        return cls(ask.as_of, ask.known_at, ask.settled)


PRIVATE = "no-store"
SHARED = "private, no-cache"
T = TypeVar("T", bound=msgspec.Struct)
encode = msgspec.json.Encoder().encode


def answer(request: Request, body: Any, echoes: Any = None, *, private: bool = False) -> Response:
    """Answer 200 with body and echoes (two objects), or 304 if the caller holds the same body.

    The echoes of the clock (`as_of`, `known_at`, `settled_at`) are left out of the ETag, so that a
    caller who asks again a minute later is told "not modified" when nothing else has changed.
    `private` forbids any cache to keep it: for data of households and persons.
    """
    content = encode(body)
    tag = f'"{blake2b(content, digest_size=15).hexdigest()}"'
    cache = PRIVATE if private else SHARED
    if holds(request, tag):
        return Response(None, 304, {"etag": tag, "cache-control": cache})
    if echoes:
        content = content[:-1] + b"," + encode(echoes)[1:]
    return Json(content, tag, cache)


def next_page(request: Request, cursor: str) -> str:
    """Return the link (RFC 8288) to what comes behind this page of a list."""
    query = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    others = [(name, value) for name, value in query if name != "cursor"]
    return f'<{request.url.path}?{urlencode([*others, ("cursor", cursor)])}>; rel="next"'


class Json(Response):
    """A body that is encoded already; its headers are written as they travel."""

    def __init__(self, content: bytes, tag: str, cache: str) -> None:
        self.status_code = 200
        self.background = None
        self.body = content
        self.raw_headers = [
            (b"etag", tag.encode()),
            (b"cache-control", cache.encode()),
            (b"content-length", b"%d" % len(content)),
            (b"content-type", b"application/json"),
        ]


def holds(request: Request, tag: str) -> bool:
    """Say whether a caller holds what has this tag, as its first `If-None-Match` says."""
    headers = request.scope["headers"]
    held = next((v.decode("latin-1") for name, v in headers if name == b"if-none-match"), None)
    return held is not None and _matches(held, tag)


def from_row(kind: type[T], row: object, **others: Any) -> T:
    """Return an answer of what a row holds under the same names, and of `others`."""
    own = {name: getattr(row, name) for name in kind.__struct_fields__ if name not in others}
    return kind(**own, **others)


def _matches(held: str, tag: str) -> bool:
    if held.strip() == "*":
        return True
    return any(part.strip().removeprefix("W/") == tag for part in held.split(","))
