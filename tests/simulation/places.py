"""Areas, and what was posted about them, once more and naively: from the lists of units alone.

Nothing here may come from the registry's own code. Days are ISO strings, which sort as days do.
"""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

AREAS = Path(__file__).resolve().parents[2] / "seeds" / "areas"
OPEN = "9999-12-31"

Fact = Mapping[str, Any]


class Unit(NamedTuple):
    """One unit over its validity, its end excluded."""

    code: str
    start: str
    end: str
    level: str
    parent: str | None

    def exists(self, day: str) -> bool:
        """Say whether the unit exists on the day."""
        return self.start <= day < self.end


def _rows(name: str) -> list[dict[str, str]]:
    with (AREAS / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def units() -> dict[str, list[Unit]]:
    """Return every unit by its code."""
    found: dict[str, list[Unit]] = {}
    for row in _rows("units.csv"):
        end, parent = row["valid_to"] or OPEN, row["parent_code"] or None
        unit = Unit(row["code"], row["valid_from"], end, row["level"], parent)
        found.setdefault(unit.code, []).append(unit)
    return found


@cache
def predecessors() -> dict[tuple[str, str], list[str]]:
    """Return the codes that went whole into (code, day of its beginning)."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in _rows("successions.csv"):
        if row["part"] == "whole":
            found.setdefault((row["new_code"], row["on"]), []).append(row["old_code"])
    return found


def unit_on(code: str, day: str) -> Unit:
    """Return the unit with this code on the day."""
    return next(unit for unit in units()[code] if unit.exists(day))


@cache
def chain(unit: Unit) -> tuple[Unit, ...]:
    """Return the unit and all above it on its map."""
    if unit.parent is None:
        return (unit,)
    return unit, *chain(unit_on(unit.parent, unit.start))


@cache
def below(code: str, day: str) -> tuple[Unit, ...]:
    """Return the units that exist under a code on the day, by code."""
    existing = (u for versions in units().values() for u in versions if u.exists(day))
    inside = (u for u in existing if any(above.code == code for above in chain(u)[1:]))
    return tuple(sorted(inside))


def communes(code: str, day: str) -> list[str]:
    """Return the communes of a unit on the day, itself if it is one; waiting rooms are none."""
    own = unit_on(code, day)
    found = [own] if own.level == "commune" else list(below(code, day))
    return [u.code for u in found if u.level == "commune" and not u.code.endswith("-unassigned")]


def lies_in(code: str, other: str, day: str) -> bool:
    """Say whether the unit of a code is, or lies in, that of another on the day."""
    return any(unit.code == other for unit in chain(unit_on(code, day)))


def fact_of(facts: Iterable[Fact], unit: Unit, as_of: str) -> Fact | None:
    """Return the latest fact about a unit on a day; of one day the greatest name."""
    own = [f for f in facts if f["on"] <= as_of and unit_on(f["area_code"], f["on"]) == unit]
    return max(own, key=lambda f: (f["on"], f["external_id"], f["source"]), default=None)


def households_total(facts: Iterable[Fact], unit: Unit, as_of: str, day: str) -> int | None:
    """Return a unit's own number, else that of its parts, else that of what went whole into it."""
    known = list(facts)
    own = fact_of(known, unit, as_of)
    if own is not None:
        return int(own["households_total"])
    parts = [u for u in below(unit.code, day) if u.parent == unit.code]
    parts = [u for u in parts if not u.code.endswith("-unassigned")]
    total = _sum(known, parts, as_of, day)
    if total is not None:
        return total
    earlier = predecessors().get((unit.code, unit.start), [])
    before = [max(u for u in units()[code] if u.start < unit.start) for code in earlier]
    return _sum(known, before, as_of, before[0].start) if before else None


def _sum(facts: Iterable[Fact], parts: list[Unit], as_of: str, day: str) -> int | None:
    totals = [households_total(facts, part, as_of, day) for part in parts]
    known = [total for total in totals if total is not None]
    return sum(known) if parts and len(known) == len(totals) else None


def carries(facts: Iterable[Fact], code: str, attribute: str, day: str) -> bool:
    """Say whether a unit, or one above it, is said to have an attribute."""
    known = list(facts)
    found = [fact_of(known, unit, day) for unit in chain(unit_on(code, day))]
    return any(attribute in (fact.get("attributes") or ()) for fact in found if fact)


def anything_said(facts: Iterable[Fact], code: str, day: str) -> bool:
    """Say whether there is a fact about a unit, one above it or one below it."""
    known = list(facts)
    around = (*chain(unit_on(code, day)), *below(code, day))
    codes = {fact["area_code"] for fact in known}
    return any(fact_of(known, u, day) is not None for u in around if u.code in codes)
