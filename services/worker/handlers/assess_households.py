"""household-event.recorded, households.due → timelines recomputed → household-status.changed,
exit-window.ending.

Recompute, never increment: whatever arrived, in whatever order and however often, the timeline is
folded anew from the set of events and only its difference to what is stored is written.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.worker import folding, reviewing
from services.worker.folding import Law
from shared.areas.reach import codes_above
from shared.areas.store import facts as area_facts
from shared.areas.tree import AreaTree
from shared.households.store import (
    announcements,
    exit_notices,
    households,
    timelines,
    transition_traces,
)
from shared.households.store.exit_notices import Notices
from shared.households.store.rows import Difference
from shared.households.store.timelines import Changes
from shared.kernel import knowledge
from shared.kernel.database import Transaction
from shared.law.store.seeds import POLICY, SeedCache
from shared.messages import (
    AREAS_DUE,
    EXIT_WINDOW_ENDING,
    HOUSEHOLD_STATUS_CHANGED,
    HOUSEHOLDS_DUE,
    chunks,
)
from shared.messaging import outbox
from shared.messaging.message import Message
from shared.observability import tracing

# As many as a batch of households without families: a family is folded together, but 500 households
# of a hundred relatives each would be 50,000 in one transaction of a minute.
TOGETHER_MAX = 500


@dataclass(frozen=True)
class AssessHouseholds:
    """Recompute the timelines of the households named, and of their families.

    Families beyond `TOGETHER_MAX` are left to a work order of their own.
    """

    seeds: SeedCache

    async def __call__(self, tx: Transaction, items: Sequence[str]) -> None:
        """Load, decide, save, announce: one transaction for the whole batch."""
        named = await reviewing.with_sharers(tx, items)
        relatives = await households.relatives(tx, named)
        ids, later = await _together(tx, named, relatives)
        through = await households.lock(tx, ids)
        announced = await announcements.through(tx)
        areas, policy = await self.seeds.areas(tx), await self.seeds.read(tx, POLICY)
        batch = await folding.folded(tx, ids, relatives, Law(areas, policy, announced))

        at = await knowledge.tick(tx)
        with tracing.span("store timelines", attributes={"registry.households": len(ids)}):
            changes = await timelines.save(tx, batch.difference, at)
        await transition_traces.keep(tx, _traces(changes), at)
        await timelines.replace_recognised(tx, batch.unrecognised, batch.recognised, at)
        await households.folded(tx, ids, through)
        await outbox.append(tx, [*_announcements(changes, at), *_orders(later, at)])
        await outbox.append(tx, await _areas_due(tx, areas, batch.difference, at))
        notices = await exit_notices.tell(tx, ids, announced, policy.exit_window_notice_days, at)
        await outbox.append(tx, _notices(notices, at))
        facts = batch.events | await reviewing.all_events(tx, batch.extended)
        findings = await reviewing.of_households(tx, self.seeds, areas, policy, ids, facts)
        await reviewing.replace(tx, [*map(reviewing.household_subject, ids)], findings, at)


async def _together(
    tx: Transaction, items: Sequence[str], relatives: Collection[str]
) -> tuple[list[str], list[str]]:
    """Return whom to fold now, whole families, and those named whose turn comes later."""
    ids = {*items, *relatives}
    if len(ids) <= TOGETHER_MAX:
        return sorted(ids), []
    families = await households.families(tx, items)
    now: set[str] = set()
    later: list[str] = []
    for item in items:
        if item not in now and now and len(now | families[item]) > TOGETHER_MAX:
            later.append(item)
        else:
            now |= families[item]
    return sorted(now), [item for item in later if item not in now]


def _traces(changes: Changes) -> dict[UUID, str]:
    """Return the traces of the facts behind these changes, as far as there are."""
    return {
        transition_id: trace
        for household, change in changes.items()
        if (trace := tracing.of_item(household))
        for transition_id in (*change.published, *change.retracted)
    }


def _orders(later: Sequence[str], at: datetime) -> list[Message]:
    return [Message.new(HOUSEHOLDS_DUE, at, {"household_ids": list(ids)}) for ids in chunks(later)]


async def _areas_due(
    tx: Transaction, areas: AreaTree, difference: Difference, at: datetime
) -> list[Message]:
    """Return the orders for areas with facts in which something else is counted now."""
    rows = (*difference.closed, *difference.opened)
    changed = {row.area_id for row in rows if row.area_id is not None}
    codes = await area_facts.having(tx, sorted(codes_above(areas, changed)))
    return [Message.new(AREAS_DUE, at, {"area_codes": part}) for part in chunks(codes)]


def _announcements(changes: Changes, at: datetime) -> list[Message]:
    return [
        Message.new(
            HOUSEHOLD_STATUS_CHANGED,
            at,
            {
                "household_ids": ids,
                "transition_ids": [str(i) for h in ids for i in changes[h].published],
                "retracted_ids": [str(i) for h in ids for i in changes[h].retracted],
            },
        )
        for ids in chunks(sorted(changes))
    ]


def _notices(notices: Notices, at: datetime) -> list[Message]:
    """Return a message for each last day and days before it; a batch has no more households."""
    return [
        Message.new(
            EXIT_WINDOW_ENDING,
            at,
            {
                "last_day": last_day.isoformat(),
                "days_before": days_before,
                "household_ids": sorted(notice.told),
                "withdrawn_ids": sorted(notice.withdrawn),
            },
        )
        for (last_day, days_before), notice in sorted(notices.items())
    ]
