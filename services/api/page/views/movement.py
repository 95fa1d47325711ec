"""The movement of both lists in the form that districts report it, and of the units below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import UNSET

from services.api.areas.movement import ListMovement, get_movement
from services.api.page.drawing.svg import Drawing
from services.api.page.drawing.waterfall import Step, waterfall
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import Elsewhere, View, Views
from services.api.page.views.crumbs import path_of
from services.api.page.views.flows import flows_of
from services.api.page.views.unit import Place, place_of
from services.api.page.words import PLACE, STATUSES
from shared.areas.tree import Unit
from shared.http import parameters
from shared.kernel.texts import Text
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
_PARAMETERS = {
    "from_date": parameters.day("The start is counted at the end of this day."),
    "to_date": parameters.day("The end is counted at the end of this day."),
    "list": parameters.choice(ListName, "The list of which the units below are shown."),
}


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
    ways, sankey = await flows_of(here, period)
    tables = [_form(page, flows), *ways, *([_ranked(page, below)] if below else [])]
    worst = max(below, key=lambda each: each[1].relapsed or 0, default=None)
    content = {
        **here.head(),
        "years": here.years(),
        **period,
        "flows": flows,
        "list": name,
        "worst": worst,
    }
    return View(
        "movement.html",
        here.name,
        content,
        tables,
        [*(_drawing(page, f) for f in flows if f.withheld is UNSET), *sankey],
    )


async def _below(
    here: Place, name: str, period: dict[str, date]
) -> Sequence[tuple[Unit, ListMovement]]:
    """Return the movement of each unit below, the most relapses first."""
    if here.below is None:
        return []
    units = [*here.units.below(here.unit, here.below, period["to_date"])][:BELOW_MAX]
    flows = [
        (unit, await here.page.put(get_movement, code=unit.code, list_=name, **period))
        for unit in units
    ]
    return sorted(flows, key=lambda each: (-(each[1].relapsed or 0), each[0].code))


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


def _ranked(page: Page, below: Sequence[tuple[Unit, ListMovement]]) -> Table:
    lines = [
        [Cell(page.unit(unit), page.to(f"{path_of(unit.code)}/movement")), *_numbers(flows)]
        for unit, flows in below
    ]
    caption = Text(
        "Units below, the most relapses first", "Các đơn vị bên dưới, tái nghèo nhiều nhất trước"
    )
    return Table("below", caption, _columns(Column("area", PLACE)), lines, sortable=True)


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
