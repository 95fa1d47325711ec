"""What ingest's routes ask of their process, beyond what all routes ask."""

from __future__ import annotations

from typing import Protocol, cast

from starlette.requests import Request

from services.ingest.admission import Admission
from services.ingest.doors.common import Law
from services.ingest.record import Recorder
from shared.http.context import Context


class IngestContext(Context, Protocol):
    """A process that has doors."""

    @property
    def recorder(self) -> Recorder:
        """Return the one writer of this process."""
        ...

    @property
    def admission(self) -> Admission:
        """Return the guard that says whether more may come in."""
        ...


def ingest_of(request: Request) -> IngestContext:
    """Return the context of the process that serves this request."""
    return cast("IngestContext", request.app.state.context)


async def law_of(context: IngestContext) -> Law:
    """Return the law and the areas that checks are made against."""
    return Law(await context.areas.tree(), await context.policy.current(), context.clock.today())
