"""Where money may go: the holder of a fund on a day, and the lines that a run makes below it.

Both the door and the worker ask here, so that what was accepted is also what is computed.

Law: none (that no household's money is counted twice is arithmetic).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from shared.areas.tree import UNASSIGNED, AreaTree, Unit
from shared.kernel.errors import DomainError

COMMUNE = "commune"


def holder_on(tree: AreaTree, unit: Unit, day: date) -> Unit:
    """Return the holder as it stands on a day: itself, or the unit of just the same territory.

    One that was merged or split is `area_not_in_force`: its money is not that of its successors.
    """
    before: Unit | None = unit
    while before is not None and day < before.valid_from:
        whole = tree.whole_predecessors(before)
        before = whole[0] if whole and _same(tree, whole[0], before) else None
    after: Unit | None = before
    while after is not None and after.valid_to is not None and after.valid_to <= day:
        after = _heir(tree, after)
    if after is None:
        raise tree.not_in_force([unit], day)
    return after


def _heir(tree: AreaTree, unit: Unit) -> Unit | None:
    codes = tree.successor_codes(unit)
    if len(codes) != 1 or unit.valid_to is None:
        return None
    heir = tree.on(codes[0], unit.valid_to)
    return heir if _same(tree, unit, heir) else None


def _same(tree: AreaTree, one: Unit, later: Unit) -> bool:
    sole = tree.successor_codes(one) == (later.code,)
    return sole and tree.predecessor_codes(later) == (one.code,)


def codes_above(tree: AreaTree, unit: Unit) -> tuple[str, ...]:
    """Return the codes of the unit and of all above it, itself first."""
    codes = [unit.code]
    above = tree.parent(unit)
    while above is not None:
        codes.append(above.code)
        above = tree.parent(above)
    return tuple(codes)


def line_units(
    tree: AreaTree, holder: Unit, day: date, codes: Sequence[str] | None = None
) -> tuple[Unit, ...]:
    """Return the units that get a line, by code: those asked for, or the communes below the holder.

    Raises the first of `area_faults`.
    """
    if codes is None:
        return communes_below(tree, holder, day)
    for fault in area_faults(tree, holder, day, codes):
        raise fault
    return tuple(tree.on(code, day) for code in sorted(codes))


def area_faults(
    tree: AreaTree, holder: Unit, day: date, codes: Sequence[str]
) -> Iterator[DomainError]:
    """Yield all that is wrong with units as lines: no household's money may be counted twice.

    `area_repeated`, `unknown_area`, `area_not_in_force`, `area_unassigned`, `area_outside_holder`,
    `areas_overlap`; each unit once.
    """
    for code, times in sorted(Counter(codes).items()):
        if times > 1:
            yield DomainError("area_repeated", f"area {code} is named {times} times")
            continue
        try:
            _check(tree, holder, tree.on(code, day), set(codes))
        except DomainError as error:
            yield error


def _check(tree: AreaTree, holder: Unit, unit: Unit, line_codes: set[str]) -> None:
    if unit.code.endswith(UNASSIGNED):
        raise DomainError("area_unassigned", f"{unit.code} is a waiting room, not a unit")
    above = codes_above(tree, unit)[1:]
    if holder.code not in above:
        raise DomainError("area_outside_holder", f"{unit.code} does not lie below {holder.code}")
    for code in above:
        if code in line_codes:
            raise DomainError("areas_overlap", f"{unit.code} lies in {code}, which has a line too")


def communes_below(tree: AreaTree, unit: Unit, day: date) -> tuple[Unit, ...]:
    """Return the communes in force below a unit, by code; of a commune, itself."""
    return communes_of(tree, [unit], day)[unit.code]


def communes_of(tree: AreaTree, units: Sequence[Unit], day: date) -> dict[str, tuple[Unit, ...]]:
    """Return the communes in force below each unit in one pass; waiting rooms are none."""
    communes: dict[str, list[Unit]] = {unit.code: [] for unit in units}
    above: dict[str | None, tuple[str, ...]] = {}
    for commune in tree.units:
        if commune.level != COMMUNE or not commune.in_force(day):
            continue
        if commune.code.endswith(UNASSIGNED):
            continue
        if commune.parent_code not in above:
            above[commune.parent_code] = codes_above(tree, commune)[1:]
        for code in (commune.code, *above[commune.parent_code]):
            if code in communes:
                communes[code].append(commune)
    return {code: tuple(sorted(below, key=_by_code)) for code, below in communes.items()}


def _by_code(unit: Unit) -> str:
    return unit.code
