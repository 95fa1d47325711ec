"""A place as it was known then against what is known now: what corrections have changed."""

from __future__ import annotations

from services.api.areas.statistics import AreaStatistics, get_statistics
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import Elsewhere, View, Views
from services.api.page.views.unit import place_of
from services.api.page.words import ALL, STATUSES
from shared.households.statistics import STATUSES as HELD
from shared.kernel.texts import Text

views = Views()


@views.view("/places/{code}/knowledge")
async def knowledge(page: Page, code: str) -> View | Elsewhere:
    """Show the same day by two states of knowledge."""
    here = await place_of(page, code, "/knowledge")
    if isinstance(here, Elsewhere):
        return here
    tables = []
    if page.known_at is not None:
        then = await page.put(get_statistics, code=code, as_of=page.on)
        now = await page.put(get_statistics, code=code, as_of=page.on, known_at=None)
        tables = [_table(then, now)]
    return View("knowledge.html", here.name, here.head(), tables)


def _numbers(counted: AreaStatistics) -> dict[str, int | None]:
    numbers: dict[str, int | None] = {name: getattr(counted.counts, name) for name in HELD}
    return numbers | {
        "unregistered": counted.unregistered,
        "total": counted.households_total,
    }


def _table(then: AreaStatistics, now: AreaStatistics) -> Table:
    columns = (
        Column("status", Text("Status", "Tình trạng"), words=STATUSES | {"total": ALL}),
        Column("then", Text("Known then", "Biết lúc đó"), "number"),
        Column("now", Text("Known now", "Biết bây giờ"), "number"),
        Column("difference", Text("Difference", "Chênh lệch"), "signed"),
    )
    before, after = _numbers(then), _numbers(now)
    lines = []
    for name, number in before.items():
        later = after[name]
        difference = None if number is None or later is None else later - number
        lines.append([Cell(name, swatch=name), Cell(number), Cell(later), Cell(difference)])
    return Table("knowledge", Text("Then and now", "Lúc đó và bây giờ"), columns, lines)
