"""The feed of decisions: which certified classes a decision, or its correction, took or gave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from services.api.households.certificate import KINDS, CertificateKind
from services.api.households.feed import CURSOR_EXPIRED, Area
from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.reach import reached_ever
from shared.households.store import decision_changes, reads
from shared.households.store.decision_changes import Changed
from shared.http import parameters
from shared.http.ask import Ask
from shared.http.operations import Routes
from shared.http.parameters import write_cursor
from shared.http.problems import UNKNOWN_AREA
from shared.http.schemas import Instant
from shared.kernel import knowledge
from shared.kernel.database import Snapshot

routes = Routes("households")

# Known just before: instants of commits are microseconds apart at least.
_BEFORE = timedelta(microseconds=1)
# The place of a feed in which nothing has come yet.
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC), "-"


class ClassSince(Struct, frozen=True):
    """A class that is certified, and its first day."""

    kind: Annotated[CertificateKind, Meta(description="The class.")]
    since: Annotated[date, Meta(description="First day in the class.")]


class DecisionChange(Struct, frozen=True):
    """A household whose recognised classes changed."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    revoked: Annotated[
        list[ClassSince],
        Meta(description="Classes that stood and stand no more: their certificates are revoked."),
    ]
    recognised: Annotated[list[ClassSince], Meta(description="Classes that stand now and did not.")]
    recorded_at: Annotated[Instant, Meta(description="When it was committed.")]


class DecisionChanges(Struct, frozen=True):
    """A page of the feed."""

    items: Annotated[list[DecisionChange], Meta(description="In commit order.")]
    next_cursor: Annotated[str, Meta(description="Never null: the feed has no end.")]


@routes.get(
    "/v1/decision-changes",
    scope=HOUSEHOLDS_READ,
    cursor=[parameters.whole_number, parameters.instant_of, parameters.short_text],
    problems=[UNKNOWN_AREA, CURSOR_EXPIRED],
    private=True,
)
async def list_decision_changes(ask: Ask, area: Area = None) -> DecisionChanges:
    """Feed of decisions.

    Where a decision recognised another class than the figures give, and where one is corrected
    alone: which classes were revoked by it, and which are recognised. With `/v1/transitions`, which
    tell what the figures change, it says of every certificate when it is revoked. `next_cursor` is
    never null; it is refused after a restore, as that of the transitions is.
    """
    area_ids = reached_ever(await ask.tree(), ask.caller.area, area)
    async with ask.reads.snapshot() as snapshot:
        epoch = await knowledge.epoch(snapshot)
        after = _after(ask.page.after, epoch)
        rows = await decision_changes.changed(snapshot, area_ids, after, ask.page.limit)
        items = [await _change(snapshot, row) for row in rows]
        last = (rows[-1].at, rows[-1].household_id) if rows else after
    at, household = last or _BEGINNING
    return DecisionChanges(items, write_cursor([epoch, at, household]))


def _after(cursor: tuple[int, datetime, str] | None, epoch: int) -> tuple[datetime, str] | None:
    """Return the place of a cursor; one from before a restore is refused."""
    if cursor is None:
        return None
    begun, at, household_id = cursor
    if begun != epoch:
        raise CURSOR_EXPIRED.problem
    return at, household_id


async def _change(snapshot: Snapshot, row: Changed) -> DecisionChange:
    before, after = [
        _certified(await reads.spells(snapshot, row.household_id, at, "recognised"))
        for at in (row.at - _BEFORE, row.at)
    ]
    revoked = [each for each in before if each not in after]
    recognised = [each for each in after if each not in before]
    return DecisionChange(row.household_id, revoked, recognised, row.at)


def _certified(spells: Sequence[reads.Spell]) -> list[ClassSince]:
    return [ClassSince(kind, s.since) for s in spells for kind in KINDS if kind == s.status]
