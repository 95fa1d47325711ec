"""What ingest's routes use of their process, beyond what all routes use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import cast

from starlette.requests import Request

from services.ingest.admission import Admission
from services.ingest.doors.common import Law
from services.ingest.measures import MEASURES, Measures
from services.ingest.record import Recorder
from shared.http.context import Context
from shared.kernel.clock import Clock
from shared.kernel.database import Database, Snapshot
from shared.kernel.errors import PolicyError
from shared.kernel.fresh import Fresh
from shared.law.store.seed_cache import POLICY, PROGRAMS, SUPPORT_KINDS, SeedCache


@dataclass(frozen=True)
class IngestContext(Context):
    """A process that has doors: its one writer, its guard, and what the doors check against."""

    recorder: Recorder
    admission: Admission
    law: Fresh[Law]


def ingest_context(context: Context, nudge: Callable[[], None] = lambda: None) -> IngestContext:
    """Give a process doors; `nudge` is called when something was recorded."""
    database, clock = context.database, context.clock
    parts = {field.name: getattr(context, field.name) for field in fields(Context)}
    return IngestContext(
        **parts,
        recorder=Recorder(database, clock, nudge),
        admission=Admission(database, clock, context.settings.outbox_rows_max),
        law=fresh_law(database, clock, context.seeds),
    )


def fresh_law(database: Database, clock: Clock, seeds: SeedCache) -> Fresh[Law]:
    """Keep the law and the areas at hand, as they stand loaded."""

    async def load(snapshot: Snapshot) -> Law:
        return Law(
            programs=await seeds.read(snapshot, PROGRAMS),
            kinds=await seeds.read(snapshot, SUPPORT_KINDS),
            areas=await seeds.areas(snapshot),
            policy=await seeds.read(snapshot, POLICY),
            measures=await _measures(snapshot, seeds),
            today=clock.today(),
        )

    return Fresh(database, load)


async def _measures(snapshot: Snapshot, seeds: SeedCache) -> Measures:
    try:
        return await seeds.read(snapshot, MEASURES)
    except PolicyError:  # only the doors that take figures need them
        return Measures(None)


def ingest_of(request: Request) -> IngestContext:
    """Return the context of the process that serves this request."""
    return cast("IngestContext", request.app.state.context)


async def law_of(context: IngestContext) -> Law:
    """Return the law and the areas that checks are made against."""
    # A day begins between two looks.
    return replace(await context.law.current(), today=context.clock.today())
