"""Lists that come with a chairman's decision: whom it put on a list, or took off both.

Law: `papers` of `seeds/policy/register_checks.yaml`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace
from starlette.responses import Response

from services.api.access.signing import signature_of
from services.api.areas.areas import Code
from services.api.areas.statistics import AreaName
from services.api.areas.year_end import Official
from services.api.households.names import named_members
from services.api.print.answers import (
    PAGES,
    PDF_SHOWN,
    InLanguage,
    Signed,
    own_address,
    printed_file,
)
from services.api.print.form import Document, Form, Head
from services.api.print.pages import pages
from services.api.print.paper import PDF
from services.api.words import unit_on
from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.reach import within
from shared.households.recognised import Basis
from shared.households.store import decisions
from shared.households.store.year_end import Register
from shared.http import parameters
from shared.http.ask import Ask, Known, encode
from shared.http.operations import Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA
from shared.kernel.texts import Text, day
from shared.law.standards import ListName, Status
from shared.law.store.seeds import REGISTER_CHECKS

routes = Routes("areas")

ListKind = Literal[ListName, "exit"]
Year = Annotated[int, parameters.whole("The year in which the decision takes effect.", 2011, 2098)]
DecisionNo = Annotated[str, parameters.text("Number of the decision, as reviews state it.")]
Which = Annotated[
    ListKind,
    parameters.choice(ListKind, "Whom it put on a list, or (`exit`) took off both."),
]


class ListedByDecision(Struct, frozen=True):
    """A household of the list."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    area_code: Annotated[str | None, Meta(description="Code of the unit in force on the day.")]
    decided_on: Annotated[date, Meta(description="The day from which it holds.")]
    status: Annotated[Status | None, Meta(description="Its class from that day on.")]
    before: Annotated[Status | None, Meta(description="Its class the day before; null: none.")]
    ethnic_group: Annotated[str | None, Meta(description="As last reported; null: never was.")]
    household_size: Annotated[int | None, Meta(description="Persons, as the review says.")]


class DecisionList(Struct, frozen=True):
    """The list of a decision."""

    area: Annotated[AreaName, Meta(description="The unit.")]
    decision_no: Annotated[str, Meta(description="Number of the decision.")]
    year: Annotated[int, Meta(description="The year in which it takes effect.")]
    list: Annotated[ListKind, Meta(description="Whom it lists.")]
    basis: Annotated[Basis, Meta(description="By figures, or by what was recognised.")]
    title_en: Annotated[str, Meta(description="Its title in English.")]
    title_vi: Annotated[str, Meta(description="Its title in Vietnamese.")]
    form: Annotated[str | None, Meta(description="Number of its form; null: none was found.")]
    households: Annotated[Sequence[ListedByDecision], Meta(description="Households by id.")]
    legal_basis: Annotated[tuple[str, ...], Meta(description="The acts that it rests on.")]
    digest: Annotated[str, Meta(description="SHA-256 of the list without this field, as JSON.")]


@routes.get(
    "/v1/areas/{code}/decision-list",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=Signed,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE],
    private=True,
)
async def get_decision_list(
    ask: Ask,
    code: Code,
    decision_no: DecisionNo,
    year: Year,
    list_: Which,
    basis: Official = "recognised",
) -> DecisionList:
    """List of a decision.

    The households that reviews with this number put on a list, or took off both, in a year: numbers
    repeat from year to year, and from commune to commune. A number that no review states has an
    empty list.
    """
    return await _list(ask, code, decision_no, year, list_, basis)


@routes.get(
    "/v1/areas/{code}/decision-list.pdf",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=Known,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE],
    answers=PAGES,
    shown=PDF_SHOWN,
    private=True,
)
async def get_decision_list_pages(
    ask: Ask,
    code: Code,
    decision_no: DecisionNo,
    year: Year,
    list_: Which,
    basis: Official = "recognised",
    lang: InLanguage = "vi",
) -> Response:
    """List of a decision as pages.

    The same to be signed and posted, with the names of heads; shortened without `persons:read`.
    Names are as they are today and no part of the digest, for they can be erased.
    """
    told = await _list(ask, code, decision_no, year, list_, basis)
    heads = await _heads(ask, [each.household_id for each in told.households], told.year)
    document = Document(
        place=f"{told.area.name} ({told.area.code})",
        told=Text("By decision no. {no} of {year}", "Theo Quyết định số {no} năm {year}").filled(
            no=decision_no, year=year
        ),
        forms=[_form(told, heads)],
        digest=told.digest,
        settled=ask.settled,
        signature=ask.signature,
        address=own_address(ask),
    )
    content = await asyncio.to_thread(pages, document, lang)
    return printed_file(content, PDF, f"decision-{code}-{year}-{list_}.pdf")


async def _list(
    ask: Ask, code: str, decision_no: str, year: int, kind: ListKind, basis: Basis
) -> DecisionList:
    tree, last = await ask.tree(), date(year, 12, 31)
    unit = tree.on(code, last)
    register = Register(within(tree, ask.caller.area, unit, last), basis, ask.known_at)
    async with ask.snapshot() as snapshot:
        rows = await decisions.of_decision(snapshot, register, decision_no, year, kind)
        checks = await ask.context.seeds.read(snapshot, REGISTER_CHECKS, ask.known_at)
    paper = checks.papers[f"{kind}_list"]
    units = {row.area_id: unit_on(tree, row.area_id, row.decided_on) for row in rows}
    told = DecisionList(
        area=AreaName.of(unit),
        decision_no=decision_no,
        year=year,
        list=kind,
        basis=basis,
        title_en=paper.en,
        title_vi=paper.vi,
        form=paper.form,
        households=[
            ListedByDecision(
                row.household_id,
                None if (place := units[row.area_id]) is None else place.code,
                row.decided_on,
                row.status,
                row.before,
                row.ethnic_group,
                row.household_size,
            )
            for row in rows
        ],
        legal_basis=paper.legal_basis,
        digest="",
    )
    told = replace(told, digest=sha256(encode(told)).hexdigest())
    about = {"area": code, "decision_no": decision_no, "year": year, "list": kind, "basis": basis}
    ask.signature = await signature_of(ask, "decision_list", about, told.digest)
    return told


async def _heads(ask: Ask, households: Sequence[str], year: int) -> dict[str, str | None]:
    """Return the name of the first member of each, who is the head if one is named so."""
    async with ask.context.database.snapshot() as snapshot:
        checks = await ask.context.seeds.read(snapshot, REGISTER_CHECKS, ask.known_at)
        named = await named_members(ask, snapshot, households, date(year, 12, 31), checks)
    return {household: members[0].name for household, members in named.items()}


def _form(told: DecisionList, heads: dict[str, str | None]) -> Form:
    columns = (
        Text("No.", "TT"),
        Text("Household id", "Mã hộ"),
        Text("Head", "Chủ hộ"),
        Text("Ethnic group", "Dân tộc"),
        Text("Persons", "Số nhân khẩu"),
        Text("Unit", "Đơn vị"),
        Text("From", "Từ ngày"),
    )
    rows = [
        (
            number,
            each.household_id,
            heads.get(each.household_id) or "",
            each.ethnic_group or "",
            each.household_size,
            each.area_code or "",
            day(each.decided_on),
        )
        for number, each in enumerate(told.households, start=1)
    ]
    title = Text(told.title_en, told.title_vi)
    form = [told.form] if told.form else []
    return Form(title, title, [Head(c) for c in columns], rows, (), [*form, *told.legal_basis])
