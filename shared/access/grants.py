"""What a caller may do, decided in one place, each time with the rule that decided.

A caller writes in the name of its own sources, about what is in its territory on the day that a
fact names. What lies outside is to it as if it were not: who acts on a refusal answers as for what
does not exist, and so nobody learns from one that it does.

Law: none (who sees and writes what is the owner's decision).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from shared.access.caller import Caller
from shared.areas.reach import granted
from shared.areas.tree import COUNTRY, AreaTree, Unit
from shared.kernel.errors import UnknownArea

Rule = Literal["scope", "sources", "territory", "no_place"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may be done, by which rule, and why in a sentence for whoever audits."""

    allowed: bool
    rule: Rule
    because: str


def may_use(caller: Caller, scope: str) -> Decision:
    """Decide whether a caller may do what a scope allows."""
    held = scope in caller.scopes
    return Decision(held, "scope", f"{caller.name} {'has' if held else 'lacks'} the scope {scope}")


@dataclass
class Writer:
    """A caller that writes, on one map; its reach is worked out once for each day that is named."""

    caller: Caller
    tree: AreaTree
    _reached: dict[date, frozenset[int] | None] = field(default_factory=dict)

    def may_speak_for(self, source: str) -> Decision:
        """Decide whether the caller may send facts in the name of a source."""
        sources = self.caller.sources
        own = sources is None or source in sources
        return Decision(own, "sources", f"{source!r} is {'' if own else 'not '}its own source")

    def may_touch(self, area_id: int | None, day: date) -> Decision:
        """Decide whether a unit was the caller's on a day; None: nobody knows where."""
        if self.caller.nationwide:
            return Decision(True, "territory", "its territory is the whole country")
        if area_id is None:
            return Decision(False, "no_place", "nothing tells in whose territory it is")
        unit = self.tree.by_id(area_id)
        reach, extent = self._reach(day), _extent(self.tree, unit, day)
        inside = reach is None or (bool(extent) and extent <= reach)
        because = (
            f"{unit.code} {'lies' if inside else 'does not lie'} in {self.caller.area} on {day}"
        )
        return Decision(inside, "territory", because)

    def _reach(self, day: date) -> frozenset[int] | None:
        if day not in self._reached:
            try:
                self._reached[day] = granted(self.tree, self.caller.area, day)
            except UnknownArea:
                # The unit has gone from the areas as loaded: nothing is its territory.
                self._reached[day] = frozenset()
        return self._reached[day]


def _extent(tree: AreaTree, unit: Unit, day: date) -> frozenset[int]:
    """Return the communes of a unit on a day, or on the nearest one on which it was in force."""
    if unit.level == "commune":
        return frozenset({unit.area_id})
    if unit.code == COUNTRY:
        return frozenset()
    last = date.max if unit.valid_to is None else unit.valid_to - timedelta(days=1)
    return tree.members(unit, min(max(day, unit.valid_from), last))
