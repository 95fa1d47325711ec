"""Write `units.csv` and `successions.csv` from the data of the package `vietnamadminunits`.

    python seeds/areas/make_areas.py [--merges provinces.csv]

The package lists both administrative worlds and, for the change of 2025-07-01, which old communes
went into which new ones. Its guess of one default successor for a split commune is not read.
"""

import argparse
import csv
import itertools
import json
import math
import re
import sqlite3
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGE = "vietnamadminunits"
PACKAGE_VERSION = "1.0.4"
HERE = Path(__file__).parent

OLD_FROM = "2011-01-01"
NEW_FROM = "2025-07-01"
COUNTRY = "VN"
LEVELS = ("country", "province", "district", "commune")

KINDS = ("tỉnh", "thành phố", "quận", "huyện", "thị xã", "thị trấn", "xã", "phường", "đặc khu")
NUMBERED = re.compile(r"\d|[IVX]+$")
ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6", "VII": "7"}

TONE_MARKS = "\u0300\u0301\u0309\u0303\u0323"
RIMES = (("o", "a"), ("o", "e"), ("u", "y"))
# The same rime with the tone mark on its first and on its second vowel: Hòa, Hoà.
TONE_PAIRS = {
    unicodedata.normalize("NFC", one): unicodedata.normalize("NFC", other)
    for first, second in RIMES
    for mark in TONE_MARKS
    for one, other in itertools.permutations((first + mark + second, first + second + mark))
}
TONE = re.compile(rf"(?<![qQ])({'|'.join(TONE_PAIRS)})(?!\w)")

EXTRA_ALIASES: Mapping[str, tuple[str, ...]] = {
    "Việt Nam": ("Vietnam",),
    "Hà Nội": ("Hanoi",),
    "Hải Phòng": ("Haiphong",),
    "Đà Nẵng": ("Danang",),
    "Huế": ("Thừa Thiên Huế", "Thua Thien Hue", "Thừa Thiên - Huế"),
    "Hồ Chí Minh": ("TP. Hồ Chí Minh", "TP.HCM", "Ho Chi Minh City", "Sài Gòn"),
    "Bắc Kạn": ("Bắc Cạn", "Bac Can"),
    "Đắk Lắk": ("Đăk Lăk", "Đắc Lắc", "Dac Lac"),
    "Đắk Nông": ("Đắc Nông", "Dac Nong"),
    "Kon Tum": ("Kontum",),
    "Bà Rịa - Vũng Tàu": ("Ba Ria-Vung Tau", "BR-VT"),
}

# Points that lie in another district or province than the unit; they are left empty.
WRONG_OLD_POINTS = frozenset(
    (
        "05395",
        "09118",
        "17344",
        "17935",
        "22736",
        "22737",
        "22739",
        "23535",
        "23537",
        "23538",
        "31379",
    )
)
WRONG_NEW_POINTS = frozenset(
    ("04714", "04924", "06757", "06967", "08296", "28615", "29983", "30130")
)

EXPECTED = {
    (OLD_FROM, "country"): 1,
    (OLD_FROM, "province"): 63,
    (OLD_FROM, "district"): 696,
    (OLD_FROM, "commune"): 10_035,
    (NEW_FROM, "province"): 34,
    (NEW_FROM, "commune"): 3_321 + 34,  # 34 waiting places
}
EXPECTED_SPLIT = 442

Commune = dict[str, Any]
NewKey = tuple[str, str]
Links = dict[str, set[NewKey]]


@dataclass(frozen=True)
class Unit:
    """One administrative unit over one validity, as a row of `units.csv`."""

    code: str
    valid_from: str
    valid_to: str
    level: str
    kind: str
    name: str
    parent_code: str
    latitude: str
    longitude: str
    aliases: str


@dataclass(frozen=True, order=True)
class Succession:
    """Territory of an old unit that went to a new one, as a row of `successions.csv`."""

    old_code: str
    new_code: str
    on: str
    part: str


@dataclass(frozen=True)
class Source:
    """The tables of the package: old and new communes by key, and the conversion."""

    old: Mapping[str, Commune]
    new: Mapping[NewKey, Commune]
    island_districts: tuple[Commune, ...]
    conversion: Mapping[str, Any]


# --- reading -----------------------------------------------------------------------------------


def data_folder() -> Path:
    """The data folder of the installed package, found without importing it."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"install {PACKAGE}=={PACKAGE_VERSION} first")
    if version(PACKAGE) != PACKAGE_VERSION:
        raise SystemExit(f"{PACKAGE} is {version(PACKAGE)}, the checks are for {PACKAGE_VERSION}")
    return Path(spec.origin).parent / "data"


def read_source(folder: Path) -> Source:
    """Read the database and the conversion file of the package."""
    connection = sqlite3.connect(f"file:{folder / 'dataset.db'}?mode=ro", uri=True)
    try:
        connection.row_factory = sqlite3.Row
        old = [dict(row) for row in connection.execute("SELECT * FROM admin_units_legacy")]
        new = [dict(row) for row in connection.execute("SELECT * FROM admin_units")]
    finally:
        connection.close()
    return Source(
        old={old_key(row): row for row in old if row["wardCode"]},
        new={(row["provinceKey"], row["wardKey"]): row for row in new},
        island_districts=tuple(row for row in old if not row["wardCode"]),
        conversion=json.loads((folder / "converter_2025.json").read_text("utf-8")),
    )


def old_key(row: Commune) -> str:
    """The key by which the conversion names an old commune."""
    return f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey']}"


# --- names -------------------------------------------------------------------------------------


def split_name(full: str) -> tuple[str, str]:
    """Kind and name of a full name; a numbered unit keeps its kind in the name."""
    text = unicodedata.normalize("NFC", " ".join(full.split()))
    for kind in KINDS:
        if text.lower().startswith(f"{kind} "):
            rest = text[len(kind) + 1 :]
            return kind, f"{kind.capitalize()} {rest}" if NUMBERED.match(rest) else rest
    raise ValueError(f"no kind in {full!r}")


def plain(text: str) -> str:
    """The text in ASCII letters, without any diacritics."""
    decomposed = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def spellings(name: str) -> Iterator[str]:
    """Other spellings of a name, the most common first."""
    yield plain(name)
    yield TONE.sub(lambda match: TONE_PAIRS[match[0]], name)
    yield name.replace("Đắk", "Đăk")
    yield name.replace(" - ", "-")
    head, _, last = name.rpartition(" ")
    if head and last in ROMAN:
        yield f"{head} {ROMAN[last]}"
    if last.isdigit() and len(last) == 1 and head.lower() in KINDS:
        yield f"{head} 0{last}"
    yield from EXTRA_ALIASES.get(name, ())


def aliases(name: str) -> str:
    """The other spellings of a name in one field."""
    normalised = (unicodedata.normalize("NFC", text) for text in spellings(name))
    return "|".join(dict.fromkeys(text for text in normalised if text != name))


# --- units -------------------------------------------------------------------------------------


def degrees(value: float | None) -> str:
    """A coordinate without trailing zeros, or nothing."""
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def make_unit(row: Commune, prefix: str, level: str, parent: str, *, new: bool) -> Unit:
    """The unit in the columns of a source row that begin with the prefix."""
    code = row[f"{prefix}Code"]
    kind, name = split_name(row[prefix])
    wrong = WRONG_NEW_POINTS if new else WRONG_OLD_POINTS
    here = level != "commune" or code not in wrong
    return Unit(
        code=code,
        valid_from=NEW_FROM if new else OLD_FROM,
        valid_to="" if new else NEW_FROM,
        level=level,
        kind=kind,
        name=name,
        parent_code=parent,
        latitude=degrees(row[f"{prefix}Lat"]) if here else "",
        longitude=degrees(row[f"{prefix}Lon"]) if here else "",
        aliases=aliases(name),
    )


def country() -> Unit:
    """Viet Nam, the parent of the provinces of both worlds."""
    name = "Việt Nam"
    return Unit(COUNTRY, OLD_FROM, "", "country", "quốc gia", name, "", "", "", aliases(name))


def waiting_place(province: Unit) -> Unit:
    """The pseudo unit where households of a split commune wait to be placed."""
    name = f"Chưa phân bổ ({province.name})"
    return Unit(
        code=waiting_code(province.code),
        valid_from=NEW_FROM,
        valid_to="",
        level="commune",
        kind="chưa phân bổ",
        name=name,
        parent_code=province.code,
        latitude="",
        longitude="",
        aliases=aliases(name),
    )


def waiting_code(province_code: str) -> str:
    """The code of the waiting place of a new province."""
    return f"{province_code}-unassigned"


def old_units(source: Source) -> Iterator[Unit]:
    """Provinces, districts and communes until the change."""
    for row in (*source.old.values(), *source.island_districts):
        yield make_unit(row, "province", "province", COUNTRY, new=False)
        yield make_unit(row, "district", "district", row["provinceCode"], new=False)
        if row["wardCode"]:
            yield make_unit(row, "ward", "commune", row["districtCode"], new=False)


def new_units(source: Source) -> Iterator[Unit]:
    """Provinces and communes since the change, and the waiting places."""
    for row in source.new.values():
        province = make_unit(row, "province", "province", COUNTRY, new=True)
        yield province
        yield waiting_place(province)
        yield make_unit(row, "ward", "commune", row["provinceCode"], new=True)


def make_units(source: Source) -> list[Unit]:
    """All units once, parents before their children."""
    units = {country(), *old_units(source), *new_units(source)}
    return sorted(units, key=lambda unit: (unit.valid_from, LEVELS.index(unit.level), unit.code))


# --- successions -------------------------------------------------------------------------------


def read_links(source: Source) -> Links:
    """The new communes of each old one, as the conversion has them, without its defaults."""
    links: Links = {key: set() for key in source.old}
    for province, communes in source.conversion["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, olds in communes.items():
            for old in olds:
                if old in links:  # an island district has no commune
                    links[old].add((province, commune))
    for province, olds in source.conversion["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in olds.items():
            links[old].update((province, part["newWardKey"]) for part in parts)
    return links


def kilometres(one: Commune, other: Commune) -> float:
    """Flat distance of two communes, good enough to tell districts apart."""
    north = (one["wardLat"] - other["wardLat"]) * 111
    east = (one["wardLon"] - other["wardLon"]) * 111 * math.cos(math.radians(one["wardLat"]))
    return math.hypot(north, east)


def namesake_rivals(source: Source, links: Links) -> dict[NewKey, list[list[str]]]:
    """For each new commune the groups of its predecessors that bear the same name."""
    groups: dict[tuple[NewKey, str], list[str]] = defaultdict(list)
    for old in sorted(links):
        for target in links[old]:
            groups[target, source.old[old]["wardKey"]].append(old)
    rivals: dict[NewKey, list[list[str]]] = defaultdict(list)
    for (target, _), olds in sorted(groups.items()):
        if len(olds) > 1:
            rivals[target].append(olds)
    return rivals


def true_predecessors(source: Source, rivals: list[str], others: list[str]) -> list[str]:
    """The rivals that have a neighbour of their own district among the other predecessors.

    When none has, it is the rival nearest to them.
    """
    districts = {source.old[other]["districtCode"] for other in others}
    at_home = [old for old in rivals if source.old[old]["districtCode"] in districts]
    if at_home:
        return at_home

    def nearest(old: str) -> float:
        return min(kilometres(source.old[old], source.old[other]) for other in others)

    return [min(rivals, key=nearest)]


def drop_namesakes(source: Source, links: Links) -> list[tuple[str, NewKey]]:
    """Take out links that belong to a commune of the same name elsewhere in the new province.

    The conversion was matched on names: of two old communes called Hồng Phong in one new
    province, each was given the successors of both.
    """
    predecessors: dict[NewKey, list[str]] = defaultdict(list)
    for old in sorted(links):
        for target in links[old]:
            predecessors[target].append(old)
    dropped: list[tuple[str, NewKey]] = []
    for target, groups in namesake_rivals(source, links).items():
        doubtful = {old for group in groups for old in group}
        others = [old for old in predecessors[target] if old not in doubtful]
        for group in groups:
            kept = true_predecessors(source, group, others)
            dropped += [(old, target) for old in group if old not in kept]
    for old, target in dropped:
        links[old].discard(target)
    return dropped


def province_map(source: Source) -> dict[str, str]:
    """The new province code of each old one."""
    old_codes = {row["provinceKey"]: row["provinceCode"] for row in source.old.values()}
    new_codes = {row["provinceKey"]: row["provinceCode"] for row in source.new.values()}
    merges = source.conversion["DICT_PROVINCE"]
    return {old_codes[old]: new_codes[new] for new, olds in merges.items() for old in olds}


def make_successions(source: Source, links: Links) -> list[Succession]:
    """Rows for all old provinces and communes; districts have no successor."""
    provinces = province_map(source)
    rows = [Succession(old, new, NEW_FROM, "whole") for old, new in provinces.items()]
    for old, targets in links.items():
        commune = source.old[old]
        codes = [source.new[target]["wardCode"] for target in targets]
        part = "whole" if len(codes) == 1 else "part"
        codes = codes or [waiting_code(provinces[commune["provinceCode"]])]
        rows += [Succession(commune["wardCode"], code, NEW_FROM, part) for code in codes]
    return sorted(rows)


# --- checks ------------------------------------------------------------------------------------


def check_units(units: list[Unit]) -> None:
    """Counts, unique keys, and a parent in force for as long as the child."""
    counts = Counter((unit.valid_from, unit.level) for unit in units)
    if counts != EXPECTED:
        raise ValueError(f"unexpected counts: {counts}")
    by_key = {(unit.code, unit.valid_from): unit for unit in units}
    if len(by_key) != len(units):
        raise ValueError("a unit occurs twice with different values")
    for unit in units:
        if unit.level == "country":
            continue
        start = OLD_FROM if unit.parent_code == COUNTRY else unit.valid_from
        parent = by_key[unit.parent_code, start]
        if parent.valid_to and (not unit.valid_to or parent.valid_to < unit.valid_to):
            raise ValueError(f"the parent of {unit.code} ends before it")


def check_successions(units: list[Unit], rows: list[Succession]) -> None:
    """Known units on both sides, every new commune reached, the official number of splits."""
    old = {u.code for u in units if u.valid_from == OLD_FROM and u.level in LEVELS[1::2]}
    new = {u.code for u in units if u.valid_from == NEW_FROM}
    if {row.old_code for row in rows} != old or not {row.new_code for row in rows} <= new:
        raise ValueError("a succession names an unknown unit or an old unit has none")
    split = {row.old_code for row in rows if row.part == "part"}
    if len(split) != EXPECTED_SPLIT:
        raise ValueError(f"{len(split)} split communes, not {EXPECTED_SPLIT}")


def check_merges(path: Path, rows: list[Succession]) -> None:
    """The provinces are merged as in a table with `old_code` and `new_code`."""
    with path.open(encoding="utf-8", newline="") as file:
        wanted = {(row["old_code"], row["new_code"]) for row in csv.DictReader(file)}
    codes = {old_code for old_code, _ in wanted}
    if wanted != {(row.old_code, row.new_code) for row in rows if row.old_code in codes}:
        raise ValueError(f"the provinces differ from {path}")


# --- writing -----------------------------------------------------------------------------------


def write(path: Path, kind: type[Unit] | type[Succession], rows: Iterable[Any]) -> None:
    """Write rows under the field names of their class."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in fields(kind))
        writer.writerows(astuple(row) for row in rows)


def main() -> None:
    """Make, check and write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--merges", type=Path, help="table of province merges to compare with")
    merges: Path | None = parser.parse_args().merges

    source = read_source(data_folder())
    links = read_links(source)
    dropped = drop_namesakes(source, links)
    units = make_units(source)
    successions = make_successions(source, links)

    check_units(units)
    check_successions(units, successions)
    if merges:
        check_merges(merges, successions)
    write(HERE / "units.csv", Unit, units)
    write(HERE / "successions.csv", Succession, successions)
    print(f"{len(units)} units, {len(successions)} successions, {len(dropped)} namesakes dropped")


if __name__ == "__main__":
    main()
