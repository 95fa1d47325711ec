"""Where a unit stands: the units above it on its own map, and its territory on the other one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.api.page.addresses import segment
from services.api.page.site import Page
from shared.areas.tree import UNASSIGNED, AreaTree, Unit

# A district of the old map may have gone to dozens of communes.
HEIRS_MAX = 24


@dataclass(frozen=True, slots=True)
class Link:
    """A name and where it leads; None: it is what is shown."""

    name: str
    href: str | None


@dataclass(frozen=True)
class Standing:
    """A unit among others; `day` is when the other map is looked at."""

    above: Sequence[Link]
    day: date | None
    elsewhere: Sequence[Link]
    more: int
    came_from: bool


def path_of(code: str) -> str:
    """Return the path of a unit's page."""
    return f"/places/{segment(code)}"


def chain(page: Page, units: AreaTree, code: str) -> list[Link]:
    """Return links to the country and down to a unit on the page's day."""
    upwards = [units.on(code, page.on)]
    while (above := units.parent(upwards[-1])) is not None:
        upwards.append(above)
    return [Link(page.unit(unit), page.to(path_of(unit.code))) for unit in reversed(upwards)]


def standing(page: Page, units: AreaTree, unit: Unit) -> Standing:
    """Return where a unit stands on both maps."""
    links = [*chain(page, units, unit.code)[:-1], Link(page.unit(unit), None)]
    codes, day, came_from = _other_map(units, unit)
    elsewhere = [] if day is None else [_link(page, units.on(c, day), day) for c in codes]
    shown = elsewhere[:HEIRS_MAX]
    return Standing(links, day if codes else None, shown, len(elsewhere) - len(shown), came_from)


def _other_map(units: AreaTree, unit: Unit) -> tuple[Sequence[str], date | None, bool]:
    if unit.valid_to is not None:
        codes = [c for c in units.successor_codes(unit) if not c.endswith(UNASSIGNED)]
        return codes, unit.valid_to, False
    return units.predecessor_codes(unit), unit.valid_from - timedelta(days=1), True


def _link(page: Page, unit: Unit, day: date) -> Link:
    return Link(page.unit(unit), page.to(path_of(unit.code), as_of=day))
