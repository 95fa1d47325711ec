"""household-event.recorded, households.due → timelines recomputed → household-status.changed.

Recompute, never increment: whatever arrived, in whatever order and however often, the timeline is
folded anew from the set of events and only its difference to what is stored is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.worker import folding, reviewing
from services.worker.folding import Law
from shared.households.store import announcements, households, timelines
from shared.households.store.timelines import Changes
from shared.kernel import knowledge
from shared.kernel.database import Transaction
from shared.law.store.seeds import POLICY, SeedCache
from shared.messages import HOUSEHOLD_STATUS_CHANGED, chunks
from shared.messaging import outbox
from shared.messaging.message import Message


@dataclass(frozen=True)
class AssessHouseholds:
    """Recompute the timelines of the households named, and of their families."""

    seeds: SeedCache

    async def __call__(self, tx: Transaction, items: Sequence[str]) -> None:
        """Load, decide, save, announce: one transaction for the whole batch."""
        relatives = await households.relatives(tx, items)
        ids = sorted({*items, *relatives})
        through = await households.lock(tx, ids)
        announced = await announcements.through(tx)
        areas, policy = await self.seeds.areas(tx), await self.seeds.read(tx, POLICY)
        batch = await folding.folded(tx, ids, relatives, Law(areas, policy, announced))

        at = await knowledge.tick(tx)
        changes = await timelines.save(tx, batch.difference, at)
        await households.folded(tx, ids, through)
        await outbox.append(tx, _announcements(changes, at))
        facts = batch.events | await reviewing.all_events(tx, batch.extended)
        findings = await reviewing.of_households(tx, self.seeds, areas, policy, ids, facts)
        await reviewing.replace(tx, [*map(reviewing.household_subject, ids)], findings, at)


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
