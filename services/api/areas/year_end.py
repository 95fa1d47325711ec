"""The year-end book of an area: both lists in the official form, target groups, indicators."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct
from starlette.responses import Response

from services.api.access.signing import signature_of
from services.api.areas.areas import Code
from services.api.areas.basis import BASIS
from services.api.areas.registers import by_units_below
from services.api.areas.year_end_book import CellName, YearEnd
from services.api.areas.year_end_forms import printed
from services.api.areas.year_end_rows import Book, row_places
from services.api.print.answers import (
    PAGES,
    PDF_SHOWN,
    InLanguage,
    Signed,
    own_address,
    printed_file,
)
from services.api.print.form import Document
from services.api.print.pages import pages
from services.api.print.paper import PDF
from services.api.print.sheets import XLSX, workbook
from services.api.words import NextCursor
from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.reach import on_day, within
from shared.areas.store import facts as area_facts
from shared.areas.tree import AreaTree, Unit
from shared.households.recognised import Basis
from shared.households.statistics import Bases, UnitFact
from shared.households.store import year_end as store
from shared.households.store.year_end import CellPlace, Register
from shared.households.year_end import period_of
from shared.http import parameters
from shared.http.ask import Ask, Known
from shared.http.operations import Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA
from shared.kernel.database import Snapshot
from shared.law.standards import ListName
from shared.law.store.seeds import REGISTER_CHECKS

routes = Routes("areas")

FIRST_YEAR, LAST_YEAR = 2011, 2098
Year = Annotated[
    int, parameters.whole("The year; the area is in force on its last day.", FIRST_YEAR, LAST_YEAR)
]
Official = Annotated[
    Basis,
    BASIS.but(
        default="recognised",
        description="By which class: as decided, as official forms have it, or by the figures.",
    ),
]
_KINDS = {
    "form_left": ("left", "moved_out", "closed"),
    "form_newly_arisen": ("newly_arisen", "moved_in"),
    "start_minority": ("start",),
    "end_minority": ("end",),
}


@routes.get(
    "/v1/areas/{code}/year-end",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=Signed,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE],
)
async def get_year_end(ask: Ask, code: Code, year: Year, basis: Official = "recognised") -> YearEnd:
    """Year-end book of an area.

    Movement of poor and near-poor households in the official form by town, country and unit below;
    target groups, indicators, ethnic groups and causes at the year's end. Each row adds up; what
    the form has no column for stands in the nearest one and in a footnote.
    """
    return await _book(ask, code, year, basis)


@routes.get(
    "/v1/areas/{code}/year-end.xlsx",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=Known,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE],
    answers={XLSX: Annotated[bytes, Meta(description="The workbook.")]},
    shown="UEsDBBQAAAAIAAAA",
)
async def get_year_end_workbook(
    ask: Ask,
    code: Code,
    year: Year,
    basis: Official = "recognised",
    lang: InLanguage = "vi",
) -> Response:
    """Year-end book of an area as a workbook.

    The same as one sheet a form, to print: each page has the digest and both clocks, each number
    leads to the households behind it; a sheet has the signature.
    """
    document = await _printed(ask, code, year, basis)
    content = await asyncio.to_thread(workbook, document, lang)
    return printed_file(content, XLSX, f"year-end-{code}-{year}-{basis}.xlsx")


@routes.get(
    "/v1/areas/{code}/year-end.pdf",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=Known,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE],
    answers=PAGES,
    shown=PDF_SHOWN,
)
async def get_year_end_pages(
    ask: Ask,
    code: Code,
    year: Year,
    basis: Official = "recognised",
    lang: InLanguage = "vi",
) -> Response:
    """Year-end book of an area as pages.

    The same in the official layout, to be signed and filed: each page has the digest, both clocks
    and a code to scan that verifies the signature. What is known alike is the same bytes.
    """
    document = await _printed(ask, code, year, basis)
    content = await asyncio.to_thread(pages, document, lang)
    return printed_file(content, PDF, f"year-end-{code}-{year}-{basis}.pdf")


async def _printed(ask: Ask, code: str, year: int, basis: Basis) -> Document:
    book = await _book(ask, code, year, basis)
    return printed(book, ask.settled, ask.signature, own_address(ask))


async def _book(ask: Ask, code: str, year: int, basis: Basis) -> YearEnd:
    tree, policy = await ask.tree(), await ask.policy()
    period = period_of(policy.standards, year)
    unit = tree.on(code, period[1])
    register = by_units_below(ask, tree, unit, period[1], basis)
    async with ask.snapshot() as snapshot:
        passages = await store.passages(snapshot, register, period)
        counts = await store.counts(snapshot, register, period[1])
        start, end = [await _bases(ask, snapshot, tree, day) for day in period]
        checks = await ask.context.seeds.read(snapshot, REGISTER_CHECKS, ask.known_at)
    rows = row_places(tree, unit, register.communes, start, end, period)
    book = Book(unit, year, basis, period, rows, checks.year_end_basis)
    bound = book.bound(passages, counts, policy, preliminary=period[1] >= ask.known_on)
    about = {"area": code, "year": year, "basis": basis}
    ask.signature = await signature_of(ask, "year_end_book", about, bound.digest)
    return bound


async def _bases(ask: Ask, snapshot: Snapshot, tree: AreaTree, day: date) -> Bases:
    facts = await area_facts.in_force(snapshot, None, day, ask.known_at)
    own = {area_id: UnitFact(f.event_id, f.on, f.payload) for area_id, f in facts.items()}
    return Bases(tree, day, own)


class CellHousehold(Struct, frozen=True):
    """A household behind a cell."""

    household_id: Annotated[str, Meta(description="Id of the household.")]


class CellHouseholds(Struct, frozen=True):
    """A page of the households behind a cell."""

    items: Annotated[list[CellHousehold], Meta(description="Households by id.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/areas/{code}/year-end/households",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=Known,
    cursor=[parameters.short_text],
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE],
    private=True,
)
async def list_year_end_households(
    ask: Ask,
    code: Code,
    year: Year,
    list_: Annotated[ListName, parameters.choice(ListName, "The list that is counted.")],
    cell: Annotated[CellName, parameters.choice(CellName, "The cell of the row.")],
    row: Annotated[
        str,
        parameters.text("The row: `total`, `urban`, `rural`, or the code of a unit below.").but(
            default="total"
        ),
    ] = "total",
    basis: Official = "recognised",
) -> CellHouseholds:
    """Households behind a cell of a year-end book.

    Each once, however often it did what the cell counts. Households that only changed their id
    stand in cells of their own, `renumbered_in` and `renumbered_out`.
    """
    tree, policy, page = await ask.tree(), await ask.policy(), ask.page
    period = period_of(policy.standards, year)
    unit = tree.on(code, period[1])
    communes = within(tree, ask.caller.area, unit, period[1])
    place = _place(tree, unit, communes, row, cell, period[1])
    async with ask.snapshot() as snapshot:
        names = await store.behind(
            snapshot,
            Register(communes, basis, ask.known_at),
            period,
            list_,
            _KINDS.get(cell, (cell,)),
            place,
            page.after[0] if page.after else "",
            page.fetch,
        )
    shown, next_cursor = page.cut(names, lambda name: [name])
    return CellHouseholds([CellHousehold(name) for name in shown], next_cursor)


def _place(
    tree: AreaTree,
    unit: Unit,
    communes: Sequence[int] | None,
    row: str,
    cell: CellName,
    day: date,
) -> CellPlace:
    """Return the row that is named; a unit that does not lie in the area has nobody."""
    minority = cell.endswith("_minority")
    if row in ("total", "urban", "rural"):
        return CellPlace(communes, None if row == "total" else row, minority)
    own = on_day(tree, tree.on(row, day), day)
    inside = own if communes is None or own is None else own & frozenset(communes)
    return CellPlace(None if inside is None else sorted(inside), None, minority)
