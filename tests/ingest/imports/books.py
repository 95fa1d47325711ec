"""Workbooks made part by part, with what spreadsheet programs really write into them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from services.ingest.imports.columns import columns_of
from services.ingest.imports.sheets.delimited import csv_sheets
from services.ingest.imports.sheets.xlsx.reader import xlsx_sheets
from services.ingest.imports.tables import AreaCheck, TableRow, Tables
from shared.facts import FACTS

MIB = 2**20
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'


@dataclass(frozen=True)
class Raw:
    """A cell as XML: its attributes, and what is inside."""

    attributes: str
    inside: str


def formula(text: str) -> Raw:
    """A formula that was never computed, as programs without a calculator write it."""
    return Raw("", f"<f>{escape(text)}</f><v></v>")


def computed(text: str, result: str, kind: str = "") -> Raw:
    return Raw(f't="{kind}"' if kind else "", f"<f>{escape(text)}</f><v>{escape(result)}</v>")


def error(text: str) -> Raw:
    return Raw('t="e"', f"<v>{text}</v>")


def day(serial: float) -> Raw:
    """A number that is shown as a date."""
    return Raw('s="1"', f"<v>{serial}</v>")


@dataclass
class Page:
    """A sheet: its rows from the first one on (None: no row is written), and its quirks."""

    rows: Sequence[Sequence[Any] | None]
    name: str = "Sheet"
    hidden: bool = False
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    merged: Sequence[str] = ()


@dataclass
class Book:
    """A workbook of pages."""

    pages: Sequence[Page]
    from_1904: bool = False
    extra: dict[str, bytes] = field(default_factory=dict)

    def bytes(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
            parts.writestr("_rels/.rels", _links([("officeDocument", "xl/workbook.xml")]))
            kinds = [
                ("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(self.pages) + 1)
            ]
            parts.writestr("xl/_rels/workbook.xml.rels", _links([*kinds, ("styles", "styles.xml")]))
            parts.writestr("xl/workbook.xml", self._workbook())
            parts.writestr("xl/styles.xml", STYLES)
            for number, page in enumerate(self.pages, start=1):
                parts.writestr(f"xl/worksheets/sheet{number}.xml", sheet_xml(page))
            for name, content in self.extra.items():
                parts.writestr(name, content)
        return out.getvalue()

    def _workbook(self) -> str:
        sheets = "".join(
            f'<sheet name="{escape(page.name)}" sheetId="{n}" r:id="rId{n}"'
            f"{' state=' + chr(34) + 'hidden' + chr(34) if page.hidden else ''}/>"
            for n, page in enumerate(self.pages, start=1)
        )
        return (
            f'<workbook {MAIN} xmlns:r="{LINKS}"><workbookPr date1904="{int(self.from_1904)}"/>'
            f"<sheets>{sheets}</sheets></workbook>"
        )


STYLES = f'<styleSheet {MAIN}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'


def _links(kinds: Sequence[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(kinds, start=1)
    )
    return f"<Relationships {PACKAGE}>{links}</Relationships>"


def sheet_xml(page: Page) -> str:
    columns = "".join(f'<col min="{n}" max="{n}" hidden="1"/>' for n in page.hidden_columns)
    rows = "".join(
        f'<row r="{number}" hidden="{int(number in page.hidden_rows)}">'
        f"{''.join(_cell(place, number, value) for place, value in enumerate(row))}</row>"
        for number, row in enumerate(page.rows, start=1)
        if row is not None
    )
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in page.merged)
    return (
        f"<worksheet {MAIN}>{f'<cols>{columns}</cols>' if columns else ''}"
        f"<sheetData>{rows}</sheetData>{f'<mergeCells>{merged}</mergeCells>' if merged else ''}"
        "</worksheet>"
    )


def _cell(place: int, row: int, value: Any) -> str:
    where = f'r="{chr(65 + place)}{row}"'
    if isinstance(value, Raw):
        return f"<c {where} {value.attributes}>{value.inside}</c>"
    if value is None:
        return f"<c {where}/>"
    if isinstance(value, bool):
        return f'<c {where} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"<c {where}><v>{value}</v></c>"
    return f'<c {where} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def read(
    name: str, content: bytes, door: str = "household-events", areas: AreaCheck | None = None
) -> tuple[Tables, list[TableRow]]:
    """Read a file as a kind of fact, to its end."""
    columns, typed = columns_of(FACTS[door]), name.endswith(".xlsx")
    sheets = (xlsx_sheets if typed else csv_sheets)(io.BytesIO(content), 8 * MIB, columns.known)
    tables = Tables(sheets, columns, areas, typed)
    return tables, [row for batch in tables.batches() for row in batch]


def codes(rows: Sequence[TableRow]) -> list[tuple[int, list[str]]]:
    """Return why each row was refused, by the row's number in its sheet."""
    return [(row.number, [reason.code for reason in row.reasons]) for row in rows]
