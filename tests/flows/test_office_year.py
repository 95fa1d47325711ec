"""A district office's year as spreadsheets: area facts, reviews and payments, without a programmer.

Workbooks as Excel saves them (titles over a merged cell, days as cells, formulas that nobody
computed, codes that became numbers) and as LibreOffice does: by LibreOffice itself where it is
installed. Every cell that is refused is named in Vietnamese; what comes back is mended and sent
again as it is.
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.harness import Registry
from tests.ingest.imports.test_imports import REASONS, imported, returned
from tests.ingest.money import AREAS, fund, kept, ran

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
Row = dict[str, Any]
# What is wrong in a returned row, by its record: the cells to write instead.
Mending = Mapping[str, Mapping[str, Any]]

FACTS: list[Row] = [
    {
        "Nguồn": "binhgia",
        "Mã bản ghi": f"dia-ban/{code}",
        "Mã đơn vị": code,
        "Từ ngày": date(2026, 1, 1),
        "Tổng số hộ": 400 + n,
        "Khu vực": "Khu vực III",
        "Đặc điểm": "không",
    }
    for n, code in enumerate(AREAS)
]
BAD_FACTS: Mending = {
    f"dia-ban/{AREAS[1]}": {"Mã đơn vị": int(AREAS[1])},
    f"dia-ban/{AREAS[2]}": {"Tổng số hộ": "=SUM(D5:D9)"},
}
REVIEWS: list[Row] = [
    {
        "Loại": "Rà soát",
        "Nguồn": "binhgia",
        "Mã bản ghi": f"phieu/{n}",
        "Mã hộ": f"BG-{n}",
        "Ngày rà soát": date(2025, 10, 12),
        "Hiệu lực từ": date(2025, 12, 10),
        "Mã xã": AREAS[n % 3],
        "Khu vực nông thôn hay thành thị": "Nông thôn",
        "Loại rà soát": "Định kỳ",
        "Thu nhập bình quân": 1_200_000,
        "Chỉ số thiếu hụt": "Bảo hiểm y tế; Nguồn nước sinh hoạt; Nhà tiêu hợp vệ sinh",
        "Dân tộc": "Tày",
        "Số nhân khẩu": 4,
    }
    for n in range(1, 10)
]
BAD_REVIEWS: Mending = {
    "phieu/2": {"Mã xã": "#N/A"},
    "phieu/3": {"Chỉ số thiếu hụt": None},
    "phieu/4": {"Hiệu lực từ": "31/02/2025"},
    "phieu/5": {"Dân tộc": "Tầy Nùng"},
    "phieu/6": {"Mã hộ": date(2026, 2, 1)},
}
PAID = ["Nguồn", "Mã bản ghi", "Mã đợt phân bổ", "Dòng phân bổ", "Số tiền", "Ngày chi"]
HEAD = [*PAID, "Chi hay thu hồi"]


def excel(rows: Sequence[Row], title: str) -> bytes:
    """Return a workbook with a title over merged cells, and a note on a sheet of its own."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Biểu 1"
    head = list(rows[0])
    sheet["A1"] = title
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(head))
    sheet.append([])
    sheet.append([name.upper() if n % 2 else name for n, name in enumerate(head)])
    for row in rows:
        sheet.append([row[name] for name in head])
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def spoiled(rows: Sequence[Row], bad: Mending) -> list[Row]:
    return [row | bad.get(row["Mã bản ghi"], {}) for row in rows]


def mended(content: bytes, rows: Sequence[Row]) -> bytes:
    """Write the right values into the rows that came back, beside their reasons."""
    right = {row["Mã bản ghi"]: row for row in rows}
    book = load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        head = [str(cell.value) for cell in sheet[1]]
        names = {name.casefold(): place for place, name in enumerate(head, start=1)}
        for line in range(2, sheet.max_row + 1):
            record = str(sheet.cell(line, names["mã bản ghi"]).value)
            for name, value in right[record].items():
                sheet.cell(line, names[name.casefold()], value)
    return saved(book)


def reasons(content: bytes) -> Iterator[tuple[str, str, str]]:
    """Give the code, the pointer and the Vietnamese reason of each row that came back."""
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        head, *rows = sheet.iter_rows(values_only=True)
        assert list(head[-len(REASONS) :]) == REASONS
        yield from ((str(row[-3]), str(row[-4]), str(row[-1])) for row in rows)


async def taken_after_mending(
    app: Registry, kind: str, rows: Sequence[Row], bad: Mending, title: str
) -> list[tuple[str, str, str]]:
    """Send the spoiled rows, mend what comes back, send it; return why rows were refused."""
    content = excel(spoiled(rows, bad), title)
    document = await imported(app, "Biểu tổng hợp.xlsx", content, kind=kind)
    assert (document["accepted"], document["rejected"]) == (len(rows) - len(bad), len(bad))
    back = await returned(app, document)
    again = await imported(app, "Biểu đã sửa.xlsx", mended(back, rows), kind=kind)
    assert (again["accepted"], again["rejected"]) == (len(bad), 0)
    repeated = await imported(app, "Biểu tổng hợp.xlsx", excel(rows, title), kind=kind)
    assert (repeated["duplicates"], repeated["rejected"]) == (len(rows), 0)
    await app.drain()
    return list(reasons(back))


async def test_a_district_offices_year_goes_in_without_a_programmer(app: Registry) -> None:
    why = await taken_after_mending(app, "area-facts", FACTS, BAD_FACTS, "BIỂU ĐỊA BÀN NĂM 2026")
    assert sorted(code for code, *_ in why) == ["formula_without_value", "number_in_code_column"]
    why += await taken_after_mending(
        app, "household-events", REVIEWS, BAD_REVIEWS, "KẾT QUẢ RÀ SOÁT NĂM 2025"
    )
    assert len(why) == len(BAD_FACTS) + len(BAD_REVIEWS)
    for code, pointer, reason in why:
        assert reason.startswith("ô "), (code, reason)
        assert any(letter in reason.casefold() for letter in "ăâđêôơưạảấậ"), (code, reason)
        assert pointer.startswith("/"), (code, pointer)

    await kept(app, "funds", fund())
    lines = await ran(app)
    await payments(app, lines)
    answer = await app.get("/v1/areas/20/statistics", as_of="2026-06-30")
    assert answer["counts"]["poor"] == len(REVIEWS)
    assert answer["households_total"] is None or answer["base"] is not None
    progress = await app.get("/v1/funds/LS-2026/progress")
    assert progress["paid_vnd"] == sum(lines.values())


async def payments(app: Registry, lines: Mapping[str, int]) -> None:
    """Pay every line by a CSV of semicolons, one of them too much at first."""
    rows = [
        ["binhgia", f"chi/{code}", "R1", code, dotted(amount), "30/06/2026", "Đã chi"]
        for code, amount in lines.items()
    ]
    too_much = [*rows[0][:4], dotted(lines[rows[0][3]] + 1), *rows[0][5:]]
    document = await imported(
        app, "chi.csv", delimited([HEAD, too_much, *rows[1:]]), kind="disbursements"
    )
    assert (document["accepted"], document["rejected"]) == (len(rows) - 1, 1)
    back = (await returned(app, document)).decode("utf-8-sig")
    head, refused = csv.reader(io.StringIO(back), delimiter=";")
    assert refused[len(HEAD) + 2] == "exceeds_allocation"
    assert "vượt" in refused[-1], refused[-1]
    right = delimited([head, [*rows[0], *refused[len(HEAD) :]]])
    again = await imported(app, "chi.csv", right, kind="disbursements")
    assert (again["accepted"], again["rejected"]) == (1, 0)
    await app.drain()


def dotted(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")


def delimited(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a CSV file as spreadsheet programs of a Vietnamese system save it."""
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed; its files NOT TESTED")
@pytest.mark.parametrize("form", ["xlsx", "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false"])
async def test_what_libreoffice_saves_is_what_was_written(
    app: Registry, tmp_path: Path, form: str
) -> None:
    assert SOFFICE is not None
    written = tmp_path / "in" / "ra-soat.xlsx"
    written.parent.mkdir()
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(REVIEWS[0]))
    for row in REVIEWS:
        sheet.append(list(row.values()))
    book.save(written)
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    options = ["--headless", "--convert-to", form, "--outdir", str(tmp_path), str(written)]
    subprocess.run([SOFFICE, profile, *options], check=True, capture_output=True, timeout=300)
    kept_as = tmp_path / f"ra-soat.{form[: form.find(':')] if ':' in form else form}"
    document = await imported(app, kept_as.name, kept_as.read_bytes(), kind="household-events")
    assert (document["accepted"], document["rejected"]) == (len(REVIEWS), 0)
