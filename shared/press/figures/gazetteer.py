"""The names of all areas, to be found in a text whatever its spelling, and their units by day."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import msgspec

from shared.areas.tree import COUNTRY, UNASSIGNED, AreaTree, Unit
from shared.press.figures.figure import Place
from shared.press.figures.thai_names import ThaiNames, taken

LEVELS = ("commune", "district", "province")
_CITY = "thành phố"
_MARKS = frozenset(range(0x0300, 0x0370))
_SAME = str.maketrans({"đ": "d", "ð": "d", "-": " ", "'": " ", "’": " ", ".": " "})


# What the language files call the parts of the country that are no units, and their proper names.
REGIONS = {
    "northern_midlands": "Trung du và miền núi phía Bắc",
    "red_river_delta": "Đồng bằng sông Hồng",
    "central_coast": "Bắc Trung Bộ và duyên hải miền Trung",
    "central_highlands": "Tây Nguyên",
    "southeast": "Đông Nam Bộ",
    "mekong_delta": "Đồng bằng sông Cửu Long",
}
NATION = "Việt Nam"


class Named(msgspec.Struct, frozen=True, gc=False):
    """A name found in a text: how it was printed, and the units or the region that bear it."""

    printed: str
    units: tuple[Unit, ...] = ()
    region: str | None = None
    level: str | None = None

    def __hash__(self) -> int:
        """Equal names hash alike without their units."""
        return hash((self.printed, self.region, self.level))


@dataclass
class Gazetteer:
    """All names of one version of the areas."""

    tree: AreaTree
    _names: dict[tuple[str, ...], list[Unit]] = field(init=False, repr=False)
    _long: dict[str, int] = field(init=False, repr=False)
    _thai: ThaiNames | None = field(init=False, repr=False, default=None)
    _bare: tuple[Unit, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index every name and alias by its words without marks."""
        self._names, self._long = {}, {}
        self._bare = tuple(
            u for u in self.tree.units if u.level in LEVELS and not u.code.endswith(UNASSIGNED)
        )
        for unit in self._bare:
            for words in {folded(name) for name in (unit.name, *unit.aliases)}:
                self._names.setdefault(words, []).append(unit)
                self._remember(words)

    def _remember(self, words: tuple[str, ...]) -> None:
        if words:
            self._long[words[0]] = max(self._long.get(words[0], 0), len(words))

    def may_begin(self, word: str) -> bool:
        """Say whether some name begins with this word, given without marks."""
        return word in self._long

    def find(self, words: tuple[str, ...], printed: tuple[str, ...]) -> tuple[int, Named] | None:
        """Return the longest name at the start of `words` and how many of them it takes."""
        longest = min(len(words), self._long.get(words[0], 0) if words else 0)
        for count in range(longest, 0, -1):
            key, shown = words[:count], " ".join(printed[:count])
            units = self._fitting(key, shown)
            if units:
                return count, Named(shown, units=units)
        return None

    def _fitting(self, key: tuple[str, ...], printed: str) -> tuple[Unit, ...]:
        """Return the units of a name; where it is printed with marks, they must be the unit's."""
        units = self._names.get(key, [])
        bare = _bare_words(printed)
        if bare == _unmarked(bare):
            return tuple(units)
        exact = [u for u in units if bare in {_bare_words(n) for n in (u.name, *u.aliases)}]
        known = {u.level for u in exact}
        found = exact + [u for u in units if u.level not in known]
        return tuple(sorted(found, key=lambda u: -LEVELS.index(u.level)))

    def find_thai(self, thai: str) -> tuple[int, Named] | None:
        """Return the longest name at the start of a Thai text and how many letters it takes."""
        if self._thai is None:
            self._thai = ThaiNames()
            for index, unit in enumerate(self._bare):
                self._thai.add(unit.name, index)
        letters, keys = self._thai.match(thai)
        if not keys:
            return None
        length = taken(thai, letters)
        return length, Named(thai[:length], units=tuple(self._bare[k] for k in sorted(keys)))

    def place(self, named: Named, day: date, within: Unit | None) -> Place:
        """Resolve a name on the map of `day`; `area_code` None where no one unit fits."""
        if named.region:
            country = named.region == NATION
            return Place(
                named.region, "country" if country else "region", COUNTRY if country else None
            )
        chosen = self.narrowed(named.units, within)
        if not chosen:
            return Place(named.printed, named.level)
        chosen = [u for u in chosen if u.level == chosen[0].level]
        in_force = [u for u in chosen if u.in_force(day)]
        unit = (in_force or chosen)[0]
        code = in_force[0].code if len({u.code for u in in_force}) == 1 else None
        names = {u.name for u in chosen}
        name = unit.name if len(names) == 1 or code else _closest(names, named.printed)
        return Place(name, unit.level, code, self._within(chosen, unit))

    def _within(self, chosen: Iterable[Unit], unit: Unit) -> str | None:
        provinces = {self.tree.province(u).name for u in chosen}
        if unit.level == "province" or len(provinces) != 1:
            return None
        return provinces.pop()

    def narrowed(self, units: Iterable[Unit], within: Unit | None) -> list[Unit]:
        """Keep the units that lie in the area `within`, all if none does."""
        found = list(units)
        if within is None:
            return found
        near = [u for u in found if self.lies_in(u, within)]
        if not near:
            province = self.tree.province(within).name
            near = [u for u in found if self.tree.province(u).name == province]
        return near or found

    def lies_in(self, unit: Unit, other: Unit) -> bool:
        """Say whether `unit` is `other` or lies in it, by code on its own map."""
        above: Unit | None = unit
        while above is not None and above.level != "country":
            if above.level == other.level and above.name == other.name:
                return True
            above = self.tree.parent(above)
        return False

    def country(self) -> Place:
        """Return Viet Nam as a place."""
        return Place(NATION, "country", COUNTRY)


def of_level(named: Named, levels: Iterable[str]) -> Named:
    """Keep the units of the levels that the text's own word allows."""
    wanted = set(levels)
    units = tuple(u for u in named.units if u.level in wanted)
    city = [u for u in named.units if u.level == "province" and u.kind == _CITY]
    if city and "district" in wanted and "province" in wanted:
        units = tuple(city)
    elif {"district", "province"} <= wanted:
        units = tuple(u for u in units if u.level == "district") or units
    return Named(named.printed, units, named.region, named.level or _first_of(wanted))


def _first_of(levels: set[str]) -> str | None:
    return next((level for level in LEVELS if level in levels), None)


@lru_cache(maxsize=16384)
def folded(name: str) -> tuple[str, ...]:
    """Return the words of a name in small letters without any marks."""
    return tuple(_unmarked(_bare_words(name)).split())


@lru_cache(maxsize=16384)
def _bare_words(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).lower().translate(_SEPARATORS).split())


_SEPARATORS = str.maketrans({"-": " ", "'": " ", "’": " ", ".": " "})


@lru_cache(maxsize=16384)
def _unmarked(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.translate(_SAME))
    return "".join(c for c in letters if ord(c) not in _MARKS)


def _closest(names: set[str], printed: str) -> str:
    return min(names, key=lambda n: (len(n) != len(printed), n))
