"""A certificate of a household as a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime

from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer, Table, TableStyle

from services.api.households.certificate import Certificate
from services.api.print.paper import (
    MARGIN,
    MIDDLE,
    UNSIGNED,
    Paper,
    escaped,
    official_head,
    signing_place,
    style,
)
from shared.kernel.texts import Text, day, instant

_COMMITTEE = Text("PEOPLE'S COMMITTEE", "ỦY BAN NHÂN DÂN")
_HEADS = (Text("No.", "TT"), Text("Name", "Họ và tên"), Text("Relation", "Quan hệ với chủ hộ"))
_BORN = Text("Born in", "Năm sinh")
_NOT_NAMED = Text("not stated", "không nêu")
_STAMP = Text(
    "On {day}, known at {at}; digest {digest}", "Ngày {day}, dữ liệu đến {at}; mã kiểm {digest}"
)


def certificate_page(
    paper: Certificate,
    called: Text,
    on: date,
    settled: datetime,
    verified_at: str | None,
    language: str,
) -> bytes:
    """Return the page, the class as the law calls it; what is known alike is the same bytes."""

    def say(text: Text) -> str:
        return str(getattr(text, language))

    stamp = _STAMP.filled(day=day(on), at=instant(settled), digest=paper.digest[:16])
    sheet = Paper(_title(paper, language), escaped(say(stamp)), say(UNSIGNED), verified_at)
    width = sheet.size[0] - 2 * MARGIN
    return sheet.pages(list(_story(paper, _lines(paper, called, on), say, width, language)))


def _title(paper: Certificate, language: str) -> str:
    return paper.title_vi if language == "vi" else paper.title_en


def _story(
    paper: Certificate,
    lines: Iterable[Text],
    say: Callable[[Text], str],
    width: float,
    language: str,
) -> Iterator[Flowable]:
    place = "" if paper.area is None else f" {paper.area.kind} {paper.area.name}".upper()
    yield official_head(f"{say(_COMMITTEE)}{place}", width)
    yield Spacer(1, 12 * mm)
    yield Paragraph(_title(paper, language).upper(), style(16, bold=True, align=MIDDLE))
    if paper.form is not None:
        yield Paragraph(escaped(f"({paper.form})"), style(10, align=MIDDLE))
    yield Spacer(1, 8 * mm)
    for text in lines:
        yield Paragraph(escaped(say(text)), style(12))
        yield Spacer(1, 2 * mm)
    if paper.members:
        yield _members(paper, say, width)
    yield Spacer(1, 4 * mm)
    yield Paragraph(escaped("; ".join(paper.legal_basis)), style(9))
    yield Spacer(1, 12 * mm)
    yield signing_place(width, say, prepared=False)


def _lines(paper: Certificate, called: Text, on: date) -> Iterator[Text]:
    head = next((each.name for each in paper.members if each.name), None)
    yield Text("Household: {head} (id {id})", "Hộ gia đình: {head} (mã hộ {id})").filled(
        head=head or _NOT_NAMED, id=paper.household_id
    )
    yield Text("Ethnic group: {group}", "Dân tộc: {group}").filled(
        group=paper.ethnic_group or _NOT_NAMED
    )
    yield Text("Persons: {size}", "Số nhân khẩu: {size}").filled(
        size=_NOT_NAMED if paper.household_size is None else paper.household_size
    )
    yield Text(
        "On {day} it is a {kind}, since {since}.", "Ngày {day} là {kind}, kể từ ngày {since}."
    ).filled(day=day(on), kind=called, since=day(paper.since))
    yield Text("By decision no. {no}", "Theo Quyết định số {no}").filled(
        no=paper.decision_no or _NOT_NAMED
    )


def _members(paper: Certificate, say: Callable[[Text], str], width: float) -> Table:
    heads = [Paragraph(say(text), style(10, bold=True)) for text in (*_HEADS, _BORN)]
    rows = [
        [
            str(number),
            Paragraph(escaped(each.name or say(_NOT_NAMED)), style(10)),
            Paragraph(escaped(each.relation or ""), style(10)),
            str(each.birth_year or ""),
        ]
        for number, each in enumerate(paper.members, start=1)
    ]
    table = Table([heads, *rows], [width * part for part in (0.08, 0.5, 0.27, 0.15)])
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.4, colors.grey)]))
    return table
