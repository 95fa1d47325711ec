"""Units of earlier days that an operator reports: what the files of areas do not know of 2011-2025.

The old map is that of its last day, dated back. A report says that a code meant another commune for
some days, and who took over its territory; the seeded unit of the same code then begins behind it.
Who split a commune is known; which household went where is not, so all of them wait in the
province's waiting room, as they do on the new map.

Law: none (the operator names the act of each change).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from shared.areas.tree import UNASSIGNED, AreaTree, Succession, Unit, read_tree
from shared.kernel.errors import DomainError

DAY = timedelta(days=1)
# As the files call it.
_ROOM = "chưa phân bổ"


@dataclass(frozen=True, slots=True)
class EarlierUnit:
    """A commune, ward or township as it was on some days, `valid_to` not included."""

    code: str
    valid_from: date
    valid_to: date
    kind: str
    name: str
    parent_code: str
    # The communes that took over on `valid_to`: one took all of it, several each a part.
    successors: tuple[str, ...]
    legal_basis: str = ""


def with_earlier(tree: AreaTree, reported: Sequence[EarlierUnit]) -> AreaTree:
    """Return the tree with these units; what does not hang together is `areas_inconsistent`."""
    units = {(unit.code, unit.valid_from): unit for unit in tree.units}
    for each in sorted(reported, key=lambda unit: (unit.code, unit.valid_from)):
        _take_days(units, each)
        units[each.code, each.valid_from] = _unit(each)
    successions = {*tree.successions, *(s for each in reported for s in _successions(each))}
    for each in sorted(reported, key=lambda unit: unit.valid_to):
        if len(each.successors) > 1:
            _add_waiting_room(tree, units, successions, each)
    grown = read_tree(_numbered(units.values()), sorted(successions, key=_by_day), tree.digest)
    for each in reported:
        _check(grown, each)
    return grown


def _numbered(units: Iterable[Unit]) -> Iterable[Unit]:
    """Give the units numbers of this tree; a database gives its own."""
    return (replace(unit, area_id=number) for number, unit in enumerate(units))


def _by_day(succession: Succession) -> tuple[date, str, str]:
    return succession.on, succession.old_code, succession.new_code


def _unit(each: EarlierUnit) -> Unit:
    days = each.valid_from, each.valid_to
    return Unit(0, each.code, *days, "commune", each.kind, each.name, each.parent_code)


def _successions(each: EarlierUnit) -> Iterable[Succession]:
    whole = len(each.successors) == 1
    return (Succession(each.code, heir, each.valid_to, whole) for heir in each.successors)


def _take_days(units: dict[tuple[str, date], Unit], each: EarlierUnit) -> None:
    """Let the unit that has the code on these days begin behind them."""
    if not each.valid_from < each.valid_to:
        raise _inconsistent(each, "ends before it begins")
    for unit in [unit for unit in units.values() if unit.code == each.code]:
        begins_before_end = unit.valid_from < each.valid_to
        if not begins_before_end or (unit.valid_to and unit.valid_to <= each.valid_from):
            continue
        if unit.valid_from < each.valid_from:
            raise _inconsistent(each, f"has the code since {unit.valid_from}; report from then on")
        if unit.valid_to and unit.valid_to <= each.valid_to:
            raise _inconsistent(each, f"has no day left for the unit known until {unit.valid_to}")
        del units[unit.code, unit.valid_from]
        units[unit.code, each.valid_to] = replace(unit, valid_from=each.valid_to)


def _add_waiting_room(
    tree: AreaTree,
    units: dict[tuple[str, date], Unit],
    successions: set[Succession],
    each: EarlierUnit,
) -> None:
    """Let the province have a waiting room from the first day on which one of it was split."""
    province = tree.province(tree.on(each.parent_code, each.valid_to - DAY))
    code = province.code + UNASSIGNED
    rooms = [unit for unit in units.values() if unit.code == code]
    if any(unit.in_force(each.valid_to) for unit in rooms):
        return
    if province.valid_to is None:
        raise _inconsistent(each, f"is split in a province without {code}")
    days, name = (each.valid_to, province.valid_to), f"Chưa phân bổ ({province.name})"
    units[code, each.valid_to] = Unit(0, code, *days, "commune", _ROOM, name, province.code)
    for heir in tree.successor_codes(province):
        successions.add(Succession(code, heir + UNASSIGNED, province.valid_to, whole=True))


def _check(tree: AreaTree, each: EarlierUnit) -> None:
    """Refuse successors and a parent that are not there on the days that matter."""
    if not each.successors:
        raise _inconsistent(each, "has no successor")
    try:
        above = tree.on(each.parent_code, each.valid_to - DAY)
        heirs = [tree.commune_on(heir, each.valid_to) for heir in each.successors]
    except DomainError as error:
        raise _inconsistent(each, error.detail) from None
    if above.level not in {"district", "province"} or not heirs:
        raise _inconsistent(each, f"lies in {above.code}, which is a {above.level}")


def _inconsistent(each: EarlierUnit, why: str) -> DomainError:
    return DomainError("areas_inconsistent", f"{each.code} from {each.valid_from} on: {why}")
