"""Areas: the administrative units of both maps, and one of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Annotated, Any

from msgspec import Meta, Struct

from services.api.words import NextCursor, Unit
from shared.areas import tree
from shared.areas.store import units as store
from shared.areas.tree import AreaTree, Level
from shared.http import parameters
from shared.http.ask import Ask, InForce
from shared.http.operations import ANY, Routes
from shared.http.parameters import PathParameter
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA
from shared.http.schemas import Instant

routes = Routes("areas")

Code = Annotated[str, PathParameter(str, "Code of the unit; `VN` is the country.", "06091")]


class AreaVersion(Struct, frozen=True):
    """Which version of the areas answered."""

    digest: Annotated[str, Meta(description="Digest of the files that were loaded.")]
    recorded_at: Annotated[Instant | None, Meta(description="When; null: none was loaded yet.")]


class ListedArea(Unit, frozen=True):
    """A unit with what it came from and what it went to."""

    predecessors: Annotated[
        tuple[str, ...], Meta(description="Codes of the units whose territory went into it.")
    ]
    successors: Annotated[
        tuple[str, ...], Meta(description="Codes of the units that took its territory over.")
    ]
    latitude: Annotated[float | None, Meta(description="Of its middle, in degrees north.")]
    longitude: Annotated[float | None, Meta(description="Of its middle, in degrees east.")]


class Area(ListedArea, frozen=True):
    """One unit."""

    version: Annotated[AreaVersion, Meta(description="Which version of the areas answered.")]


class Areas(Struct, frozen=True):
    """A page of units."""

    items: Annotated[list[ListedArea], Meta(description="Units by code.")]
    next_cursor: NextCursor
    version: Annotated[AreaVersion, Meta(description="Which version of the areas answered.")]


@routes.get(
    "/v1/areas",
    scope=ANY,
    clock=InForce,
    cursor=[parameters.short_text],
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE],
)
async def list_areas(
    ask: Ask,
    level: Annotated[Level | None, parameters.choice(Level, "Only units of this level.")] = None,
    parent: Annotated[
        str | None, parameters.text("Only units directly below the one with this code.")
    ] = None,
    q: Annotated[
        str | None,
        parameters.text("Part of a name or of another spelling; accents and case do not matter."),
    ] = None,
) -> Areas:
    """Administrative units.

    Units in force on a day, by code.
    """
    units, page = await ask.tree(), ask.page
    if parent is not None:
        units.on(parent, ask.as_of)
    after = page.after[0] if page.after else ""
    matching = (
        unit
        for unit in units.from_code(after)
        if unit.in_force(ask.as_of)
        and unit.code > after
        and level in (None, unit.level)
        and parent in (None, unit.parent_code)
        and (q is None or _named(unit, plain(q)))
    )
    shown, next_cursor = page.cut([*islice(matching, page.fetch)], lambda unit: [unit.code])
    items = [ListedArea(**_fields(units, unit)) for unit in shown]
    return Areas(items, next_cursor, await _version(ask, units))


@routes.get(
    "/v1/areas/{code}",
    scope=ANY,
    clock=InForce,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE],
)
async def get_area(ask: Ask, code: Code) -> Area:
    """An administrative unit.

    The unit that has the code on a day, with its predecessors and successors.
    """
    units = await ask.tree()
    unit = units.on(code, ask.as_of)
    return Area(**_fields(units, unit), version=await _version(ask, units))


def _named(unit: tree.Unit, part: str) -> bool:
    return any(part in plain(name) for name in (unit.name, *unit.aliases))


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Return a text without accents and case: `Đồng Đăng` becomes `dong dang`."""
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _fields(units: AreaTree, unit: tree.Unit) -> dict[str, Any]:
    own = {name: getattr(unit, name) for name in Unit.__struct_fields__}
    return own | {
        "predecessors": tuple(sorted(_predecessors(units, unit))),
        "successors": units.successor_codes(unit),
        "latitude": unit.latitude,
        "longitude": unit.longitude,
    }


def _predecessors(units: AreaTree, unit: tree.Unit) -> Iterable[str]:
    taken_in = (succession.old_code for succession in units.taken_in(unit))
    return {*units.predecessor_codes(unit), *taken_in}


async def _version(ask: Ask, units: AreaTree) -> AreaVersion:
    async with ask.reads.statement() as snapshot:
        return AreaVersion(units.digest, await store.recorded_at(snapshot))
