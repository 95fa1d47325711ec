"""The yearly round of reviews of a place: how far each unit is, and who is still to be reviewed."""

from __future__ import annotations

from collections.abc import Sequence

from services.api.areas.review_rounds import (
    FIRST_YEAR,
    LAST_YEAR,
    ReviewRound,
    RoundProgress,
    get_review_round,
    list_review_round_households,
)
from services.api.page.drawing.bars import Part, rows, stacked
from services.api.page.drawing.svg import Drawing
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import Elsewhere, View, Views
from services.api.page.views.behind import CAPTION, CURSOR, ID, behind, household_cell
from services.api.page.views.crumbs import path_of
from services.api.page.views.unit import Place, place_of
from services.api.page.words import PLACE, ROWS
from shared.households.recognised import Basis
from shared.households.review_round import State
from shared.http import parameters
from shared.kernel.texts import Text

views = Views()

BARS_MAX = 30
STATES = {
    "decided": Text("Decided in time", "Công nhận đúng hạn"),
    "late": Text("Decided late", "Công nhận muộn"),
    "undecided": Text("No decision yet", "Chưa có quyết định"),
    "open": Text("Not reviewed", "Chưa rà soát"),
    "ended": Text("Ended", "Không còn"),
}
# The colours that pictures have for statuses, here from done to open.
_KINDS = {
    "decided": "non_poor",
    "late": "near_poor",
    "undecided": "recently_exited",
    "open": "neutral",
    "ended": "closed",
}
_ROUND = {
    "year": parameters.whole("The year in which it begins.", FIRST_YEAR, LAST_YEAR),
    "basis": parameters.choice(Basis, "Whose lists; by default by the figures."),
}


@views.view("/places/{code}/review-round", _ROUND)
async def review_round(page: Page, code: str) -> View | Elsewhere:
    """Show how far the reviews are, the unit that is furthest behind first."""
    here = await place_of(page, code, "/review-round")
    if isinstance(here, Elsewhere):
        return here
    asked = _asked(page)
    progress = await page.put(get_review_round, code=code, as_of=page.on, **asked)
    content = {**here.head(), "progress": progress}
    tables = [_table(here, progress)]
    drawings = [_total(page, progress.total), *_units(page, progress.units)]
    return View("review_round.html", here.name, content, tables, drawings, private=True)


def _asked(page: Page) -> dict[str, object]:
    return {"year": page.values["year"] or page.on.year, "basis": page.values["basis"]}


def _table(here: Place, progress: ReviewRound) -> Table:
    columns = [
        Column("area", PLACE),
        Column("to_review", Text("To review", "Phải rà soát"), "number"),
        *(Column(name, head, "number") for name, head in STATES.items()),
        Column("done_percent", Text("Done", "Đã xong"), "percent"),
        Column("others_reviewed", Text("Others reviewed", "Hộ khác được rà soát"), "number"),
    ]
    units = [_row(here, progress, row) for row in progress.units]
    total = _row(here, progress, progress.total)
    total[0] = Cell("total", text=here.page.say(ROWS["total"]))
    caption = Text("Units below, furthest behind first", "Các đơn vị bên dưới, chậm nhất trước")
    return Table("round", caption, columns, units, [total], sortable=True)


def _row(here: Place, progress: ReviewRound, row: RoundProgress) -> list[Cell]:
    page, path = here.page, f"{path_of(row.code)}/review-round"
    asked = {"year": progress.year, "basis": progress.basis}
    cells = [
        Cell(page.unit(here.units.on(row.code, page.on)), page.to(path, **asked)),
        Cell(row.to_review),
    ]
    for state in STATES:
        households = getattr(row, state)
        link = page.to(f"{path}/households", state=state, **asked) if households else None
        cells.append(Cell(households, link))
    return [*cells, Cell(row.done and row.done.percent), Cell(row.others_reviewed)]


def _total(page: Page, total: RoundProgress) -> Drawing:
    parts = [
        Part(_KINDS[state], page.say(text), number := getattr(total, state), page.number(number))
        for state, text in STATES.items()
    ]
    summary = "; ".join(f"{part.name}: {part.written}" for part in parts)
    caption = page.t("Các hộ phải rà soát", "Households that are to be reviewed")
    return stacked("states", caption, summary, parts)


def _units(page: Page, units: Sequence[RoundProgress]) -> list[Drawing]:
    bars = [
        Part("non_poor", row.name, row.done.percent, page.percent(row.done.percent))
        for row in units[:BARS_MAX]
        if row.done is not None
    ]
    if not bars:
        return []
    caption = page.t("Đã rà soát, chậm nhất trước", "Reviewed, furthest behind first")
    summary = f"{bars[0].name}: {bars[0].written}; {bars[-1].name}: {bars[-1].written}"
    return [rows("done", caption, summary, bars, name_width=150, most=100)]


_BEHIND = {
    **_ROUND,
    "state": parameters.choice(State, "How far they are.").but(default="open"),
    "cursor": CURSOR,
}


@views.view("/places/{code}/review-round/households", _BEHIND)
async def review_round_households(page: Page, code: str) -> View | Elsewhere:
    """Show the households of a round in one state."""
    here = await place_of(page, code, "/review-round/households")
    if isinstance(here, Elsewhere):
        return here
    asked, state = _asked(page), page.values["state"]
    given = {**asked, "state": state, "cursor": page.values["cursor"]}
    answer = await page.put(list_review_round_households, code=code, as_of=page.on, **given)
    lines = [
        [
            household_cell(page, each.household_id),
            Cell(
                each.area_code,
                text=each.area_code and page.unit(here.units.on(each.area_code, page.on)),
            ),
        ]
        for each in answer.items
    ]
    table = Table("households", CAPTION, (ID, Column("area_code", PLACE)), lines)
    title = f"{page.say(STATES[state])} · {asked['year']}"
    back = page.to(f"{here.path}/review-round", **asked)
    return behind(here, title, back, table, answer.next_cursor)
