"""Somebody's own lines over today's households; nothing is stored."""

from __future__ import annotations

from services.api.areas.what_if import StandardWhatIf, ask_what_if
from services.api.page.site import Page
from services.api.page.view import Elsewhere, View, Views
from services.api.page.views.changeover import board_table, drawing
from services.api.page.views.unit import place_of
from shared.households.recognised import Basis
from shared.http import parameters

views = Views()

VND_MAX = 10**12
INDICATORS_MAX = 12
_LINES = {
    "rural_income_at_most": parameters.whole("Income of the rural poor at most.", 0, VND_MAX),
    "urban_income_at_most": parameters.whole("The same in town.", 0, VND_MAX),
    "deprived_at_least": parameters.whole("Services that the poor lack.", 0, INDICATORS_MAX),
}
_OPTIONAL = {
    "near_poor_rural_income_at_most": parameters.whole("Of the rural near-poor.", 0, VND_MAX),
    "near_poor_urban_income_at_most": parameters.whole("The same in town.", 0, VND_MAX),
    "basis": parameters.choice(Basis, "Whose class is that of today.").but(default="computed"),
}


@views.view("/places/{code}/what-if", {**_LINES, **_OPTIONAL})
async def what_if(page: Page, code: str) -> View | Elsewhere:
    """Show what would become of a place's households; without lines, the form that asks."""
    here = await place_of(page, code, "/what-if")
    if isinstance(here, Elsewhere):
        return here
    asked = {n: page.values[n] for n in {**_LINES, **_OPTIONAL} if page.values[n] is not None}
    content = {**here.head(), "asked": asked, "outcome": None}
    if not asked.keys() >= _LINES.keys():
        return View("what_if.html", here.name, content, private=True)
    clocks = {"as_of": page.on, "known_at": page.known_at}
    outcome = await page.post(ask_what_if, StandardWhatIf, {"area": code, **asked, **clocks})
    page.settled_at = outcome.settled_at
    tables = [board_table(here, outcome.rows, None)]
    drawings = [drawing(page, outcome.rows[-1], page.t("nếu", "what if"))]
    content["outcome"] = outcome
    return View("what_if.html", here.name, content, tables, drawings, private=True)
