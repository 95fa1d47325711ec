"""The units below a place side by side: ranked, and as a map of outlines or points."""

from __future__ import annotations

from collections.abc import Sequence

from services.api.areas.series import ChildStatistics, list_children_statistics
from services.api.page.drawing import points, provinces
from services.api.page.drawing.bars import Part, rows
from services.api.page.drawing.svg import Drawing
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import Elsewhere, View, Views
from services.api.page.views.crumbs import path_of
from services.api.page.views.unit import Place, place_of
from services.api.page.words import CODE, HOUSEHOLDS, PLACE, STATUSES
from shared.areas.tree import UNASSIGNED, Unit
from shared.http.parameters import LIMIT_MAX
from shared.kernel.texts import Text
from shared.law.standards import LISTS

views = Views()

BARS_MAX = 30


@views.view("/places/{code}/below")
async def below(page: Page, code: str) -> View | Elsewhere:
    """Show the units of the next level, those with the highest poverty first."""
    here = await place_of(page, code, "/below")
    if isinstance(here, Elsewhere):
        return here
    children = await children_of(here)
    tables, drawings = [], []
    if children:
        tables = [_table(here, children)]
        drawings = [*_map(here, children), _bars(here, children)]
    outlined = any('class="shape' in drawing.svg for drawing in drawings)
    content = {**here.head(), "children": children, "outlined": outlined}
    return View("below.html", here.name, content, tables, drawings)


async def children_of(here: Place) -> Sequence[ChildStatistics]:
    """Return the units below that have households, by rate of poverty, else by number."""
    if here.below is None:
        return []
    answer = await here.page.put(
        list_children_statistics,
        code=here.unit.code,
        by=here.below,
        as_of=here.page.on,
        limit=LIMIT_MAX,
    )
    held = [
        child
        for child in answer.items
        if child.statistics.registered or not child.area.code.endswith(UNASSIGNED)
    ]
    return sorted(held, key=_rank)


def _rank(child: ChildStatistics) -> tuple[float, int, str]:
    rate = child.statistics.rates.poor
    return -(rate.percent if rate else 0), -(child.statistics.counts.poor or 0), child.area.code


def _table(here: Place, children: Sequence[ChildStatistics]) -> Table:
    columns = [Column("area", PLACE), Column("code", CODE)]
    for name in LISTS:
        columns.append(Column(name, STATUSES[name], "number"))
        columns.append(Column(f"{name}_percent", Text("Rate", "Tỷ lệ"), "percent"))
    columns += [
        Column("recently_exited", STATUSES["recently_exited"], "number"),
        Column("unregistered", STATUSES["unregistered"], "number"),
        Column("households_total", HOUSEHOLDS, "number"),
    ]
    caption = Text("Units below, by poverty rate", "Các đơn vị bên dưới, theo tỷ lệ hộ nghèo")
    lines = [_line(here.page, here, child) for child in children]
    return Table("below", caption, columns, lines, sortable=True)


def _line(page: Page, here: Place, child: ChildStatistics) -> list[Cell]:
    counted = child.statistics
    unit = here.units.on(child.area.code, page.on)
    cells = [Cell(page.unit(unit), page.to(path_of(unit.code))), Cell(unit.code)]
    for name in LISTS:
        rate = getattr(counted.rates, name)
        cells += [Cell(getattr(counted.counts, name)), Cell(None if rate is None else rate.percent)]
    return [
        *cells,
        Cell(counted.counts.recently_exited),
        Cell(counted.unregistered),
        Cell(counted.households_total),
    ]


def _written(page: Page, child: ChildStatistics) -> str:
    rate, poor = child.statistics.rates.poor, page.number(child.statistics.counts.poor)
    if rate is None:
        return f"{poor} {page.say(STATUSES['poor']).lower()}"
    of = page.t("hộ nghèo trong", "poor of")
    return f"{page.percent(rate.percent)} ({poor} {of} {page.number(rate.denominator)})"


def _map(here: Place, children: Sequence[ChildStatistics]) -> list[Drawing]:
    """Draw provinces by their outlines, other units as points where their coordinates are known."""
    page = here.page
    known = [(here.units.on(child.area.code, page.on), child) for child in children]
    placed = [(unit, child) for unit, child in known if unit.latitude is not None]
    if len(placed) < 2:
        return []
    caption, shown = page.t("Bản đồ: số hộ nghèo", "Map: poor households"), _poor
    if _rated(children):
        caption, shown = page.t("Bản đồ: tỷ lệ hộ nghèo", "Map: poverty rate"), _percent
    summary = "; ".join(f"{u.name}: {_written(page, c)}" for u, c in (placed[0], placed[-1]))
    if here.below == "province":
        outlined = [_province(here, unit, child, shown(child)) for unit, child in placed]
        if all(provinces.drawn(each.codes) for each in outlined):
            return [provinces.provinces("map", caption, summary, outlined)]
    dots = [_point(page, unit, child, shown(child)) for unit, child in placed]
    return [points.points("map", caption, summary, dots)]


def _point(page: Page, unit: Unit, child: ChildStatistics, value: float | None) -> points.Place:
    return points.Place(
        unit.name,
        unit.latitude or 0.0,
        unit.longitude or 0.0,
        value,
        _written(page, child),
        child.statistics.households_total or child.statistics.registered or 0,
        page.to(path_of(unit.code)),
    )


def _province(
    here: Place, unit: Unit, child: ChildStatistics, value: float | None
) -> provinces.Province:
    """Return a province as what it was made of; of before the mergers it is its own."""
    page, own = here.page, [unit.code]
    made_of = own if provinces.drawn(own) and unit.valid_to else here.units.predecessor_codes(unit)
    return provinces.Province(
        unit.name,
        made_of or own,
        value,
        _written(page, child),
        page.to(path_of(unit.code)),
    )


def _percent(child: ChildStatistics) -> float | None:
    rate = child.statistics.rates.poor
    return None if rate is None else rate.percent


def _poor(child: ChildStatistics) -> float | None:
    return child.statistics.counts.poor


def _rated(children: Sequence[ChildStatistics]) -> bool:
    """Say whether any rate is known; where none is, numbers are shown in their place."""
    return any(child.statistics.rates.poor for child in children)


def _bars(here: Place, children: Sequence[ChildStatistics]) -> Drawing:
    page = here.page
    rated = all(child.statistics.rates.poor for child in children)
    bars = []
    for child in children[:BARS_MAX]:
        rate, poor = child.statistics.rates.poor, child.statistics.counts.poor
        value = rate.percent if rated and rate else poor or 0
        written = page.percent(rate.percent) if rated and rate else page.number(poor)
        bars.append(Part("poor", child.area.name, value, written))
    caption = page.t("Tỷ lệ hộ nghèo", "Poverty rate")
    if not rated:
        caption = page.t("Số hộ nghèo", "Poor households")
    summary = f"{bars[0].name}: {bars[0].written}; {bars[-1].name}: {bars[-1].written}"
    return rows("ranked", caption, summary, bars, name_width=150)
