"""What ingest's routes use of their process, beyond what all routes use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import cast

from starlette.requests import Request

from services.ingest.record import Recorder, answer_seconds
from shared.access.caller import Caller
from shared.access.grants import Writer
from shared.http.context import Context
from shared.http.problems import Problem
from shared.kernel.clock import Clock
from shared.kernel.database import Database, Fresh, Snapshot
from shared.kernel.errors import PolicyError
from shared.law.measures import Measures
from shared.law.store.seeds import (
    ETHNIC_GROUPS,
    MEASURES,
    POLICY,
    PROGRAMS,
    SUPPORT_KINDS,
    SeedCache,
)
from shared.law.world import World
from shared.messaging import outbox

LOOK_EVERY_SECONDS = 0.5
RETRY_AFTER_SECONDS = 5


@dataclass
class Admission:
    """Looks at the outbox at most twice a second, however many requests ask."""

    database: Database
    clock: Clock
    rows_max: int
    _looked_at: float = 0.0
    _full: bool = False

    async def check(self) -> None:
        """Raise 503 `outbox_full` while too many messages wait to be sent."""
        now = self.clock.now().timestamp()
        # A clock that was set back must not keep us from looking.
        if not 0 <= now - self._looked_at < LOOK_EVERY_SECONDS:
            self._looked_at = now
            async with self.database.statement() as snapshot:
                rows, _ = await outbox.depth(snapshot, self.rows_max + 1)
            self._full = rows > self.rows_max
        if self._full:
            raise Problem(
                503,
                "outbox_full",
                "too many messages wait to be sent; nothing was stored, send the same again later",
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
            )


@dataclass(frozen=True)
class IngestContext(Context):
    """A process that has doors: its one writer, its guard, and what facts are checked against."""

    recorder: Recorder
    admission: Admission
    world: Fresh[World]


def ingest_context(
    context: Context,
    nudge: Callable[[], None] = lambda: None,
    seconds: Callable[[], float] = answer_seconds,
) -> IngestContext:
    """Give a process doors that answer within `seconds`; `nudge` is called after recording."""
    database, clock = context.database, context.clock
    parts = {field.name: getattr(context, field.name) for field in fields(Context)}
    return IngestContext(
        **parts,
        recorder=Recorder(database, clock, context.keys, nudge, seconds),
        admission=Admission(database, clock, context.settings.outbox_rows_max),
        world=fresh_world(database, clock, context.seeds),
    )


def fresh_world(database: Database, clock: Clock, seeds: SeedCache) -> Fresh[World]:
    """Keep the law and the areas at hand, as they stand loaded."""

    async def load(snapshot: Snapshot) -> World:
        return World(
            programs=await seeds.read(snapshot, PROGRAMS),
            kinds=await seeds.read(snapshot, SUPPORT_KINDS),
            areas=await seeds.areas(snapshot),
            policy=await seeds.read(snapshot, POLICY),
            measures=await _measures(snapshot, seeds),
            ethnic_groups=await seeds.read(snapshot, ETHNIC_GROUPS),
            today=clock.today(),
        )

    return Fresh(database, load)


async def _measures(snapshot: Snapshot, seeds: SeedCache) -> Measures:
    try:
        return await seeds.read(snapshot, MEASURES)
    except PolicyError:  # only the doors that take figures need them
        return Measures(None)


async def writer_of(context: Context, caller: Caller) -> Writer | None:
    """Return the caller as one that writes; None where nothing is outside of what it may."""
    return Writer(caller, await context.areas.current()) if caller.bound else None


def ingest_of(request: Request) -> IngestContext:
    """Return the context of the process that serves this request."""
    return cast("IngestContext", request.app.state.context)


async def world_of(context: IngestContext) -> World:
    """Return the law and the areas that facts are checked against."""
    # A day begins between two looks.
    return replace(await context.world.current(), today=context.clock.today())
