"""The households of a place, and where one of them has its page."""

from __future__ import annotations

from services.api.households.status import list_households
from services.api.page.addresses import segment
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import Elsewhere, View, Views
from services.api.page.views.unit import place_of
from services.api.page.words import NAMES, PLACE
from shared.http import parameters
from shared.kernel.texts import Text
from shared.law.standards import Status

views = Views()

ROWS = 100


def path_of_household(household_id: str) -> str:
    """Return the path of a household's page."""
    return f"/households/{segment(household_id)}"


_LISTED = {
    "status": parameters.choice(Status, "Only households with this status."),
    "not_reviewed_since": parameters.day("Only those not reviewed since this day."),
    "q": parameters.text("Beginning of the household's id."),
    "cursor": parameters.text("Where the page before ended.", 1000),
}


@views.view("/places/{code}/households", _LISTED)
async def households(page: Page, code: str) -> View | Elsewhere:
    """Show the households that live in a place, by id."""
    here = await place_of(page, code, "/households")
    if isinstance(here, Elsewhere):
        return here
    given = {name: page.values[name] for name in _LISTED}
    answer = await page.put(list_households, area=code, as_of=page.on, limit=ROWS, **given)
    lines = []
    for each in answer.items:
        unit = None if each.area_code is None else here.units.on(each.area_code, page.on)
        lines.append(
            [
                Cell(each.household_id, page.to(path_of_household(each.household_id))),
                Cell(each.status, swatch=each.status),
                Cell(each.since),
                Cell(each.area_code, text=None if unit is None else page.unit(unit)),
                Cell(each.reviewed_on),
                Cell(each.standard),
            ]
        )
    following = answer.next_cursor and page.here(cursor=answer.next_cursor)
    content = {**here.head(), "given": given, "following": following}
    table = Table("households", Text("Households", "Danh sách hộ"), _COLUMNS, lines)
    return View("households.html", here.name, content, [table], private=True)


_COLUMNS = (
    Column("household_id", Text("Household", "Mã hộ")),
    Column("status", Text("Status", "Tình trạng"), words=NAMES),
    Column("since", Text("Since", "Từ ngày"), "day"),
    Column("area_code", PLACE),
    Column("reviewed_on", Text("Last review in force", "Lần rà soát đang áp dụng"), "day"),
    Column("standard", Text("Standard", "Chuẩn nghèo")),
)
