"""A document as a workbook: a sheet a form, with footnotes, links, digest, clocks and signature."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.api.print.form import Document, Form, Head, Linked, Value
from shared.kernel.texts import Text, instant

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD = PatternFill("solid", fgColor="DDEBF7")
_LINE = Side(style="thin", color="999999")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_BOLD = Font(bold=True)
_LINK = Font(color="0563C1", underline="single")
_SIGNATURE = Text("Signature", "Chữ ký số")
_UNSIGNED = Text(
    "Not signed: this registry has no key to sign with.", "Chưa ký: hệ thống chưa có khóa ký."
)


@dataclass(frozen=True, slots=True)
class Sheets:
    """Writes the sheets of a document in one language."""

    document: Document
    language: str
    workbook: Workbook

    def say(self, text: Text) -> str:
        """Return a text in the language."""
        return str(getattr(text, self.language))

    def form(self, form: Form) -> None:
        """Write one form."""
        sheet = self._sheet(form)
        column = 1
        for head in form.heads:
            self._head(sheet, column, head)
            column += head.columns
        sheet.freeze_panes = f"{get_column_letter(min(3, column - 1))}7"
        sheet.print_title_rows = "5:6"
        for place, row in enumerate(form.rows, start=7):
            for number, value in enumerate(row, start=1):
                self._put(sheet, place, number, value)
        if form.notes:
            sheet.append([])
        for number, note in enumerate(form.notes, start=1):
            sheet.append([f"({number})", self.say(note)])
        for number in range(1, column):
            sheet.column_dimensions[get_column_letter(number)].width = 12
        sheet.column_dimensions["B"].width = 28

    def signature(self) -> None:
        """Write what a reader needs to verify the document."""
        sheet: Worksheet = self.workbook.create_sheet(self.say(_SIGNATURE))
        document = self.document
        rows: Sequence[tuple[Text, str]] = (
            (Text("Digest (SHA-256)", "Mã kiểm (SHA-256)"), document.digest),
            (Text("Counted", "Kỳ số liệu"), self.say(document.told)),
            (Text("Known at", "Dữ liệu đến"), self.say(instant(document.settled))),
            (
                Text("Signature (JWS)", "Chữ ký (JWS)"),
                document.signature or self.say(_UNSIGNED),
            ),
            (Text("Verify at", "Kiểm tra tại"), document.verified_at or ""),
        )
        for place, (head, value) in enumerate(rows, start=1):
            self._put(sheet, place, 1, head)
            self._put(sheet, place, 2, value)
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 90

    def _sheet(self, form: Form) -> Worksheet:
        sheet: Worksheet = self.workbook.create_sheet(self.say(form.name))
        stamp = self.say(self.document.stamp)
        for text in (self.document.place, self.say(form.title), self.say(self.document.told)):
            sheet.append([text])
        sheet.append([stamp])
        for row in (1, 2):
            sheet.cell(row, 1).font = _BOLD
        _printed(sheet, stamp)
        return sheet

    def _head(self, sheet: Worksheet, first: int, head: Head) -> None:
        """Write a head over the two lines that it has, or over what stands under it."""
        last = first + head.columns - 1
        for column in range(first, last + 1):
            below = head.below[column - first] if head.below else None
            for row, text in ((5, head.text if column == first else None), (6, below)):
                self._put(sheet, row, column, text)
                cell = sheet.cell(row, column)
                cell.fill, cell.font, cell.alignment = _HEAD, _BOLD, _CENTRE
        end = 5 if head.below else 6
        sheet.merge_cells(start_row=5, end_row=end, start_column=first, end_column=last)

    def _put(self, sheet: Worksheet, row: int, column: int, value: Value) -> None:
        cell = sheet.cell(row, column)
        cell.border = _BOX
        if isinstance(value, Linked):
            cell.hyperlink, cell.font = f"{self.document.address}{value.href}", _LINK
            value = value.number
        cell.value = self.say(value) if isinstance(value, Text) else value
        if isinstance(value, str | Text):
            # What a sender wrote is text, also where it begins as a formula does.
            cell.data_type = "s"
        elif isinstance(value, int):
            cell.number_format = "#,##0"
        elif isinstance(value, float):
            cell.number_format = "0.00"


def _printed(sheet: Worksheet, stamp: str) -> None:
    """Let each printed page have its stamp and number, as wide as the sheet."""
    footer = sheet.oddFooter
    if footer is not None and footer.left is not None and footer.right is not None:
        footer.left.text, footer.right.text = stamp, "&P / &N"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def workbook(document: Document, language: str) -> bytes:
    """Return a document as XLSX."""
    target = Workbook()
    target.remove(target.worksheets[0])
    sheets = Sheets(document, language, target)
    for form in document.forms:
        sheets.form(form)
    sheets.signature()
    out = io.BytesIO()
    target.save(out)
    return out.getvalue()
