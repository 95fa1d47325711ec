"""A year-end book as forms to print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.api.areas.year_end_book import Cell, FormRow, ListForm, YearEnd
from services.api.print.form import Document, Form, Head, Linked, Value
from shared.kernel.texts import Text, day
from shared.law.percent import Rate

_TITLES = {
    "poor": Text("Movement of poor households in {year}", "Diễn biến hộ nghèo năm {year}"),
    "near_poor": Text(
        "Movement of near-poor households in {year}", "Diễn biến hộ cận nghèo năm {year}"
    ),
}
_LISTS = {"poor": Text("Poor", "Hộ nghèo"), "near_poor": Text("Near-poor", "Hộ cận nghèo")}
_ROWS = {
    "urban": Text("I. Town", "I. Khu vực thành thị"),
    "rural": Text("II. Country", "II. Khu vực nông thôn"),
    "total": Text("Total", "Tổng cộng"),
}
_BASES = {
    "recognised": Text("as recognised by decision", "theo quyết định công nhận"),
    "computed": Text("as computed from reviews", "theo kết quả tính toán"),
}
_HOUSEHOLDS, _RATE = Text("Households", "Số hộ"), Text("Rate %", "Tỷ lệ %")
_MINORITY, _UNIT = Text("Minority", "Hộ DTTS"), Text("Area / unit", "Khu vực/Đơn vị")
# Heads of the movement form, with the fields under them; a rate stands behind each.
_MOVEMENT: tuple[tuple[Text, tuple[tuple[str, Text], ...]], ...] = (
    (Text("Start of year", "Đầu năm"), (("start", _HOUSEHOLDS), ("start_minority", _MINORITY))),
    (Text("Left the list", "Thoát"), (("left", _HOUSEHOLDS),)),
    (Text("Relapsed", "Tái"), (("relapsed", _HOUSEHOLDS),)),
    (Text("Newly arisen", "Phát sinh mới"), (("newly_arisen", _HOUSEHOLDS),)),
    (Text("End of year", "Cuối năm"), (("end", _HOUSEHOLDS), ("end_minority", _MINORITY))),
)
_FLOWS = [name for _, fields in _MOVEMENT for name, _ in fields]


def printed(book: YearEnd, settled: datetime, signature: str | None, address: str) -> Document:
    """Return the forms of a book."""
    told = Text(
        "Households {basis}; counted from the end of {start} to the end of {end}",
        "Số hộ {basis}; tính từ hết ngày {start} đến hết ngày {end}",
    )
    days = {"start": day(book.start_on), "end": day(book.end_on)}
    return Document(
        place=f"{book.area.name} ({book.area.code})",
        told=told.filled(basis=_BASES[book.basis], **days),
        forms=list(_forms(book)),
        digest=book.digest,
        settled=settled,
        signature=signature,
        address=address,
    )


def _forms(book: YearEnd) -> Iterator[Form]:
    for form in book.lists:
        yield _movement(book, form)
    yield _target_groups(book)
    yield _indicators(book)
    yield Form(
        Text("Ethnic groups", "Dân tộc"),
        Text("By ethnic group at the end of {year}", "Theo dân tộc cuối năm {year}").filled(
            year=book.year
        ),
        _heads(Text("Ethnic group", "Dân tộc"), *_LISTS.values()),
        [(row.name or _NONE, row.poor, row.near_poor) for row in book.ethnic_groups],
    )
    yield Form(
        Text("Causes", "Nguyên nhân"),
        Text("By cause at the end of {year}", "Theo nguyên nhân cuối năm {year}").filled(
            year=book.year
        ),
        _heads(Text("Cause as stated", "Nguyên nhân (như đã nêu)"), *_LISTS.values()),
        [(row.name or _NONE, row.poor, row.near_poor) for row in book.causes],
    )


_NONE = Text("not stated", "không nêu")


def _heads(*texts: Text) -> list[Head]:
    return [Head(text) for text in texts]


def _movement(book: YearEnd, form: ListForm) -> Form:
    bases = Text("All households", "Tổng số hộ dân cư"), Text("Of them minority", "Hộ DTTS")
    first = _heads(Text("No.", "TT"), _UNIT, *bases)
    flows = [
        Head(above, tuple(text for _, below in fields for text in (below, _RATE)))
        for above, fields in _MOVEMENT
    ]
    return Form(
        name=_LISTS[form.list],
        title=_TITLES[form.list].filled(year=book.year),
        heads=[*first, *flows],
        rows=[_movement_row(number, row) for number, row in enumerate(form.rows, start=1)],
        notes=[Text(note.text_en, note.text_vi) for note in form.notes],
        law=book.legal_basis,
    )


def _movement_row(number: int, row: FormRow) -> Sequence[Value]:
    cells: list[Cell] = [getattr(row, name) for name in _FLOWS]
    linked = [
        v for cell in cells for v in (Linked(cell.households, cell.href), _percent(cell.rate))
    ]
    return [number, _name(row.kind, row.name), row.base_end, row.base_minority_end, *linked]


def _percent(rate: Rate | None) -> float | None:
    return None if rate is None else rate.percent


def _name(kind: str, name: str) -> Value:
    return name if kind == "unit" else _ROWS[kind]


def _target_groups(book: YearEnd) -> Form:
    heads = _heads(
        Text("List", "Danh sách"),
        _UNIT,
        _HOUSEHOLDS,
        _MINORITY,
        Text("No labour capacity", "Không có khả năng lao động"),
        Text("With a member of merit", "Có thành viên là người có công"),
        Text("Persons", "Số nhân khẩu"),
        Text("Size not stated", "Hộ chưa rõ nhân khẩu"),
    )
    rows = [
        (
            _LISTS[row.list],
            _name(row.kind, row.name),
            row.households,
            row.minority,
            row.no_labour_capacity,
            row.merit_member,
            row.persons,
            row.size_unknown,
        )
        for row in book.target_groups
    ]
    title = Text("Target groups at the end of {year}", "Nhóm đối tượng cuối năm {year}")
    name = Text("Target groups", "Nhóm đối tượng")
    return Form(name, title.filled(year=book.year), heads, rows, law=book.legal_basis)


def _indicators(book: YearEnd) -> Form:
    lists = (_LISTS["poor"], _RATE, _LISTS["near_poor"], _RATE)
    heads = _heads(
        Text("Standard", "Chuẩn"), Text("Code", "Mã"), Text("Indicator", "Chỉ số"), *lists
    )
    rows = [
        (
            row.standard,
            row.code,
            Text(row.name_en, row.name_vi),
            row.poor,
            _percent(row.poor_rate),
            row.near_poor,
            _percent(row.near_poor_rate),
        )
        for row in book.indicators
    ]
    title = Text("Deprivations at the end of {year}", "Thiếu hụt theo chỉ số cuối năm {year}")
    name = Text("Deprivations", "Chỉ số thiếu hụt")
    return Form(name, title.filled(year=book.year), heads, rows, law=book.legal_basis)
