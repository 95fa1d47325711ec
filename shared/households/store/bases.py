"""The bases of units on the days asked for last: ten thousand facts summed once, not each time."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date, datetime
from typing import Any

from shared.areas.store import facts as area_facts
from shared.areas.tree import AreaTree, Unit
from shared.households.statistics import Base, Bases, UnitFact
from shared.kernel.database import Snapshot

# Each holds a fact of every commune, some five megabytes. A place's page asks for the ends of eight
# years and its own day, in turns: with fewer kept than that, none was ever found again.
DAYS_KEPT = 10


class BaseCache:
    """Finds bases; what it keeps counts as long as the facts and areas it was made from."""

    def __init__(self) -> None:
        self._bases: OrderedDict[tuple[Any, ...], Bases] = OrderedDict()

    async def of(
        self,
        snapshot: Snapshot,
        tree: AreaTree,
        unit: Unit,
        as_of: date,
        known_at: datetime | None,
    ) -> Base | None:
        """Return a unit's base; asks for all facts only when the unit has none of its own."""
        key = tree.digest, as_of, await area_facts.version(snapshot, known_at)
        bases = self._bases.get(key)
        if bases is None:
            own = await area_facts.in_force(snapshot, [unit.area_id], as_of, known_at)
            if own:
                return _bases(tree, as_of, own).of(unit)
            every = await area_facts.in_force(snapshot, None, as_of, known_at)
            bases = self._bases[key] = _bases(tree, as_of, every)
        self._bases.move_to_end(key)
        while len(self._bases) > DAYS_KEPT:
            self._bases.popitem(last=False)
        return bases.of(unit)


def _bases(tree: AreaTree, day: date, facts: dict[int, area_facts.AreaFact]) -> Bases:
    return Bases(
        tree, day, {area_id: UnitFact(f.event_id, f.on, f.payload) for area_id, f in facts.items()}
    )
