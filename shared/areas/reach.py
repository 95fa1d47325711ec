"""Which communes an area code reaches: what a filter selects, and what a caller may see.

Law: none (who sees what is the owner's decision).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from shared.areas.tree import COUNTRY, COUNTRY_ID, AreaTree, Unit
from shared.kernel.errors import UnknownArea


def ever(tree: AreaTree, code: str) -> frozenset[int] | None:
    """Return the communes that counted in this code at any time; None: all of the country."""
    if code == COUNTRY:
        return None
    area_ids: frozenset[int] = frozenset()
    for unit in tree.versions(code):
        area_ids |= tree.members(unit, unit.valid_from)
    return area_ids


def on_day(tree: AreaTree, unit: Unit, day: date) -> frozenset[int] | None:
    """Return the communes whose households count in `unit` on `day`; None: all of the country."""
    return None if unit.code == COUNTRY else tree.members(unit, day)


def granted(tree: AreaTree, code: str, day: date) -> frozenset[int] | None:
    """Return the communes that a caller bound to `code` may see on `day`; None: all.

    Where the code is not in force on the day, its nearest version speaks: the last one before, as
    it was at its end, else the first one after. A unit that was merged so grants no more than its
    own former territory.
    """
    if code == COUNTRY:
        return None
    versions = tree.versions(code)
    begun = [unit for unit in versions if unit.valid_from <= day]
    unit = begun[-1] if begun else versions[0]
    if unit.valid_to is not None and unit.valid_to <= day:
        return tree.members(unit, unit.valid_to - timedelta(days=1))
    return tree.members(unit, max(day, unit.valid_from))


def summed_units(tree: AreaTree, communes: Collection[int] | None) -> tuple[int, ...] | None:
    """Return the provinces and districts, each on its own map, that these communes make up.

    All communes (None) make up the country. A province after a merger is the old ones and its
    new self. None: a commune is left over.
    """
    if communes is None:
        return (COUNTRY_ID,)
    provinces, rest = _whole(tree, tree.provinces, communes)
    districts, rest = _whole(tree, tree.districts, rest)
    units = sorted({*provinces, *districts})
    return tuple(units) if units and not rest else None


def _whole(
    tree: AreaTree, above: Mapping[int, int], communes: Collection[int]
) -> tuple[set[int], list[int]]:
    """Return the units above of which every commune is there, and the communes of no such unit."""
    reached = Counter(map(above.get, communes))
    whole = {unit for unit, number in reached.items() if unit and number == tree.sizes[unit]}
    return whole, [commune for commune in communes if above.get(commune) not in whole]


def within(tree: AreaTree, own: str, unit: Unit, day: date) -> list[int] | None:
    """Return the communes of `unit` on `day` (None: all); `unknown_area` outside those of `own`."""
    communes, reach = on_day(tree, unit, day), granted(tree, own, day)
    if reach is not None and (not communes or not communes <= reach):
        raise UnknownArea(unit.code)
    return None if communes is None else sorted(communes)


def reached(tree: AreaTree, own: str, code: str | None, day: date) -> list[int] | None:
    """Return the communes that a list about `day` may show: those of `code`, and of `own`."""
    if code is not None:
        return within(tree, own, tree.on(code, day), day)
    reach = granted(tree, own, day)
    return None if reach is None else sorted(reach)


def reached_ever(tree: AreaTree, own: str, code: str | None) -> list[int] | None:
    """Return the communes that counted in `code` at any time, as far as they did in `own`."""
    communes = _both(ever(tree, own), None if code is None else ever(tree, code))
    return None if communes is None else sorted(communes)


def _both(one: frozenset[int] | None, other: frozenset[int] | None) -> frozenset[int] | None:
    """Return the communes that are in both; None: all."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def check_reached(tree: AreaTree, own: str, code: str) -> None:
    """Refuse a unit that never was, or never met `own`, where it is as unknown."""
    communes = reached_ever(tree, own, code)
    if communes is not None and not communes:
        raise UnknownArea(code)


def holders(tree: AreaTree, own: str, code: str | None, today: date) -> list[int] | None:
    """Return the units whose money may be shown: in the unit asked for, and in `own`.

    None: all of them. A unit that reaches beyond `own` is `unknown_area`.
    """
    reach = granted(tree, own, today)
    if code is None:
        return inside(tree, reach)
    communes = ever(tree, code)
    if reach is not None and (not communes or not communes <= reach):
        raise UnknownArea(code)
    return inside(tree, communes)


def holders_in(tree: AreaTree, own: str, code: str, today: date) -> frozenset[int] | None:
    """Return the units whose money may be told of: of those of `own` today what ever was `code`."""
    units = inside(tree, _both(granted(tree, own, today), ever(tree, code)))
    return None if units is None else frozenset(units)


def inside(tree: AreaTree, communes: frozenset[int] | None) -> list[int] | None:
    """Return these communes and every unit above that consists of them alone."""
    if communes is None:
        return None
    above = (unit for unit in tree.units if unit.level != "commune")
    whole = {u.area_id for u in above if (own := _last_members(tree, u)) and own <= communes}
    return sorted(communes | whole)


def _last_members(tree: AreaTree, unit: Unit) -> frozenset[int]:
    last = date.max if unit.valid_to is None else unit.valid_to - timedelta(days=1)
    return tree.members(unit, last)


def codes_above(tree: AreaTree, area_ids: Iterable[int]) -> set[str]:
    """Return the codes of units and of all that lie above them, on their own map and on today's."""
    codes: set[str] = set()
    for area_id in area_ids:
        unit = tree.by_id(area_id)
        for start in (unit, tree.current(unit, date.max)):
            above: Unit | None = start
            while above is not None:
                codes.add(above.code)
                above = tree.parent(above)
    return codes
