"""The households behind a number of a board or a book, by id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import View
from services.api.page.views.households import path_of_household
from services.api.page.views.unit import Place
from shared.http import parameters
from shared.kernel.texts import Text

CURSOR = parameters.text("Where the page before ended.", parameters.CURSOR_MAX)
CAPTION = Text("Households behind the number", "Các hộ của con số này")
ID = Column("household_id", Text("Household", "Mã hộ"))


class Named(Protocol):
    """What has the id of a household."""

    @property
    def household_id(self) -> str:
        """Return it."""
        ...


def household_cell(page: Page, household_id: str) -> Cell:
    """Return a cell that leads to a household."""
    return Cell(household_id, page.to(path_of_household(household_id)))


def only_ids(page: Page, households: Sequence[Named]) -> Table:
    """Return households of which nothing but the id was answered."""
    rows = [[household_cell(page, each.household_id)] for each in households]
    return Table("households", CAPTION, [ID], rows)


def behind(here: Place, title: str, back: str, table: Table, cursor: str | None) -> View:
    """Show households, with the way back to the number and on to the next page."""
    page = here.page
    following = cursor and page.here(cursor=cursor)
    content = {**here.head(), "behind": title, "back": back, "following": following}
    return View("behind.html", here.name, content, [table] if table.rows else [], private=True)
