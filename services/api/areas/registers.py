"""The register of a place as counts by the units below it read it."""

from __future__ import annotations

from datetime import date

from shared.areas.reach import within
from shared.areas.stand_ins import of_units_below
from shared.areas.tree import AreaTree, Unit
from shared.households.recognised import Basis
from shared.households.store.year_end import Register
from shared.http.ask import Ask


def by_units_below(ask: Ask, tree: AreaTree, unit: Unit, day: date, basis: Basis) -> Register:
    """Return the register of what the caller sees of a unit, each unit below put together."""
    communes = within(tree, ask.caller.area, unit, day)
    return Register(communes, basis, ask.known_at, of_units_below(tree, unit, day))
