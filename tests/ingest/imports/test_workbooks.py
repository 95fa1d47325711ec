"""XLSX: each cell keeps what it is, or is refused by name; nothing on a sheet is read unseen."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from typing import Any

import pytest

from services.ingest.imports.sheets.cells import Unreadable
from tests.ingest.imports.books import (
    MIB,
    Book,
    Page,
    Raw,
    codes,
    computed,
    day,
    error,
    formula,
    read,
    sheet_xml,
)

FIELDS = {
    "type": "assessed",
    "source": "binhgia",
    "external_id": "phieu/1",
    "household_id": "BG-1",
    "assessed_on": "2023-10-12",
    "effective_from": "2023-12-14",
    "area_code": "06091",
    "area_type": "rural",
    "review": "annual",
    "income_vnd": 1_200_000,
    "deprived": "water;toilet",
    "ethnic_group": "Tày",
    "household_size": 4,
    "decision_no": "12/QĐ-UBND",
    "recognised": "poor",
}


def page(*changes: dict[str, Any], name: str = "Sheet", **quirks: Any) -> Page:
    names = list(dict.fromkeys([*FIELDS, *(key for change in changes for key in change)]))
    rows = [[(FIELDS | change).get(field) for field in names] for change in changes]
    return Page([names, *rows], name, **quirks)


def refused(**change: Any) -> list[str]:
    _, rows = read("a.xlsx", Book([page(change)]).bytes())
    return [reason.code for reason in rows[0].reasons]


CELLS = {
    "a commune's code as a number": ({"area_code": 6091}, "number_in_code_column"),
    "a code of which only another unit's is left": ({"area_code": 19}, "number_in_code_column"),
    "an id as a number": ({"household_id": 20230609100012345}, "number_in_code_column"),
    "an id that became a day": ({"household_id": day(46054)}, "date_in_code_column"),
    "a decision that became a day": ({"decision_no": day(45274)}, "date_in_code_column"),
    "a text that became a truth value": ({"recognised": True}, "truth_in_code_column"),
    "a formula never computed, in a list": (
        {"deprived": formula('A1&";water"')},
        "formula_without_value",
    ),
    "the same, in a choice": (
        {"recognised": formula('IF(1=1,"poor","")')},
        "formula_without_value",
    ),
    "the same, in a number": ({"revision": formula("1+1")}, "formula_without_value"),
    "the same, in a flag": ({"withdrawn": formula("TRUE()")}, "formula_without_value"),
    "#N/A": ({"ethnic_group": error("#N/A")}, "error_value"),
    "#REF!": ({"income_vnd": error("#REF!")}, "error_value"),
    "a blank that is not none": ({"deprived": None}, "blank_is_not_none"),
    "a list of blanks": ({"deprived": "  \u00a0 "}, "blank_is_not_none"),
    "a bare number for a day": ({"effective_from": 45274}, "number_in_date_column"),
    "an evening": ({"effective_from": day(45274.979)}, "invalid_date"),
    "a day for a number": ({"income_vnd": day(45274)}, "date_in_number_column"),
    "a sign that nobody sees": ({"household_id": "BG-1\u200b"}, "invisible_character"),
    "letters of an old font": ({"ethnic_group": "Tµy"}, "legacy_text"),
}


@pytest.mark.parametrize(("change", "code"), CELLS.values(), ids=CELLS)
def test_a_cell_that_lost_its_meaning_is_refused_by_name(change: dict[str, Any], code: str) -> None:
    assert refused(**change) == [code]


def test_a_reason_says_where_what_and_what_to_do_in_both_languages() -> None:
    _, (row,) = read("a.xlsx", Book([page({"area_code": 6091})]).bytes())
    (reason,) = row.reasons
    assert (reason.pointer, reason.cell) == ("/area_code", "G2")
    assert "ô G2 (area_code): «6091»" in reason.vi
    assert "Văn bản" in reason.vi
    assert "format the column as text" in reason.en


def test_all_faults_of_a_row_are_named() -> None:
    assert refused(area_code=19, household_id=day(1000), deprived=error("#NAME?")) == [
        "date_in_code_column",
        "number_in_code_column",
        "error_value",
    ]


def item(book: Book) -> dict[str, Any]:
    _, (row,) = read("a.xlsx", book.bytes())
    assert not row.reasons
    return row.item


def test_what_a_formula_came_to_is_its_value() -> None:
    got = item(
        Book(
            [
                page(
                    {
                        "income_vnd": computed("A1*2", "900000"),
                        "recognised": computed("B1", "poor", "str"),
                    }
                )
            ]
        )
    )
    assert (got["income_vnd"], got["recognised"]) == (900_000, "poor")


@pytest.mark.parametrize("none", ["none", "Không", "KHÔNG CÓ", "0", 0])
def test_none_has_to_be_said(none: Any) -> None:
    assert item(Book([page({"deprived": none})]))["deprived"] == []


def test_days_are_days_in_both_calendars_of_excel() -> None:
    for from_1904, serial in ((False, 45274), (True, 43812)):
        assert (
            item(Book([page({"effective_from": day(serial)})], from_1904))["effective_from"]
            == "2023-12-14"
        )


def test_the_day_that_never_was_shifts_nothing_before_it() -> None:
    early = item(Book([page({"assessed_on": day(1), "effective_from": day(61)})]))
    assert (early["assessed_on"], early["effective_from"]) == ("1900-01-01", "1900-03-01")


def test_texts_of_rich_and_shared_strings_are_whole() -> None:
    rich = "<r><t>Tà</t></r><r><t>y</t></r><rPh><t>x</t></rPh>"
    shared = f"<sst><si>{rich}</si><si><t>a_x000A_b</t></si></sst>"
    book = Book(
        [page({"ethnic_group": Raw('t="s"', "<v>0</v>"), "decision_no": Raw('t="s"', "<v>1</v>")})]
    )
    links = (
        '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Type="x/sharedStrings" Target="/xl/texts.xml"/></Relationships>'
    )
    parts = {"xl/texts.xml": shared.encode(), "xl/_rels/workbook.xml.rels": links.encode()}
    content = replaced(book.bytes(), parts)
    _, (row,) = read("a.xlsx", content)
    assert (row.item["ethnic_group"], row.item["decision_no"]) == ("Tày", "a\nb")


def replaced(content: bytes, parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return out.getvalue()


# --- sheets ---------------------------------------------------------------------------------------


def test_every_sheet_with_a_header_is_read() -> None:
    book = Book([page({}, name="Xã 1"), page({}, {}, name="Xã 2")])
    tables, rows = read("a.xlsx", book.bytes())
    assert [(row.sheet, row.number) for row in rows] == [("Xã 1", 2), ("Xã 2", 2), ("Xã 2", 3)]
    assert tables.notices == []


def test_a_sheet_without_a_header_is_named() -> None:
    guide = Page([["Hướng dẫn nhập liệu"], ["Mỗi hộ ghi một dòng"]], "Hướng dẫn")
    tables, rows = read("a.xlsx", Book([guide, page({})]).bytes())
    assert len(rows) == 1
    assert [notice.code for notice in tables.notices] == ["sheet_not_read"]
    assert "Hướng dẫn" in tables.notices[0].detail_vi


def test_nothing_hidden_is_read_unseen() -> None:
    hidden = page({}, name="Cũ", hidden=True)
    shown = page({}, {}, hidden_rows=[3], hidden_columns=[10])
    tables, rows = read("a.xlsx", Book([hidden, shown]).bytes())
    assert [row.number for row in rows] == [2, 3]
    assert [notice.code for notice in tables.notices] == [
        "hidden_sheet",
        "hidden_rows",
        "hidden_columns",
    ]
    assert tables.notices[1].detail_vi.endswith(": 3")
    assert "income_vnd" in tables.notices[2].detail


def test_only_hidden_sheets_are_no_file() -> None:
    with pytest.raises(Unreadable) as fault:
        read("a.xlsx", Book([page({}, hidden=True)]).bytes())
    assert fault.value.code == "header_unknown"


def test_titles_blank_rows_and_numbered_columns_are_no_rows() -> None:
    data = page({}, {})
    numbers = [f"({n})" for n in range(1, len(FIELDS) + 1)]
    rows = [
        ["DANH SÁCH HỘ NGHÈO"],
        ["Xã Thiện Thuật"],
        None,
        data.rows[0],
        numbers,
        data.rows[1],
        None,
    ]
    rows += [[None, "  "], data.rows[0], data.rows[2]]
    _, read_rows = read("a.xlsx", Book([Page(rows, merged=["A1:O1"])]).bytes())
    assert codes(read_rows) == [(6, []), (10, [])]


def test_a_header_of_two_merged_rows_is_one() -> None:
    names = list(FIELDS)
    top = [*names[:9], "Kết quả", *[None] * 5]
    bottom = [*[None] * 9, *names[9:]]
    spans = [f"{chr(65 + n)}1:{chr(65 + n)}2" for n in range(9)]
    data = page({}).rows[1]
    _, rows = read("a.xlsx", Book([Page([top, bottom, data], merged=[*spans, "J1:O1"])]).bytes())
    assert codes(rows) == [(3, [])]
    assert rows[0].item["income_vnd"] == 1_200_000


def test_what_a_merged_cell_covers_is_no_blank() -> None:
    data = page({}, {"household_id": None, "external_id": "phieu/2"})
    _, rows = read("a.xlsx", Book([Page(data.rows, merged=["D2:D3"])]).bytes())
    assert codes(rows) == [(2, []), (3, ["merged_cell"])]


def test_a_row_far_below_keeps_its_number() -> None:
    data = page({})
    rows = [data.rows[0], *[None] * 400, data.rows[1]]
    _, read_rows = read("a.xlsx", Book([Page(rows)]).bytes())
    assert [row.number for row in read_rows] == [402]


HEADERS: dict[str, tuple[list[str], str, str]] = {
    "none is known": (["a", "b", "c"], "header_unknown", "a; b; c"),
    "one column is not": (
        ["source", "external_id", "Thu nhap ho"],
        "unknown_column",
        "C «Thu nhap ho»",
    ),
    "two mean the same": (["source", "Nguồn", "type"], "column_repeated", "«Nguồn»"),
}


@pytest.mark.parametrize(("names", "code", "shown"), HEADERS.values(), ids=HEADERS)
def test_a_header_has_one_fault_for_the_file(names: list[str], code: str, shown: str) -> None:
    with pytest.raises(Unreadable) as fault:
        read("a.xlsx", Book([Page([names, ["1", "2", "3"]])]).bytes())
    assert fault.value.code == code
    assert shown in fault.value.vi


# --- bounds ---------------------------------------------------------------------------------------


def broken(**parts: bytes) -> bytes:
    return replaced(Book([page({})]).bytes(), {"xl/worksheets/sheet1.xml": parts["sheet"]})


def test_a_million_columns_are_refused_without_holding_them() -> None:
    wide = Page([list(FIELDS)])
    cells = "<c><v>1</v></c>" * 1_000_000
    content = broken(sheet=sheet_xml(wide).replace("</row>", f"</row><row>{cells}</row>").encode())
    tracemalloc.start()
    with pytest.raises(Unreadable) as fault:
        read("a.xlsx", content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fault.value.code == "too_many_columns"
    assert peak < 24 * MIB


def test_a_tag_without_end_does_not_fill_the_memory() -> None:
    head = sheet_xml(page({})).partition("<sheetData>")[0].encode()
    content = broken(sheet=head + b'<sheetData><row x="' + b"x" * (64 * MIB))
    with pytest.raises(Unreadable) as fault:
        read("a.xlsx", content)
    assert fault.value.code == "file_too_large"


def test_rows_in_disorder_and_entities_are_refused() -> None:
    rows = '<row r="5"><c r="A5"><v>1</v></c></row><row r="4"><c r="A4"><v>1</v></c></row>'
    entity = b'<!DOCTYPE w [<!ENTITY a "poor">]>' + sheet_xml(page({})).encode()
    for sheet in (f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode(), entity):
        with pytest.raises(Unreadable) as fault:
            read("a.xlsx", broken(sheet=sheet))
        assert fault.value.code == "unreadable_file"
