"""What ingest's routes ask of their process, beyond what all routes ask."""

from __future__ import annotations

from typing import Protocol, cast

from starlette.requests import Request

from services.ingest.admission import Admission
from services.ingest.doors.common import Law
from services.ingest.measures import MeasureCache, Measures
from services.ingest.record import Recorder
from shared.http.context import Context
from shared.law.programs import Programs
from shared.law.store.seed_cache import SeedCache
from shared.law.support_kinds import SupportKinds


class Vocabulary(Protocol):
    """The programmes and kinds of support; asking must not cost a query per request."""

    async def current(self) -> tuple[Programs, SupportKinds]:
        """Return both as they stand loaded."""
        ...


class IngestContext(Context, Protocol):
    """A process that has doors."""

    @property
    def recorder(self) -> Recorder:
        """Return the one writer of this process."""
        ...

    @property
    def seeds(self) -> SeedCache:
        """Return the versions of policy that a run may name."""
        ...

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the programmes and the kinds of support."""
        ...

    @property
    def admission(self) -> Admission:
        """Return the guard that says whether more may come in."""
        ...

    def provide(self, **parts: object) -> None:
        """Add a part."""
        ...


def ingest_of(request: Request) -> IngestContext:
    """Return the context of the process that serves this request."""
    return cast("IngestContext", request.app.state.context)


async def law_of(context: IngestContext) -> Law:
    """Return the law and the areas that checks are made against."""
    programs, kinds = await context.vocabulary.current()
    return Law(
        areas=await context.areas.tree(),
        policy=await context.policy.current(),
        programs=programs,
        kinds=kinds,
        measures=await _measures(context),
        today=context.clock.today(),
    )


async def _measures(context: IngestContext) -> Measures:
    cache: MeasureCache | None = getattr(context, "measures", None)
    if cache is None:
        cache = MeasureCache(context.database, context.seeds)
        context.provide(measures=cache)
    return await cache.current()
