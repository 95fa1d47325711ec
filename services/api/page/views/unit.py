"""The unit that an address names on its day: what the head of each of its pages needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.api.households.status import list_households
from services.api.money.funds import list_funds
from services.api.page.site import Page
from services.api.page.view import Elsewhere
from services.api.page.views.crumbs import path_of, standing
from services.api.page.words import OF_HOUSEHOLDS, TABS
from shared.areas.tree import AreaTree, Level, Unit
from shared.kernel.errors import AreaNotInForce

YEARS_LINKED = 4
# What stands below a level; the map from 2025-07 has no districts.
_BELOW: Mapping[Level, tuple[Level, ...]] = {
    "country": ("province",),
    "province": ("district", "commune"),
    "district": ("commune",),
    "commune": (),
}


@dataclass(frozen=True)
class Place:
    """A unit on the page's day, with the level of what lies below it; None: nothing does."""

    page: Page
    units: AreaTree
    unit: Unit
    below: Level | None

    @property
    def path(self) -> str:
        """Return the path of its first page."""
        return path_of(self.unit.code)

    @property
    def name(self) -> str:
        """Return its name as the page's language writes it."""
        return self.page.unit(self.unit)

    def years(self) -> range:
        """Return the years around the day that are over, and saw the unit."""
        last = self.page.ask.today if self.unit.valid_to is None else self.unit.valid_to
        return range(max(self.page.on.year - YEARS_LINKED, self.unit.valid_from.year), last.year)

    def head(self) -> dict[str, Any]:
        """Return what the head of its pages is made of."""
        shown = standing(self.page, self.units, self.unit)
        return {"place": self, "unit": self.unit, "standing": shown, "tabs": self._tabs()}

    def _tabs(self) -> list[tuple[str, str, str]]:
        """Return the pages about it that lead somewhere for who asks."""
        hidden = set() if self.below else {"/below"}
        if not self.page.may(list_households):
            hidden |= OF_HOUSEHOLDS
        if not self.page.may(list_funds):
            hidden |= {"/fund-scenario"}
        return [tab for tab in TABS if tab[0] not in hidden]


async def place_of(page: Page, code: str, tail: str = "") -> Place | Elsewhere:
    """Return the unit; without a day, the address with the last day on which there was one."""
    units = await page.tree()
    try:
        unit = units.on(code, page.on)
    except AreaNotInForce as error:
        if page.as_of is not None:
            raise
        return Elsewhere(page.to(path_of(code) + tail, as_of=error.nearest_day))
    return Place(page, units, unit, _below(units, unit, page))


def _below(units: AreaTree, unit: Unit, page: Page) -> Level | None:
    children = {child.level for child in units.children(unit, page.on)}
    return next((level for level in _BELOW[unit.level] if level in children), None)
