"""Administrative units on two maps: 63 provinces until 2025-06-30, 34 from 2025-07-01.

A code is not a key: 24 was Bắc Giang and is now Bắc Ninh. A unit is (code, valid_from). A commune
that went whole into one successor carries its households along; those of a split commune wait in
`<province>-unassigned` until a move or an assessment places them.

Law: 202/2025/QH15 (63 provinces become 34, districts end); 19/2025/QĐ-TTg (codes).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Literal

from shared.kernel.errors import AreaNotInForce, DomainError, UnknownArea

Level = Literal["country", "province", "district", "commune"]
COUNTRY = "VN"
# The country among the ids of units that are summed up; stored units count from 1.
COUNTRY_ID = 0
UNASSIGNED = "-unassigned"


@dataclass(frozen=True, slots=True)
class Unit:
    """One administrative unit over its validity; `valid_to` exclusive, None open."""

    area_id: int
    code: str
    valid_from: date
    valid_to: date | None
    level: Level
    kind: str
    name: str
    parent_code: str | None
    latitude: float | None = None
    longitude: float | None = None
    aliases: tuple[str, ...] = ()

    def in_force(self, day: date) -> bool:
        """Say whether the unit exists on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Succession:
    """Territory of `old` went to `new` on a day; `whole`: all of it."""

    old_code: str
    new_code: str
    on: date
    whole: bool


@dataclass
class AreaTree:
    """All units and successions of one version of the areas; answers are cached per map."""

    units: tuple[Unit, ...]
    successions: tuple[Succession, ...]
    digest: str = ""
    _versions: dict[str, tuple[Unit, ...]] = field(init=False, repr=False)
    _below: dict[str, list[Unit]] = field(init=False, repr=False)
    _codes: tuple[str, ...] = field(init=False, repr=False)
    _by_id: dict[int, Unit] = field(init=False, repr=False)
    _next: dict[tuple[str, date], list[Succession]] = field(init=False, repr=False)
    _previous: dict[tuple[str, date], list[Succession]] = field(init=False, repr=False)
    _into: dict[str, list[Succession]] = field(init=False, repr=False)
    _maps: tuple[date, ...] = field(init=False, repr=False)
    _members: dict[date, dict[str, frozenset[int]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the units by code and by id, and the successions by both of their ends."""
        grouped: dict[str, list[Unit]] = {}
        self._below = {}
        for unit in sorted(self.units, key=lambda u: (u.code, u.valid_from)):
            grouped.setdefault(unit.code, []).append(unit)
            if unit.parent_code is not None:
                self._below.setdefault(unit.parent_code, []).append(unit)
        self._versions = {code: tuple(units) for code, units in grouped.items()}
        self._codes = tuple(self._versions)
        self._by_id = {unit.area_id: unit for unit in self.units}
        self._next, self._previous, self._into = {}, {}, {}
        for succession in sorted(self.successions, key=lambda s: (s.on, s.old_code)):
            self._next.setdefault((succession.old_code, succession.on), []).append(succession)
            self._previous.setdefault((succession.new_code, succession.on), []).append(succession)
            self._into.setdefault(succession.new_code, []).append(succession)
        # A commune merged into one that goes on begins no unit, and another map all the same.
        changes = {succession.on for succession in self.successions}
        self._maps = tuple(sorted({unit.valid_from for unit in self.units} | changes))
        self._members = {}

    def by_id(self, area_id: int) -> Unit:
        """Return the unit stored under `area_id`."""
        return self._by_id[area_id]

    @property
    def map_days(self) -> tuple[date, ...]:
        """Return the days on which a map begins: units came, went or were merged on each."""
        return self._maps

    def check_overlaps(self) -> None:
        """Refuse two units of one code on one day (`areas_inconsistent`)."""
        for versions in self._versions.values():
            for one, other in pairwise(versions):
                if one.valid_to is None or other.valid_from < one.valid_to:
                    raise DomainError("areas_inconsistent", f"unit {one.code} overlaps itself")

    def versions(self, code: str) -> tuple[Unit, ...]:
        """Return every unit that ever had this code, oldest first; `unknown_area` if none did."""
        try:
            return self._versions[code]
        except KeyError:
            raise UnknownArea(code) from None

    def from_code(self, code: str) -> Iterator[Unit]:
        """Give the units of this code and of those behind it, in order."""
        for behind in self._codes[bisect_left(self._codes, code) :]:
            yield from self._versions[behind]

    def on(self, code: str, day: date) -> Unit:
        """Return the unit with this code on `day`.

        Raises `unknown_area`, or `area_not_in_force` with the successors' codes.
        """
        versions = self.versions(code)
        for unit in versions:
            if unit.in_force(day):
                return unit
        raise self.not_in_force(versions, day)

    def not_in_force(self, versions: Sequence[Unit], day: date) -> AreaNotInForce:
        """Return the error of units of one code, oldest first, of which none is in force."""
        days = [unit.valid_from for unit in versions if unit.valid_from > day]
        days += [
            unit.valid_to - timedelta(days=1)
            for unit in versions
            if unit.valid_to is not None and unit.valid_to <= day
        ]
        nearest = min(days, key=lambda each: abs(each - day))
        last = versions[-1]
        successors = self.successor_codes(last)
        return AreaNotInForce(last.code, day.isoformat(), successors, nearest.isoformat())

    def commune_on(self, code: str, day: date) -> Unit:
        """Return the commune with this code on `day`: the only level that facts may name."""
        unit = self.on(code, day)
        if unit.level != "commune" or code.endswith(UNASSIGNED):
            raise DomainError("area_not_commune", f"{code} is not a commune, ward or township")
        return unit

    def successor_codes(self, unit: Unit) -> tuple[str, ...]:
        """Return the codes that took over the unit's territory, sorted.

        An abolished district has no successor of its own: its communes' successors have it.
        """
        if unit.valid_to is None:
            return ()
        heirs = {s.new_code for s in self._next.get((unit.code, unit.valid_to), ())}
        if not heirs:
            below = self.children(unit, unit.valid_to - timedelta(days=1))
            heirs = {code for child in below for code in self.successor_codes(child)}
        return tuple(sorted(heirs))

    def predecessor_codes(self, unit: Unit) -> tuple[str, ...]:
        """Return the codes whose territory went into the unit, sorted."""
        successions = self._previous.get((unit.code, unit.valid_from), ())
        return tuple(sorted(s.old_code for s in successions))

    def taken_in(self, unit: Unit) -> tuple[Succession, ...]:
        """Return what the unit took over of others while it went on, in order of days."""
        return tuple(
            s
            for s in self._into.get(unit.code, ())
            if s.on > unit.valid_from and unit.in_force(s.on)
        )

    def whole_predecessors(self, unit: Unit) -> tuple[Unit, ...]:
        """Return the units that went whole into this one, the day before it began."""
        successions = self._previous.get((unit.code, unit.valid_from), ())
        return tuple(
            self._last_before(s.old_code, s.on) for s in sorted(successions, key=_by_old) if s.whole
        )

    def current(self, unit: Unit, day: date) -> Unit:
        """Return the unit that the households of `unit` are counted in on `day`."""
        while unit.valid_to is not None and unit.valid_to <= day:
            unit = self._follow(unit, unit.valid_to)
        return unit

    def _follow(self, unit: Unit, on: date) -> Unit:
        heirs = self._next.get((unit.code, on), [])
        whole = [s for s in heirs if s.whole]
        if len(whole) == 1:
            return self.on(whole[0].new_code, on)
        return self.on(self._province_after(unit, on) + UNASSIGNED, on)

    def _province_after(self, unit: Unit, on: date) -> str:
        province = self.province(unit)
        if province.in_force(on):
            return province.code
        heirs = [s for s in self._next.get((province.code, on), ()) if s.whole]
        if len(heirs) != 1:
            raise DomainError("area_not_in_force", f"province {province.code} has no one successor")
        return heirs[0].new_code

    def province(self, unit: Unit) -> Unit:
        """Return the province that the unit lies in (itself, if it is one)."""
        while unit.level != "province":
            parent = self.parent(unit)
            if parent is None:
                raise DomainError("unknown_area", f"{unit.code} lies in no province")
            unit = parent
        return unit

    @cached_property
    def provinces(self) -> Mapping[int, int]:
        """Return, per commune, the province that it lies in on its own map; ids of both."""
        return {u.area_id: self.province(u).area_id for u in self.units if u.level == "commune"}

    @cached_property
    def districts(self) -> Mapping[int, int]:
        """Return, per commune that lies in one, the district on its own map; ids of both."""
        above = ((u, self.parent(u)) for u in self.units if u.level == "commune")
        return {u.area_id: d.area_id for u, d in above if d and d.level == "district"}

    @cached_property
    def above_communes(self) -> tuple[list[int], list[int | None], list[int]]:
        """Return all communes, the district of each if it lies in one, and the province of each."""
        communes = list(self.provinces)
        return communes, [*map(self.districts.get, communes)], list(self.provinces.values())

    @cached_property
    def sizes(self) -> Mapping[int, int]:
        """Return how many communes lie in each province and district on its own map."""
        return Counter([*self.provinces.values(), *self.districts.values()])

    def parent(self, unit: Unit) -> Unit | None:
        """Return the unit above, on the same map; None for the country."""
        if unit.parent_code is None:
            return None
        return self.on(unit.parent_code, unit.valid_from)

    def upward(self, unit: Unit) -> Iterator[Unit]:
        """Give the unit and all that lie above it, on the same map."""
        above: Unit | None = unit
        while above is not None:
            yield above
            above = self.parent(above)

    def _last_before(self, code: str, day: date) -> Unit:
        return max(
            (u for u in self.versions(code) if u.valid_from < day), key=lambda u: u.valid_from
        )

    def children(self, unit: Unit, day: date) -> tuple[Unit, ...]:
        """Return the units directly below on `day`, by code."""
        return tuple(child for child in self._below.get(unit.code, ()) if child.in_force(day))

    def below(self, unit: Unit, level: Level, day: date, after: str = "") -> Iterator[Unit]:
        """Give the units of a level anywhere below on `day`, by code, behind the code `after`."""
        for each in self.from_code(after):
            if each.level == level and each.code > after and each.in_force(day):
                above = self.parent(each)
                while above is not None and above.code != unit.code:
                    above = self.parent(above)
                if above is not None:
                    yield each

    def members(self, unit: Unit, day: date) -> frozenset[int]:
        """Return the ids of all communes, past ones too, that count in `unit` on `day`."""
        start = max(begin for begin in self._maps if begin <= day)
        if start not in self._members:
            self._members[start] = self._members_on(start)
        return self._members[start].get(unit.code, frozenset())

    def _members_on(self, day: date) -> dict[str, frozenset[int]]:
        area_ids: dict[str, set[int]] = {}
        for unit in self.units:
            if unit.level == "commune" and unit.valid_from <= day:
                for code in self._codes_above(self.current(unit, day)):
                    area_ids.setdefault(code, set()).add(unit.area_id)
        return {code: frozenset(ids) for code, ids in area_ids.items()}

    def _codes_above(self, unit: Unit) -> Iterable[str]:
        return (above.code for above in self.upward(unit))


def _by_old(succession: Succession) -> str:
    return succession.old_code


def read_tree(
    units: Iterable[Unit], successions: Iterable[Succession], digest: str = ""
) -> AreaTree:
    """Build a tree, refusing units that overlap or hang in the air (`areas_inconsistent`)."""
    tree = AreaTree(tuple(units), tuple(successions), digest)
    tree.check_overlaps()
    for unit in tree.units:
        if unit.parent_code is None and unit.code != COUNTRY:
            raise DomainError("areas_inconsistent", f"unit {unit.code} has no parent")
        tree.parent(unit)
    return tree


AreaType = Literal["rural", "urban"]
# The kind moves the poverty line by 500,000 đồng and more; a special zone (đặc khu) may be either.
# No act says so: the law on local government says what kinds are, the standards have the lines.
_TYPES: dict[str, AreaType] = {"xã": "rural", "phường": "urban", "thị trấn": "urban"}


def area_type_of(unit: Unit) -> AreaType | None:
    """Return whether people of a unit live in the country or in town; None: it may be either."""
    return _TYPES.get(unit.kind)
