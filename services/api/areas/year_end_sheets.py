"""A year-end book as a workbook: one sheet a form, with footnotes, links, digest and clocks."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.api.areas.year_end_book import Cell, FormRow, ListForm, YearEnd
from shared.kernel.texts import Text, instant

_HEAD = PatternFill("solid", fgColor="DDEBF7")
_LINE = Side(style="thin", color="999999")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_BOLD = Font(bold=True)
_LINK = Font(color="0563C1", underline="single")

_TITLES = {
    "poor": Text("Movement of poor households in {year}", "Diễn biến hộ nghèo năm {year}"),
    "near_poor": Text(
        "Movement of near-poor households in {year}", "Diễn biến hộ cận nghèo năm {year}"
    ),
}
_SHEETS = {
    "poor": Text("Poor", "Hộ nghèo"),
    "near_poor": Text("Near-poor", "Hộ cận nghèo"),
    "target_groups": Text("Target groups", "Nhóm đối tượng"),
    "indicators": Text("Deprivations", "Chỉ số thiếu hụt"),
    "ethnic_groups": Text("Ethnic groups", "Dân tộc"),
    "causes": Text("Causes", "Nguyên nhân"),
}
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
_MINORITY = Text("Minority", "Hộ DTTS")
# Heads of the movement form: what stands above, and what below; a rate stands behind each.
_MOVEMENT: tuple[tuple[Text, str, Text], ...] = (
    (Text("Start of year", "Đầu năm"), "start", _HOUSEHOLDS),
    (Text("Start of year", "Đầu năm"), "start_minority", _MINORITY),
    (Text("Left the list", "Thoát"), "left", _HOUSEHOLDS),
    (Text("Relapsed", "Tái"), "relapsed", _HOUSEHOLDS),
    (Text("Newly arisen", "Phát sinh mới"), "newly_arisen", _HOUSEHOLDS),
    (Text("End of year", "Cuối năm"), "end", _HOUSEHOLDS),
    (Text("End of year", "Cuối năm"), "end_minority", _MINORITY),
)


@dataclass(frozen=True, slots=True)
class Sheets:
    """Writes the sheets of a book in one language."""

    book: YearEnd
    say: Callable[[Text], str]
    settled: datetime
    address: str
    workbook: Workbook

    def form(self, form: ListForm) -> None:
        """Write the movement of one list."""
        sheet = self._sheet(form.list, _TITLES[form.list].filled(year=self.book.year))
        unit = Text("Area / unit", "Khu vực/Đơn vị")
        bases = Text("All households", "Tổng số hộ dân cư"), Text("Of them minority", "Hộ DTTS")
        self._head(sheet, [Text("No.", "TT"), unit, *bases])
        for above, _, below in _MOVEMENT:
            self._beside(sheet, above, [below, _RATE])
        for number, row in enumerate(form.rows, start=1):
            self._movement(sheet, number, row)
        sheet.append([])
        for number, note in enumerate(form.notes, start=1):
            sheet.append([f"({number})", self.say(Text(note.text_en, note.text_vi))])
        self._widths(sheet)

    def _movement(self, sheet: Worksheet, number: int, row: FormRow) -> None:
        place = sheet.max_row + 1
        self._put(sheet, place, 1, number)
        self._put(sheet, place, 2, self._name(row.kind, row.name))
        self._put(sheet, place, 3, row.base_end)
        self._put(sheet, place, 4, row.base_minority_end)
        for column, (_, name, _) in enumerate(_MOVEMENT):
            cell: Cell = getattr(row, name)
            self._put(sheet, place, 5 + 2 * column, cell.households, cell.href)
            self._put(sheet, place, 6 + 2 * column, cell.rate and cell.rate.percent)

    def target_groups(self) -> None:
        """Write the target groups of both lists."""
        heads = (
            Text("List", "Danh sách"),
            Text("Area / unit", "Khu vực/Đơn vị"),
            _HOUSEHOLDS,
            _MINORITY,
            Text("No labour capacity", "Không có khả năng lao động"),
            Text("With a member of merit", "Có thành viên là người có công"),
            Text("Persons", "Số nhân khẩu"),
            Text("Size not stated", "Hộ chưa rõ nhân khẩu"),
        )
        title = Text("Target groups at the end of {year}", "Nhóm đối tượng cuối năm {year}")
        rows = (
            (
                self.say(_SHEETS[row.list]),
                self._name(row.kind, row.name),
                row.households,
                row.minority,
                row.no_labour_capacity,
                row.merit_member,
                row.persons,
                row.size_unknown,
            )
            for row in self.book.target_groups
        )
        self._plain("target_groups", title, heads, rows)

    def indicators(self) -> None:
        """Write deprivations by indicator."""
        lists = (_SHEETS["poor"], _RATE, _SHEETS["near_poor"], _RATE)
        heads = (Text("Standard", "Chuẩn"), Text("Code", "Mã"), Text("Indicator", "Chỉ số"), *lists)
        title = Text("Deprivations at the end of {year}", "Thiếu hụt theo chỉ số cuối năm {year}")
        rows = (
            (
                row.standard,
                row.code,
                self.say(Text(row.name_en, row.name_vi)),
                row.poor,
                row.poor_rate and row.poor_rate.percent,
                row.near_poor,
                row.near_poor_rate and row.near_poor_rate.percent,
            )
            for row in self.book.indicators
        )
        self._plain("indicators", title, heads, rows)

    def ethnic_groups(self) -> None:
        """Write listed households by ethnic group."""
        title = Text("By ethnic group at the end of {year}", "Theo dân tộc cuối năm {year}")
        self._listed("ethnic_groups", title, Text("Ethnic group", "Dân tộc"))

    def causes(self) -> None:
        """Write listed households by stated cause."""
        title = Text("By cause at the end of {year}", "Theo nguyên nhân cuối năm {year}")
        self._listed("causes", title, Text("Cause as stated", "Nguyên nhân (như đã nêu)"))

    def _listed(self, key: str, title: Text, head: Text) -> None:
        heads = (head, _SHEETS["poor"], _SHEETS["near_poor"])
        none = self.say(Text("not stated", "không nêu"))
        rows = ((row.name or none, row.poor, row.near_poor) for row in getattr(self.book, key))
        self._plain(key, title, heads, rows)

    def _plain(
        self, key: str, title: Text, heads: Sequence[Text], rows: Iterable[Sequence[Any]]
    ) -> None:
        sheet = self._sheet(key, title.filled(year=self.book.year))
        self._head(sheet, heads)
        for row in rows:
            place = sheet.max_row + 1
            for column, value in enumerate(row, start=1):
                self._put(sheet, place, column, value)
        self._widths(sheet)

    def _sheet(self, key: str, title: Text) -> Worksheet:
        sheet: Worksheet = self.workbook.create_sheet(self.say(_SHEETS[key]))
        book = self.book
        sheet.append([f"{book.area.name} ({book.area.code})"])
        sheet.append([self.say(title)])
        said = Text(
            "Households {basis}; counted from the end of {start} to the end of {end}",
            "Số hộ {basis}; tính từ hết ngày {start} đến hết ngày {end}",
        )
        days = {"start": f"{book.start_on:%d/%m/%Y}", "end": f"{book.end_on:%d/%m/%Y}"}
        sheet.append([self.say(said.filled(basis=_BASES[book.basis], **days))])
        known = Text("Known at {at}; digest {digest}", "Dữ liệu đến {at}; mã kiểm {digest}")
        stamp = self.say(known.filled(at=instant(self.settled), digest=book.digest[:16]))
        sheet.append([stamp])
        for row in (1, 2):
            sheet.cell(row, 1).font = _BOLD
        _printed(sheet, stamp)
        return sheet

    def _head(self, sheet: Worksheet, heads: Sequence[Text]) -> None:
        """Write the first heads, each over the two lines that a head has."""
        for column, head in enumerate(heads, start=1):
            for row in (5, 6):
                self._put(sheet, row, column, self.say(head) if row == 5 else None, head=True)
            sheet.merge_cells(start_row=5, end_row=6, start_column=column, end_column=column)
        sheet.freeze_panes = f"{get_column_letter(min(3, len(heads)))}7"
        sheet.print_title_rows = "5:6"

    def _beside(self, sheet: Worksheet, above: Text, below: Sequence[Text]) -> None:
        """Write one more head with others under it."""
        first = sheet.max_column + 1
        for column, head in enumerate(below, start=first):
            self._put(sheet, 5, column, self.say(above) if column == first else None, head=True)
            self._put(sheet, 6, column, self.say(head), head=True)
        last = first + len(below) - 1
        sheet.merge_cells(start_row=5, end_row=5, start_column=first, end_column=last)

    def _put(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        value: Any,
        href: str | None = None,
        *,
        head: bool = False,
    ) -> None:
        cell = sheet.cell(row, column)
        cell.value, cell.border = value, _BOX
        if isinstance(value, str):
            # What a sender wrote is text, also where it begins as a formula does.
            cell.data_type = "s"
        if head:
            cell.fill, cell.font, cell.alignment = _HEAD, _BOLD, _CENTRE
        elif href is not None:
            cell.hyperlink, cell.font = f"{self.address}{href}", _LINK
        if isinstance(value, int):
            cell.number_format = "#,##0"
        elif isinstance(value, float):
            cell.number_format = "0.00"

    def _name(self, kind: str, name: str) -> str:
        return name if kind == "unit" else self.say(_ROWS[kind])

    def _widths(self, sheet: Worksheet) -> None:
        for column in range(1, sheet.max_column + 1):
            sheet.column_dimensions[get_column_letter(column)].width = 12
        sheet.column_dimensions["B"].width = 28


def _printed(sheet: Worksheet, stamp: str) -> None:
    """Let each printed page have its stamp and number, as wide as the sheet."""
    footer = sheet.oddFooter
    if footer is not None and footer.left is not None and footer.right is not None:
        footer.left.text, footer.right.text = stamp, "&P / &N"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def workbook(book: YearEnd, language: str, settled: datetime, address: str) -> bytes:
    """Return a book as XLSX; links lead to `address`."""
    target = Workbook()
    target.remove(target.worksheets[0])
    sheets = Sheets(book, lambda text: getattr(text, language), settled, address, target)
    for form in book.lists:
        sheets.form(form)
    for write in (
        sheets.target_groups,
        sheets.indicators,
        sheets.ethnic_groups,
        sheets.causes,
    ):
        write()
    out = io.BytesIO()
    target.save(out)
    return out.getvalue()
