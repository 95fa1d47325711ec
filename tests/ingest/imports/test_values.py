"""What offices write, under their own headings: 14/12/2023, 1.200.000, Nông thôn."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.ingest.imports.area_checks import area_check
from services.ingest.imports.columns import columns_of
from services.ingest.imports.headings import Column, folded
from services.ingest.imports.values import Fault, read_cell
from shared.areas.tree import AreaTree, Unit
from shared.facts import FACTS
from tests.ingest.imports.books import Book, Page, codes, read

OFFICE = {
    "Loại": "Rà soát",
    "Nguồn": "binhgia",
    "Mã dòng": "phieu/1",
    "Mã hộ": "BG-1",
    "Ngày rà soát": "12/10/2023",
    "Hiệu lực từ": "14-12-2023",
    "Mã xã": "06091",
    "Tên địa bàn": "Thiện Thuật",
    "Khu vực": "NÔNG THÔN",
    "Loại rà soát": "Định kỳ",
    "Thu nhập bình quân\n(đồng/người/tháng)": "1.200.000 đ",
    "Thiếu hụt": "water, toilet",
    "Số quyết định": "12/QĐ-UBND",
    "Công nhận": "Hộ nghèo",
    "Số khẩu": "4",
    "Dân tộc": "Tày",
    "Không có khả năng lao động": "Không",
    "Có người có công": "x",
}
FACT = {
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
    "deprived": ["water", "toilet"],
    "decision_no": "12/QĐ-UBND",
    "recognised": "poor",
    "household_size": 4,
    "ethnic_group": "Tày",
    "no_labour_capacity": False,
    "merit_member": True,
}


def test_a_sheet_of_an_office_is_read_without_a_programmer() -> None:
    rows = [["UBND HUYỆN BÌNH GIA"], None, list(OFFICE), list(OFFICE.values())]
    tables, (row,) = read("Danh sách.xlsx", Book([Page(rows, "Hộ nghèo")]).bytes())
    assert (row.reasons, row.item, tables.notices) == ([], FACT, [])


def column(kind: Any, **more: Any) -> Column:
    return Column("field", kind, "Trường", "Field", **more)


VIETNAMESE: dict[tuple[str, str], Any] = {
    ("whole", "1.200.000"): 1_200_000,
    ("whole", "1.500"): 1_500,
    ("whole", "1 200 000"): 1_200_000,
    ("whole", "1\u00a0200\u00a0000"): 1_200_000,
    ("whole", "850000 đồng"): 850_000,
    ("whole", "1,5"): "1,5",
    ("whole", "1.20.000"): "1.20.000",
    ("whole", "1,200,000"): "1,200,000",
    ("decimal", "12,5"): "12.5",
    ("decimal", "1.234,50"): "1234.50",
    ("day", "1/3/2024"): "2024-03-01",
    ("day", "31.12.2023"): "2023-12-31",
    ("day", "2023-12-31"): "2023-12-31",
    ("day", "31/12/23"): "31/12/23",
}


@pytest.mark.parametrize(("case", "value"), VIETNAMESE.items())
def test_below_a_vietnamese_heading_values_are_vietnamese(
    case: tuple[Any, str], value: Any
) -> None:
    assert read_cell(case[1], column(case[0]), vietnamese=True) == value


@pytest.mark.parametrize(
    "text", ["1.200.000", "1,200,000", "1200000.00", "1.2E+06", "1\u00a0200\u00a0000"]
)
def test_below_the_name_of_a_field_nothing_is_guessed(text: str) -> None:
    assert read_cell(text, column("whole"), vietnamese=False) == text
    assert read_cell("12/10/2023", column("day"), vietnamese=False) == "12/10/2023"


def test_a_text_that_was_guarded_against_spreadsheets_is_the_text() -> None:
    assert read_cell("'=1+1", column("text"), vietnamese=False) == "=1+1"
    assert read_cell("'quoted", column("text"), vietnamese=False) == "'quoted"


def test_decimals_of_a_workbook_are_those_that_were_typed() -> None:
    assert read_cell(12.79, column("decimal"), vietnamese=False) == "12.79"
    assert read_cell(1e-05, column("decimal"), vietnamese=False) == "0.00001"
    assert read_cell(date(2023, 1, 1), column("decimal"), vietnamese=False) == Fault(
        "date_in_number_column"
    )


def test_headings_of_a_kind_of_fact_mean_one_column_each() -> None:
    for columns in map(columns_of, FACTS.values()):
        for each in columns.columns:
            for heading in (each.name, each.vi, each.en, *each.also, each.vi.upper()):
                match = columns.find(heading)
                assert match is not None
                assert match[0] is each, heading
    assert folded("Mã\nĐVHC") == "ma dvhc"


def unit(number: int, code: str, level: str, kind: str, name: str) -> Unit:
    return Unit(number, code, date(2011, 1, 1), None, level, kind, name, None)


TREE = AreaTree(
    (
        unit(1, "19", "province", "tỉnh", "Thái Nguyên"),
        unit(2, "00019", "commune", "phường", "Quan Hoa"),
        unit(3, "20", "province", "tỉnh", "Lạng Sơn"),
        unit(4, "06091", "commune", "xã", "Thiện Thuật"),
    ),
    (),
)
NAMES = ("source", "external_id", "area_code", "on", "households_total")
CODES = {
    "20": [],
    "06091": [],
    "19": ["code_lost_zeros"],
    "6091": ["code_lost_zeros"],
}


def area_codes(code: str, *name: str) -> list[str]:
    names = (*NAMES, *(["area_name"] if name else []))
    content = f"{','.join(names)}\nrep,1,{','.join((code, '2023-12-31', '842', *name))}\n"
    _, rows = read("a.csv", content.encode(), "area-facts", area_check(TREE, typed=False))
    return codes(rows)[0][1]


@pytest.mark.parametrize(("code", "faults"), CODES.items())
def test_a_code_of_a_text_file_may_have_lost_its_zeros(code: str, faults: list[str]) -> None:
    assert area_codes(code) == faults


def test_the_name_beside_tells_which_unit_is_meant() -> None:
    assert area_codes("19", "Thái Nguyên") == []
    assert area_codes("19", "tỉnh Thái Nguyên") == []
    assert area_codes("06091", "Quan Hoa") == ["area_name_differs"]
