"""Imports from the door to the answer: every row accounted for, refused ones back to be mended."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from services.ingest.imports.columns import columns_of
from shared.facts import FACTS
from tests.harness import Registry
from tests.ingest.imports.books import Book, Page, day, formula
from tests.ingest.imports.test_workbooks import page
from tests.ingest.items import fetch

# Beside the project, or beside the folder of its worktrees.
CASES = next(
    (
        folder
        for up in (4, 5)
        if (folder := Path(__file__).parents[up] / "shared" / "cases").is_dir()
    ),
    Path("none"),
)
REASONS = ["row", "pointer", "code", "detail", "lý do từ chối"]


async def upload(app: Registry, name: str, content: bytes, **fields: str) -> Any:
    files = {"file": (name, content, "application/octet-stream")}
    data = {"kind": "household-events"} | fields
    return await app.client.post("/v1/imports", files=files, data=data)


async def imported(app: Registry, name: str, content: bytes, **fields: str) -> dict[str, Any]:
    answer = await upload(app, name, content, **fields)
    assert answer.status_code == 202, answer.text
    document = answer.json()
    counted = document["accepted"] + document["duplicates"] + document["rejected"]
    assert document["rows_read"] == counted
    return document


async def returned(app: Registry, document: dict[str, Any]) -> bytes:
    answer = await app.client.get(f"/v1/imports/{document['import_id']}/rejected")
    assert answer.status_code == 200
    return answer.content


async def test_refused_rows_of_a_csv_file_are_mended_and_sent_again(app: Registry) -> None:
    rows = page({}, {"external_id": "phieu/2", "area_code": "99999"}, {"external_id": "=3"}).rows
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    document = await imported(app, "a.csv", out.getvalue().encode())
    assert (document["accepted"], document["rejected"]) == (1, 2)
    back = (await returned(app, document)).decode()
    head, bad, guarded = csv.reader(io.StringIO(back), delimiter=";")
    assert head == [*rows[0], *REASONS]
    assert bad[: len(rows[0])] == [str(cell) for cell in rows[2]]
    assert bad[len(rows[0]) : -2] == ["3", "/area_code", "unknown_area"]
    assert "ô G3 (area_code): «99999»" in bad[-1]
    assert guarded[2] == "'=3"
    mended = back.replace("99999", "06091").replace("'=3", "phieu/3")
    again = await imported(app, "a.csv", mended.encode())
    assert (again["accepted"], again["rejected"]) == (2, 0)


async def test_refused_rows_of_a_workbook_come_back_on_their_sheets(app: Registry) -> None:
    one = page({}, {"external_id": "phieu/2", "area_code": 6091}, name="Xã 1")
    two = page({"external_id": "phieu/3", "household_id": day(46054)}, name="Xã 2", hidden_rows=[2])
    document = await imported(app, "a.xlsx", Book([one, two]).bytes())
    assert (document["accepted"], document["rejected"]) == (1, 2)
    assert [notice["code"] for notice in document["notices"]] == ["hidden_rows"]
    book = load_workbook(io.BytesIO(await returned(app, document)))
    assert book.sheetnames == ["Xã 1", "Xã 2"]
    head, bad = book["Xã 1"].iter_rows(values_only=True)
    assert list(head) == [*one.rows[0], *REASONS]
    assert bad[6:10] == (6091, "rural", "annual", 1_200_000)
    assert bad[-3] == "number_in_code_column"
    book["Xã 1"]["G2"], book["Xã 2"]["D2"] = "06091", "BG-3"
    out = io.BytesIO()
    book.save(out)
    again = await imported(app, "mended.xlsx", out.getvalue())
    assert (again["accepted"], again["rejected"]) == (2, 0)
    shown = await app.get(f"/v1/imports/{document['import_id']}")
    assert (shown["rows_read"], shown["notices"]) == (3, document["notices"])


async def test_what_is_wrong_in_a_cell_and_by_law_is_told_together(app: Registry) -> None:
    row = page({"deprived": formula("A1"), "area_code": "99999", "review": "monthly"})
    document = await imported(app, "a.xlsx", Book([row]).bytes())
    book = load_workbook(io.BytesIO(await returned(app, document)))
    codes = book.worksheets[0].cell(2, len(row.rows[0]) + 3).value
    assert sorted(str(codes).split("; ")) == ["formula_without_value", "invalid_choice"]


async def test_a_file_without_known_headings_has_one_fault(app: Registry) -> None:
    answer = await upload(app, "a.xlsx", Book([Page([["họ tên", "tuổi"], ["A", 3]])]).bytes())
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "header_unknown")
    assert "dòng 1 có: họ tên; tuổi" in problem["detail_vi"]
    assert len(problem["errors"]) == 1


async def test_an_import_whose_process_died_does_not_run_for_ever(app: Registry) -> None:
    document = await imported(app, "a.xlsx", Book([page({})]).bytes())
    path = f"/v1/imports/{document['import_id']}"
    for silent, state in ((timedelta(seconds=30), "running"), (timedelta(hours=1), "interrupted")):
        async with app.context.database.transaction() as tx:
            seen = app.context.clock.now() - silent
            await tx.execute("UPDATE imports SET state = 'running', seen_at = $1", seen)
        assert (await app.get(path))["state"] == state
    (row,) = await fetch(app, "SELECT ended_at, seen_at FROM imports")
    assert row["ended_at"] == row["seen_at"]


# What has to become of a small file that once went wrong: rows accepted, and codes of refusal.
GIVEN: dict[str, tuple[str, int, set[str]]] = {
    "k1a_facts_leading_zero_commune.xlsx": ("area-facts", 0, {"number_in_code_column"}),
    "k1c_facts_leading_zero.csv": ("area-facts", 0, {"code_lost_zeros"}),
    "k1d_reference_leading_zero.xlsx": ("reference-figures", 0, {"number_in_code_column"}),
    "k1f_fund_leading_zero.xlsx": ("funds", 0, {"number_in_code_column"}),
    "k1g_events_leading_zero.xlsx": ("household-events", 0, {"number_in_code_column"}),
    "k2a_formula_deprived.xlsx": ("household-events", 0, {"formula_without_value"}),
    "k2c_blank_deprived.xlsx": ("household-events", 0, {"blank_is_not_none"}),
    "k2d_formula_recognised.xlsx": ("household-events", 0, {"formula_without_value"}),
    "k2e_formula_revision.xlsx": ("household-events", 0, {"formula_without_value"}),
    "k2f_formula_withdrawn.xlsx": ("household-events", 0, {"formula_without_value"}),
    "k3a_error_cells.xlsx": ("household-events", 0, {"error_value"}),
    "k4a_id_became_date.xlsx": ("household-events", 0, {"date_in_code_column"}),
    "k4c_id_long_number.xlsx": ("household-events", 0, {"number_in_code_column"}),
    "k4d_decision_became_date.xlsx": ("household-events", 0, {"date_in_code_column"}),
    "k5a_1904.xlsx": ("household-events", 1, set()),
    "k5b_serial_unformatted.xlsx": ("household-events", 0, {"number_in_date_column"}),
    "k5c_text_dmy.xlsx": ("household-events", 0, {"invalid_date"}),
    "k5d_datetime_evening.xlsx": ("household-events", 0, {"invalid_date"}),
    "k6a_two_data_sheets.xlsx": ("household-events", 3, set()),
    "k6b_guide_first.xlsx": ("household-events", 1, set()),
    "k6d_hidden_rows.xlsx": ("household-events", 2, set()),
    "k6f_title_rows.xlsx": ("household-events", 2, set()),
    "k6g_header_case.xlsx": ("household-events", 1, set()),
    "k6h_trailing_blank.xlsx": ("household-events", 1, set()),
    "k7a_stray_quote_end.csv": ("household-events", 1, {"quote_unclosed"}),
    "k7c_stray_quote_many.csv": ("household-events", 0, {"quote_unclosed"}),
    "k7f_sep.csv": ("household-events", 1, set()),
    "k7g_utf16.csv": ("household-events", 1, set()),
    "k7h_cp1258.csv": ("household-events", 1, set()),
    "k7j_bom_quoted.csv": ("household-events", 1, set()),
    "k7k_trailing_commas.csv": ("household-events", 1, set()),
    "k7l_header_newline.csv": ("household-events", 1, set()),
    "k7m_nbsp.csv": ("household-events", 1, {"not_an_integer", "invisible_character"}),
    "k7n_thousands.csv": ("household-events", 0, {"not_an_integer"}),
    "k7o_cr_only.csv": ("household-events", 1, set()),
    "k7p_comma_header_semicolons.csv": ("household-events", 1, set()),
    "k7q_short_row.csv": ("household-events", 0, {"missing_field"}),
    "k7r_pipe.csv": ("household-events", 1, set()),
}


@pytest.mark.skipif(not CASES.is_dir(), reason="the small files lie beside the project, not in it")
async def test_the_small_files_that_went_wrong_go_right(app: Registry) -> None:
    wrong = {}
    for name, (kind, accepted, codes) in GIVEN.items():
        document = await imported(app, name, (CASES / name).read_bytes(), kind=kind)
        rows = await fetch(
            app, f"SELECT code FROM import_rejected WHERE import_id = '{document['import_id']}'"
        )
        got = (kind, document["accepted"] + document["duplicates"], {row["code"] for row in rows})
        if got != (kind, accepted, codes):
            wrong[name] = got
    assert wrong == {}


OFFICE = {
    "household-events": {
        "type": "Rà soát",
        "source": "binhgia",
        "external_id": "phieu/1",
        "household_id": "BG-1",
        "effective_from": date(2023, 12, 14),
        "area_code": "06091",
        "area_name": "Thiện Thuật",
        "area_type": "Nông thôn",
        "assessed_on": date(2023, 10, 12),
        "review": "Định kỳ",
        "income_vnd": 1_200_000,
        "deprived": "không",
        "ethnic_group": "Tày",
        "no_labour_capacity": "Không",
    },
    "area-facts": {
        "source": "binhgia",
        "external_id": "dan-so/1",
        "area_code": "06091",
        "on": date(2023, 12, 31),
        "households_total": 842,
        "zone": "Khu vực III",
        "attributes": "An toàn khu; Biên giới",
    },
}


@pytest.mark.parametrize("kind", OFFICE)
async def test_a_template_is_filled_in_and_taken(app: Registry, kind: str) -> None:
    answer = await app.client.get(f"/v1/imports/templates/{kind}.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    columns = [columns_of(FACTS[kind]).find(cell.value)[0] for cell in sheet[1]]
    assert OFFICE[kind].keys() <= {column.name for column in columns}
    for place, column in enumerate(columns, start=1):
        sheet.cell(2, place, OFFICE[kind].get(column.name))
    code = next(n for n, column in enumerate(columns, start=1) if column.name == "area_code")
    assert sheet.column_dimensions[get_column_letter(code)].number_format == "@"
    assert any("Nông thôn,Thành thị" in rule.formula1 for rule in validations(sheet)) == (
        kind == "household-events"
    )
    out = io.BytesIO()
    book.save(out)
    document = await imported(app, "Danh sách.xlsx", out.getvalue(), kind=kind)
    assert (document["accepted"], document["rejected"]) == (1, 0)


def validations(sheet: Any) -> list[Any]:
    return list(sheet.data_validations.dataValidation)


async def test_indicators_are_known_by_their_names(app: Registry) -> None:
    row = page({"deprived": "Bảo hiểm y tế; NGUỒN NƯỚC SINH HOẠT; D02"})
    await imported(app, "a.xlsx", Book([row]).bytes())
    (stored,) = await fetch(app, "SELECT payload FROM household_events")
    assert stored["payload"]["deprived"] == ["health_insurance", "water", "D02"]


async def test_every_kind_has_a_template_that_its_own_reader_knows(app: Registry) -> None:
    for kind in FACTS:
        answer = await app.client.get(f"/v1/imports/templates/{kind}.csv")
        assert answer.status_code == 200
        document = await imported(app, "a.csv", answer.content, kind=kind)
        assert document["rows_read"] == 0
    for path in ("people.xlsx", "funds.pdf"):
        answer = await app.client.get(f"/v1/imports/templates/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_template")
