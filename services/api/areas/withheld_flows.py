"""What a movement keeps back from callers who may not read households: small flows, companions.

The flows of a unit are told all or none; its start and end are told where statistics tell them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from services.api.areas.statistics import Counts
from services.api.areas.withholding import Beside
from shared.areas.reach import summed_units
from shared.areas.tree import AreaTree, Unit
from shared.households.small_cells import is_small, withheld_units
from shared.households.store import movements
from shared.households.tallies import Flows
from shared.kernel.database import Snapshot
from shared.kernel.errors import DomainError

if TYPE_CHECKING:
    from services.api.areas.movement import ListMovement

Period = tuple[date, date]
_FLOWS = ("left", "relapsed", "newly_arisen", "moved_in", "moved_out", "closed", "renumbered")


def numbers(flows: Flows) -> list[int]:
    """Return every number of households that flowed, parts included."""
    parts = flows.by_standard_change
    own = [getattr(flows, name) for name in _FLOWS]
    return [*own, parts.left, parts.relapsed, parts.newly_arisen]


@dataclass
class FlowsBeside:
    """Tells of a unit what is withheld of its movement, looking at the units beside it once."""

    units: AreaTree
    snapshot: Snapshot
    known_at: datetime
    list: str
    period: Period
    # By the parent, for whoever asks about several of its units.
    withheld: dict[tuple[Any, ...], Collection[str]]

    async def told(self, unit: Unit, flows: Flows, movement: ListMovement) -> ListMovement:
        """Return the movement of a unit as it may be told."""
        days = dict(zip(("start", "end"), self.period, strict=True))
        hidden = {
            name
            for name, day in days.items()
            if await self._listed(unit, getattr(flows, name), day)
        }
        # One of both alone would follow from the other one and the flows.
        if len(hidden) == 1 or await self._flows(unit, flows):
            hidden |= {*_FLOWS, "by_standard_change"}
        nothing: dict[str, Any] = dict.fromkeys(hidden)
        return replace(movement, **nothing, withheld=True) if hidden else movement

    async def _listed(self, unit: Unit, households: int, day: date) -> bool:
        """Say whether statistics withhold how many are on the list on a day."""
        if is_small(households) or self.units.parent(unit) is None:
            return is_small(households)
        try:
            then = self.units.on(unit.code, day)
        except DomainError:  # the unit was not there yet
            return False
        beside = Beside(self.units, self.snapshot, self.known_at)
        return self.list in await beside.statuses(then, Counts.of(()), day)

    async def _flows(self, unit: Unit, own: Flows) -> bool:
        parent = self.units.parent(unit)
        if parent is None:
            return any(map(is_small, numbers(own)))
        key = parent.area_id, self.list, self.period
        if key not in self.withheld:
            day = self.period[1]
            below = self.units.children(parent, day)
            flows = {each.code: numbers(await self._of(each, day)) for each in below}
            self.withheld[key] = withheld_units(flows)
        return unit.code in self.withheld[key]

    async def _of(self, unit: Unit, day: date) -> Flows:
        communes = sorted(self.units.members(unit, day))
        return await flows_of(
            self.units, self.snapshot, communes, self.list, self.period, self.known_at
        )


async def flows_of(
    units: AreaTree,
    snapshot: Snapshot,
    communes: Sequence[int],
    listed: str,
    period: Period,
    known_at: datetime,
) -> Flows:
    """Return the flows of some communes, of the ledger where it sums them up."""
    above = summed_units(units, communes)
    moved = await movements.summed(snapshot, communes, above, listed, period, known_at)
    if moved is None:
        moved = await movements.scan(snapshot, communes, listed, period, known_at)
    return moved.flows
