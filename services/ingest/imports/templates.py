"""Empty tables to be filled in: Vietnamese headings, closed lists to choose from, codes as text."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from services.ingest.imports.columns import columns_of
from services.ingest.imports.headings import Column
from services.ingest.imports.sent import csv_line
from shared.kernel.facts import FactKind
from shared.kernel.spreadsheets import BOM

# As many rows as get formats and lists; a district has some ten thousand households.
ROWS_READY = 20_000
_TEXT, _DAY, _WHOLE = "@", "dd/mm/yyyy", "#,##0"
_FORMATS = {"day": _DAY, "whole": _WHOLE}
_YES_NO = ("Có", "Không")
_LIST_LENGTH_MAX = 255  # of a list of words within a validation, by the file format
_HEADING = PatternFill("solid", fgColor="DDEBF7")
_LISTED_VI = "Nhiều giá trị cách nhau bằng dấu chấm phẩy; nếu không có, ghi «không»."
_LISTED_EN = "Several values are separated by semicolons; write «none» if there are none."
GUIDE = (
    "Mỗi dòng một bản ghi; không trộn ô, không để công thức chưa tính.",
    "Mã là văn bản: số 0 ở đầu là một phần của mã. Ngày viết ngày/tháng/năm.",
    "Dòng bị từ chối được trả lại kèm lý do; sửa xong gửi lại nguyên tệp đó.",
    "One row a record; no merged cells, no formulas without a result.",
    "Codes are text: leading zeros belong to them. Days are written day/month/year.",
    "Refused rows come back with reasons; mend them and send that file again as it is.",
)


def template_csv(kind: FactKind) -> bytes:
    """Return the headings alone, marked as UTF-8 so that Excel reads their letters."""
    return BOM + csv_line([column.vi for column in _columns(kind)])


def template_xlsx(kind: FactKind) -> bytes:
    """Return a workbook with a sheet to fill in and a sheet that says how."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 # a new workbook has one
    sheet.title = "Dữ liệu"
    sheet.freeze_panes = "A2"
    for place, column in enumerate(_columns(kind), start=1):
        _column(sheet, place, column)
    guide = book.create_sheet("Hướng dẫn")
    guide.column_dimensions["A"].width = 90
    for line in GUIDE:
        guide.append([line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _columns(kind: FactKind) -> list[Column]:
    """Return the columns that somebody may want to fill in: a type that is the only one is none."""
    return [column for column in columns_of(kind).columns if kind.typed or column.name != "type"]


def _column(sheet: Worksheet, place: int, column: Column) -> None:
    letter = get_column_letter(place)
    heading = sheet.cell(1, place, column.vi)
    heading.font, heading.fill = Font(bold=True), _HEADING
    heading.alignment = Alignment(wrap_text=True, vertical="top")
    note = f"{column.en} ({column.name})"
    if column.kind == "list":
        words = "; ".join(names[0] for names in column.choices.values())
        note = "\n".join(filter(None, (note, _LISTED_VI, _LISTED_EN, words)))
    heading.comment = Comment(note, "registry", width=360, height=120)
    dimension = sheet.column_dimensions[letter]
    dimension.width = max(14, len(column.vi) + 2)
    # The format of the column holds for cells that nobody has touched yet.
    dimension.number_format = _FORMATS.get(column.kind, _TEXT)
    if choices := tuple(_words(column)):
        _choose(sheet, letter, choices)


def _words(column: Column) -> Iterator[str]:
    if column.kind == "flag":
        yield from _YES_NO
    elif column.kind != "list":
        yield from (names[0] for names in column.choices.values())


def _choose(sheet: Worksheet, letter: str, words: Sequence[str]) -> None:
    listed = ",".join(words)
    if len(listed) > _LIST_LENGTH_MAX:
        return
    rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
    rule.error, rule.errorTitle = "Hãy chọn trong danh mục", "Giá trị không có trong danh mục"
    rule.add(f"{letter}2:{letter}{ROWS_READY}")
    sheet.add_data_validation(rule)
