"""Areas: the administrative units of both maps, and one of them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import views
from services.api.examples import areas as examples
from services.api.schemas import areas as schemas
from shared.areas.store import units as store
from shared.areas.tree import AreaTree, Unit
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import authorize
from shared.http.context import Context, context_of
from shared.http.openapi import PlainRoute, operation
from shared.http.parameters import AS_OF, LIMIT, read, write_cursor

router = APIRouter(tags=["areas"], route_class=PlainRoute)

LEVELS = ("country", "province", "district", "commune")
PATH = {"code": ("Code of the unit; `VN` is the country.", "06091")}
_LIST = {
    "level": parameters.choice(LEVELS, "Only units of this level."),
    "parent": parameters.text("Only units directly below the one with this code."),
    "q": parameters.text("Part of a name or of another spelling; accents and case do not matter."),
    "as_of": AS_OF,
    "cursor": parameters.cursor(parameters.short_text),
    "limit": LIMIT,
}
_ONE = {"as_of": AS_OF}
# Reference data, the same for every caller: any valid token may read it.
_SCOPE = "any"


@router.get(
    "/v1/areas",
    **operation(
        "Administrative units",
        "Units in force on a day, by code.",
        model=schemas.Areas,
        example=examples.AREAS,
        parameters=_LIST,
        problems=("unknown_area", "area_not_in_force", "invalid_request"),
        scope=_SCOPE,
    ),
)
async def many(request: Request) -> Response:
    """Answer a page of units."""
    context, _ = context_of(request), authorize(request, None)
    asked = read(request, _LIST)
    tree, day = await context.areas.tree(), asked["as_of"] or context.clock.today()
    if asked["parent"] is not None:
        tree.on(asked["parent"], day)
    after = asked["cursor"][0] if asked["cursor"] else ""
    found = [u for u in tree.units if u.in_force(day) and u.code > after and _matches(u, asked)]
    found.sort(key=lambda u: u.code)
    limit = asked["limit"]
    following = write_cursor([found[limit - 1].code]) if len(found) > limit else None
    items = [_shown(tree, unit) for unit in found[:limit]]
    body = {"items": items, "next_cursor": following, **await _version(context, tree)}
    return answer(request, body, {"as_of": day})


@router.get(
    "/v1/areas/{code}",
    **operation(
        "An administrative unit",
        "The unit that has the code on a day, with its predecessors and successors.",
        model=schemas.Area,
        example=examples.AREA,
        parameters=_ONE,
        path=PATH,
        problems=("unknown_area", "area_not_in_force", "invalid_request"),
        scope=_SCOPE,
    ),
)
async def one(request: Request) -> Response:
    """Answer one unit."""
    context, _ = context_of(request), authorize(request, None)
    day = read(request, _ONE)["as_of"] or context.clock.today()
    tree = await context.areas.tree()
    unit = tree.on(request.path_params["code"], day)
    body = _shown(tree, unit) | await _version(context, tree)
    return answer(request, body, {"as_of": day})


def _matches(unit: Unit, asked: dict[str, Any]) -> bool:
    level, parent, wanted = asked["level"], asked["parent"], asked["q"]
    if level is not None and unit.level != level:
        return False
    if parent is not None and unit.parent_code != parent:
        return False
    if wanted is None:
        return True
    part = plain(wanted)
    return any(part in plain(name) for name in (unit.name, *unit.aliases))


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Return a text without accents and case: `Đồng Đăng` becomes `dong dang`."""
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _shown(tree: AreaTree, unit: Unit) -> dict[str, Any]:
    return {
        **views.unit(unit),
        "predecessors": tree.predecessor_codes(unit),
        "successors": tree.successor_codes(unit),
        "latitude": unit.latitude,
        "longitude": unit.longitude,
    }


async def _version(context: Context, tree: AreaTree) -> dict[str, Any]:
    async with context.database.statement() as snapshot:
        recorded_at = await store.recorded_at(snapshot)
    return {"version": {"digest": tree.digest, "recorded_at": recorded_at}}
