"""A workbook written from its beginning to its end, so that it needs no memory and no file.

openpyxl writes the time of day into each part, and keeps every sheet in a file until the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from services.api.exports.columns import Column
from services.api.exports.writing import Sink
from shared.kernel.clock import written_instant

# What a sheet of a workbook can hold; what is beyond goes on the next one.
SHEET_ROWS_MAX = 1_048_576
CELL_SIGNS_MAX = 32_767
# Above this a number of a workbook is no longer the one that was written.
EXACT_MAX = 2**53
# An archive says of each part when it was made; here always the same, for the same bytes.
_MADE = (1980, 1, 1, 0, 0, 0)
_DAY_ZERO = date(1899, 12, 30).toordinal()
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# What XML has no way to write.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    "<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>"
    "<cellStyleXfs><xf/></cellStyleXfs>"
    '<cellXfs><xf/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Xlsx:
    """Sheets of rows under the names of the columns: texts are texts, never formulas."""

    def __init__(self, sink: Sink, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._archive = ZipFile(sink, "w", ZIP_DEFLATED)
        self._sheets = 0
        self._begin()

    def _begin(self) -> None:
        self._sheets += 1
        part = ZipInfo(f"xl/worksheets/sheet{self._sheets}.xml", _MADE)
        part.compress_type = ZIP_DEFLATED
        self._sheet, self._row = self._archive.open(part, "w", force_zip64=True), 0
        self._sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
        self._write([[_inline(column.name) for column in self._columns]])

    def rows(self, items: Sequence[Any]) -> None:
        """Write the next rows."""
        values = [column.value for column in self._columns]
        while items:
            room = SHEET_ROWS_MAX - self._row
            self._write([[_of(value(item)) for value in values] for item in items[:room]])
            items = items[room:]
            if items:
                self._close()
                self._begin()

    def _write(self, rows: Sequence[Sequence[str]]) -> None:
        self._row += len(rows)
        self._sheet.write("".join(f"<row>{''.join(cells)}</row>" for cells in rows).encode())

    def _close(self) -> None:
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()

    def end(self) -> None:
        """Write what the archive says of its sheets."""
        self._close()
        for name, content in _around(self._sheets):
            part = ZipInfo(name, _MADE)
            part.compress_type = ZIP_DEFLATED
            self._archive.writestr(part, content)
        self._archive.close()


def _around(sheets: int) -> list[tuple[str, str]]:
    """Return the parts that say what the sheets are."""
    numbers = range(1, sheets + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    listed = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    related = "".join(
        f'<Relationship Id="r{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    return [
        (
            "[Content_Types].xml",
            (
                f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
                'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                '<Default Extension="xml" ContentType="application/xml"/>'
                f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
                f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
                f"{overrides}</Types>"
            ),
        ),
        (
            "_rels/.rels",
            (
                f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
                f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
            ),
        ),
        (
            "xl/workbook.xml",
            (
                f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
                f"<sheets>{listed}</sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            (
                f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{related}<Relationship '
                f'Id="styles" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
            ),
        ),
        ("xl/styles.xml", _STYLES),
    ]


def _of(value: Any) -> str:
    """Return a value as a cell."""
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return _inline(value)
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        return _inline(written_instant(value))
    if isinstance(value, date):
        return f'<c s="1"><v>{value.toordinal() - _DAY_ZERO}</v></c>'
    if isinstance(value, int) and abs(value) > EXACT_MAX:
        return _inline(str(value))
    return f"<c><v>{value}</v></c>"


def _inline(text: str) -> str:
    shown = escape(_NOT_XML.sub("\ufffd", text[:CELL_SIGNS_MAX]))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
