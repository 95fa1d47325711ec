"""The start: a search, the country today, and where to go on from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.api.areas.areas import ListedArea, list_areas, plain
from services.api.areas.statistics import get_statistics
from services.api.page.site import Page
from services.api.page.view import View, Views
from services.api.page.views.crumbs import path_of
from services.api.page.views.places import on_lists
from shared.areas.tree import COUNTRY, UNASSIGNED
from shared.http import parameters
from shared.http.parameters import LIMIT_MAX

views = Views()

SHOWN_MAX = 40
_RANKS = {"country": 0, "province": 1, "district": 2, "commune": 3}


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit that a search finds: its name, what it lies in, where its page is."""

    name: str
    within: str
    code: str
    href: str


@dataclass(frozen=True, slots=True)
class Map:
    """The hits on the map of a day."""

    day: date
    current: bool
    hits: Sequence[Hit]
    total: int


@views.view("/")
async def start(page: Page) -> View:
    """Show the country, a search, and what there is to look at."""
    country = await page.put(get_statistics, code=COUNTRY)
    return View(
        "start.html",
        page.t("Trang đầu", "Start"),
        {
            "counted": country,
            "on_lists": on_lists(country.counts),
            "path": path_of(COUNTRY),
            "provinces": await _provinces(page),
        },
    )


@views.view("/places", {"q": parameters.text("Part of a name; accents do not matter.")})
async def search(page: Page) -> View:
    """Show the units whose names have the searched part, on both maps."""
    part = page.values["q"]
    maps = [] if part is None else await _maps(page, part)
    return View(
        "search.html",
        page.t("Tìm địa bàn", "Search for a place"),
        {"q": part or "", "maps": maps, "provinces": await _provinces(page)},
    )


async def _provinces(page: Page) -> Sequence[Hit]:
    listed = await page.put(list_areas, level="province", as_of=page.on, limit=LIMIT_MAX)
    units = [unit for unit in listed.items if not unit.code.endswith(UNASSIGNED)]
    units.sort(key=lambda unit: plain(unit.name))
    return [await _hit(page, unit, page.on) for unit in units]


async def _maps(page: Page, part: str) -> Sequence[Map]:
    """Search the map of today, then each earlier one by its last day."""
    days = [day - timedelta(days=1) for day in (await page.tree()).map_days[1:]]
    today = page.ask.today
    maps = []
    for day in [today, *reversed([day for day in days if day < today])]:
        listed = await page.put(list_areas, q=part, as_of=day, limit=LIMIT_MAX)
        best = sorted(listed.items, key=lambda unit: _rank(unit, plain(part)))
        hits = [await _hit(page, unit, day) for unit in best[:SHOWN_MAX]]
        maps.append(Map(day, day == today, hits, len(listed.items)))
        await asyncio.sleep(0)
    return maps


def _rank(unit: ListedArea, part: str) -> tuple[bool, bool, int, str]:
    """Put the name itself first, then names that begin so, larger units before smaller ones."""
    name = plain(unit.name)
    return name != part, not name.startswith(part), _RANKS[unit.level], name


async def _hit(page: Page, unit: ListedArea, day: date) -> Hit:
    units = await page.tree()
    one = units.on(unit.code, day)
    chain, above = [], units.parent(one)
    while above is not None and above.level != "country":
        chain.append(page.unit(above))
        above = units.parent(above)
    as_of = page.as_of if page.as_of and one.in_force(page.as_of) else day
    return Hit(
        page.unit(one), ", ".join(chain), unit.code, page.to(path_of(unit.code), as_of=as_of)
    )
