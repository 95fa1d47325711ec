"""The movement of both lists in the form that districts report it, and of the units below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from msgspec import UNSET

from services.api.areas.movement import ListMovement, get_movement
from services.api.page.drawing.svg import Drawing
from services.api.page.drawing.waterfall import Step, waterfall
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import Elsewhere, View, Views
from services.api.page.views.below import children_of
from services.api.page.views.crumbs import path_of
from services.api.page.views.flows import flows_of
from services.api.page.views.unit import Place, place_of
from services.api.page.words import HOUSEHOLDS, PLACE, STATUSES
from shared.areas.tree import Unit
from shared.http import parameters
from shared.kernel.texts import Text
from shared.law.percent import rate
from shared.law.standards import LISTS, ListName

views = Views()

# Each unit below is a question of its own; a page of more would keep its reader waiting.
BELOW_MAX = 150
# The form's columns in its order: field of the api's answer, head, and sign in the sum.
FLOWS = (
    ("left", Text("Left", "Thoát nghèo"), -1),
    ("relapsed", Text("Relapsed", "Tái nghèo"), 1),
    ("newly_arisen", Text("Newly arisen", "Phát sinh mới"), 1),
    ("moved_in", Text("Moved in", "Chuyển đến"), 1),
    ("moved_out", Text("Moved out", "Chuyển đi"), -1),
    ("closed", Text("Closed", "Kết thúc"), -1),
)
Rank = Literal["relapsed", "rate"]
_PARAMETERS = {
    "from_date": parameters.day("The start is counted at the end of this day."),
    "to_date": parameters.day("The end is counted at the end of this day."),
    "list": parameters.choice(ListName, "The list of which the units below are shown."),
    "rank": parameters.choice(Rank, "What the units below are ranked by."),
}


@dataclass(frozen=True, slots=True)
class Below:
    """A unit below with its movement, and all households there at the end of the period."""

    unit: Unit
    flows: ListMovement
    total: int | None

    @property
    def relapsed(self) -> int:
        """Return how many came back; 0 where it is withheld."""
        return self.flows.relapsed or 0

    @property
    def share(self) -> float:
        """Return what part of all households came back; 0 where it is not known."""
        return self.relapsed / self.total if self.total else 0.0

    @property
    def percent(self) -> float | None:
        """Return the same as the year-end book writes it."""
        returned = self.flows.relapsed
        share = None if returned is None else rate(returned, self.total)
        return None if share is None else share.percent


def _by_count(each: Below) -> tuple[float, float, str]:
    return -each.relapsed, -each.share, each.unit.code


def _by_rate(each: Below) -> tuple[float, float, str]:
    return -each.share, -each.relapsed, each.unit.code


@views.view("/places/{code}/movement", _PARAMETERS)
async def movement(page: Page, code: str) -> View | Elsewhere:
    """Show what happened to both lists between two days."""
    to_date: date = page.values["to_date"] or page.on
    from_date: date = page.values["from_date"] or date(to_date.year - 1, 12, 31)
    page.as_of = to_date
    here = await place_of(page, code, "/movement")
    if isinstance(here, Elsewhere):
        return here
    period = {"from_date": from_date, "to_date": to_date}
    flows = [await page.put(get_movement, code=code, list_=name, **period) for name in LISTS]
    name = page.values["list"] or LISTS[0]
    below = await _below(here, name, period)
    rated = any(each.total for each in below)
    order = page.values["rank"] or "relapsed"
    below.sort(key=_by_rate if order == "rate" else _by_count)
    ways, sankey = await flows_of(here, period)
    tables = [_form(page, flows), *ways, *([_ranked(page, below)] if below else [])]
    content = {
        **here.head(),
        "years": here.years(),
        **period,
        "flows": flows,
        "list": name,
        "below": below,
        "worst": min(below, key=_by_count, default=None),
        "highest": min(below, key=_by_rate, default=None) if rated else None,
        "order": order,
    }
    return View(
        "movement.html",
        here.name,
        content,
        tables,
        [*(_drawing(page, f) for f in flows if f.withheld is UNSET), *sankey],
    )


async def _below(here: Place, name: ListName, period: dict[str, date]) -> list[Below]:
    """Return the movement of each unit below beside all of its households."""
    if here.below is None:
        return []
    units = [*here.units.below(here.unit, here.below, period["to_date"])][:BELOW_MAX]
    flows = [
        (unit, await here.page.put(get_movement, code=unit.code, list_=name, **period))
        for unit in units
    ]
    totals = {
        child.area.code: child.statistics.households_total for child in await children_of(here)
    }
    return [Below(unit, moved, totals.get(unit.code)) for unit, moved in flows]


def _columns(first: Column) -> list[Column]:
    return [
        first,
        Column("start", Text("Start", "Đầu kỳ"), "number"),
        *(Column(field, head, "number") for field, head, _ in FLOWS),
        Column("end", Text("End", "Cuối kỳ"), "number"),
    ]


def _numbers(flows: ListMovement) -> list[Cell]:
    fields = ("start", *(field for field, _, _ in FLOWS), "end")
    return [Cell(getattr(flows, field)) for field in fields]


def _form(page: Page, flows: Sequence[ListMovement]) -> Table:
    """Return the form: a row for each list."""
    columns = _columns(Column("list", Text("List", "Danh sách"), words=STATUSES))
    caption = Text("Movement of both lists", "Biến động hộ nghèo, hộ cận nghèo")
    return Table(
        "movement", caption, columns, [[Cell(f.list, swatch=f.list), *_numbers(f)] for f in flows]
    )


def _ranked(page: Page, below: Sequence[Below]) -> Table:
    head, *columns = _columns(Column("area", PLACE))
    behind = 1 + [column.name for column in columns].index("relapsed")
    share = Column("relapsed_percent", Text("Relapse rate", "Tỷ lệ tái nghèo"), "percent")
    columns.insert(behind, share)
    columns.append(Column("households_total", HOUSEHOLDS, "number"))
    lines = []
    for each in below:
        numbers = _numbers(each.flows)
        numbers.insert(behind, Cell(each.percent))
        link = page.to(f"{path_of(each.unit.code)}/movement")
        lines.append([Cell(page.unit(each.unit), link), *numbers, Cell(each.total)])
    caption = Text("Units below", "Các đơn vị bên dưới")
    return Table("below", caption, [head, *columns], lines, sortable=True)


def _drawing(page: Page, flows: ListMovement) -> Drawing:
    """Draw the sum that always holds: the start, each flow, the end."""
    name = page.say(STATUSES[flows.list])
    start, end = flows.start or 0, flows.end or 0
    steps = [Step(flows.list, page.t("Đầu kỳ", "Start"), start, page.number(start), True)]
    for field, head, sign in FLOWS:
        value = sign * getattr(flows, field)
        if value:
            kind = "recently_exited" if value < 0 else "near_poor"
            steps.append(Step(kind, page.say(head), value, page.signed(value)))
    steps.append(Step(flows.list, page.t("Cuối kỳ", "End"), end, page.number(end), True))
    summary = ", ".join(f"{step.name} {step.written}" for step in steps)
    return waterfall(f"flow-{flows.list}", name, summary, steps)
