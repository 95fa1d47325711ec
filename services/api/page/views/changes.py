"""What changed: the published transitions of a place's households between two days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from services.api.households.feed import list_transitions
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import View, Views
from services.api.page.views.households import path_of_household
from services.api.page.words import NAMES
from shared.households.transitions import MovementKind
from shared.http import parameters
from shared.http.feed_items import FeedTransition
from shared.kernel.texts import Text

views = Views()

ROWS = 200
DAYS_BACK = 366
KINDS = {
    "left": Text("left", "thoát"),
    "relapsed": Text("relapsed", "tái nghèo"),
    "newly_arisen": Text("newly arisen", "phát sinh mới"),
}
_PARAMETERS = {
    "area": parameters.text("Only households that lived in this unit."),
    "from_date": parameters.day("Only changes on this day or later."),
    "to_date": parameters.day("Only changes on this day or earlier."),
    "kind": parameters.choice(MovementKind, "Only changes with a movement of this kind."),
    "cursor": parameters.text("Where the page before ended.", 1000),
}


@views.view("/changes", _PARAMETERS)
async def changes(page: Page) -> View:
    """Show transitions in the order in which they were committed."""
    to_date: date = page.values["to_date"] or page.on
    from_date: date = page.values["from_date"] or to_date - timedelta(days=DAYS_BACK)
    given = {name: page.values[name] for name in ("area", "kind", "cursor")}
    answer = await page.put(
        list_transitions, from_date=from_date, to_date=to_date, limit=ROWS, **given
    )
    lines = [_line(page, each) for each in answer.items if isinstance(each, FeedTransition)]
    full = len(answer.items) == ROWS
    content = {
        **given,
        "from_date": from_date,
        "to_date": to_date,
        "kinds": KINDS,
        "retracted": len(answer.items) - len(lines),
        "following": page.here(cursor=answer.next_cursor) if full else None,
    }
    title = page.t("Thay đổi tình trạng của các hộ", "Changes of households")
    tables = [Table("changes", Text("Changes", "Các thay đổi"), _COLUMNS, lines)] if lines else []
    return View("changes.html", title, content, tables, private=True)


_COLUMNS = (
    Column("household_id", Text("Household", "Mã hộ")),
    Column("on", Text("On", "Ngày"), "day"),
    Column("from", Text("From", "Từ"), words=NAMES),
    Column("to", Text("To", "Sang"), words=NAMES),
    Column("movements", Text("Movement", "Biến động")),
    Column("recorded_at", Text("Published at", "Công bố lúc"), "instant"),
)


def _line(page: Page, each: FeedTransition) -> list[Cell]:
    return [
        Cell(each.household_id, page.to(path_of_household(each.household_id))),
        Cell(each.on),
        Cell(each.from_),
        Cell(each.to, swatch=each.to),
        Cell(", ".join(_movement(page, movement) for movement in each.movements)),
        Cell(each.recorded_at),
    ]


def _movement(page: Page, movement: Any) -> str:
    return f"{page.say(KINDS[movement.kind])}: {page.say(NAMES[movement.list]).lower()}"
