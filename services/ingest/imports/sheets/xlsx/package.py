"""The parts of a workbook: its sheets, which of them are shown, its number formats and texts."""

from __future__ import annotations

import posixpath
import re
import zipfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from services.ingest.imports.sheets.xlsx.xml import broken, parsed, too_large

# A workbook unpacks to about ten times its size; one that wants much more is made to hurt.
UNPACKED_FREE = 16 * 1024 * 1024
UNPACKED_RATIO_MAX = 100
SHEET_BYTES_MAX = 2 * 1024 * 1024 * 1024
TEXTS_BYTES_MAX = 256 * 1024 * 1024
SMALL_PART_MAX = 16 * 1024 * 1024
SHEETS_MAX = 200
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What Excel numbers as its own date formats (ECMA-376 18.8.30), with those of East Asia.
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NO_CODES = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_DATE_CODES = re.compile(r"[dmyhs]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet of the workbook and where it lies in the package."""

    name: str
    path: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """What is known of a workbook before its cells are read."""

    sheets: tuple[SheetPart, ...]
    dates_from_1904: bool
    texts: str | None
    styles: str | None


def refuse_bomb(parts: zipfile.ZipFile) -> None:
    """Refuse a package whose parts say that they unpack to a hundred times its size."""
    unpacked = sum(part.file_size for part in parts.infolist())
    packed = sum(part.compress_size for part in parts.infolist())
    if unpacked > UNPACKED_FREE and unpacked > UNPACKED_RATIO_MAX * packed:
        raise too_large("the workbook")


@contextmanager
def opened(parts: zipfile.ZipFile, path: str) -> Iterator[IO[bytes]]:
    """Open a part; whatever the package has wrong with it is one refusal."""
    try:
        with parts.open(path) as part:
            yield part
    except (KeyError, zipfile.BadZipFile, RuntimeError, EOFError, OSError):
        raise broken() from None


def _elements(parts: zipfile.ZipFile, path: str) -> list[tuple[str, dict[str, str]]]:
    elements: list[tuple[str, dict[str, str]]] = []
    with opened(parts, path) as part:
        for _ in parsed(
            part,
            SMALL_PART_MAX,
            lambda name, values: elements.append((name, values)),
            lambda name: None,
            lambda text: None,
        ):
            pass
    return elements


def _targets(parts: zipfile.ZipFile, path: str) -> dict[str, tuple[str, str]]:
    """Return (kind, path) of what a part refers to, by id."""
    folder, name = posixpath.split(path)
    relations = _elements(parts, posixpath.join(folder, "_rels", f"{name}.rels"))
    return {
        values.get("Id", ""): (
            values.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, values.get("Target", "")))[1:],
        )
        for element, values in relations
        if element == "Relationship"
    }


def read_workbook(parts: zipfile.ZipFile) -> Workbook:
    """Return the sheets in their order; a chart or a dialogue is no sheet."""
    roots = _targets(parts, "").values()
    path = next((path for kind, path in roots if kind == "officeDocument"), "xl/workbook.xml")
    targets, elements = _targets(parts, path), _elements(parts, path)
    sheets = tuple(
        SheetPart(values.get("name", ""), part, values.get("state", "visible") != "visible")
        for element, values in elements
        if element == "sheet"
        for kind, part in [targets.get(_link(values), ("", ""))]
        if kind == "worksheet"
    )
    if not sheets or len(sheets) > SHEETS_MAX:
        raise broken()
    flags = [values.get("date1904") for element, values in elements if element == "workbookPr"]
    named = dict(targets.values())
    from_1904 = any(flag in {"1", "true"} for flag in flags)
    return Workbook(sheets, from_1904, named.get("sharedStrings"), named.get("styles"))


def _link(values: dict[str, str]) -> str:
    """Return the id by which a sheet refers to its part, whatever its prefix."""
    return next((value for name, value in values.items() if name.rpartition(":")[2] == "id"), "")


def date_styles(parts: zipfile.ZipFile, path: str | None) -> frozenset[str]:
    """Return the numbers of the cell styles under which a number is a date or a time."""
    if path is None:
        return frozenset()
    custom: dict[str, bool] = {}
    styles: list[str] = []
    inside = False
    for element, values in _elements(parts, path):
        if element == "numFmt":
            custom[values.get("numFmtId", "")] = _is_date(values.get("formatCode", ""))
        elif element in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            inside = element == "cellXfs"
        elif element == "xf" and inside:
            styles.append(values.get("numFmtId", "0"))
    return frozenset(
        str(place)
        for place, number in enumerate(styles)
        if custom.get(number, number.isdigit() and int(number) in _BUILT_IN_DATES)
    )


def _is_date(code: str) -> bool:
    shown = _NO_CODES.sub("", code.partition(";")[0])
    return "general" not in shown.lower() and _DATE_CODES.search(shown) is not None


def unescaped(text: str) -> str:
    """Return a text without the escapes that XLSX writes for what XML cannot hold."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


@dataclass
class Texts:
    """The texts that cells refer to by number, in one buffer: objects would take five times it."""

    _bytes: bytearray = field(default_factory=bytearray)
    _ends: array[int] = field(default_factory=lambda: array("Q"))
    _parts: list[str] = field(default_factory=list)
    _taken: int = 0
    _phonetic: int = 0

    @classmethod
    def read(cls, parts: zipfile.ZipFile, path: str | None) -> Texts:
        """Read the table of texts, if there is one."""
        texts = cls()
        if path is None:
            return texts
        with opened(parts, path) as part:
            for _ in parsed(part, TEXTS_BYTES_MAX, texts._start, texts._end, texts._text):
                pass
        return texts

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self._ends):
            raise broken()
        start = self._ends[number - 1] if number else 0
        return self._bytes[start : self._ends[number]].decode("utf-8", "replace")

    def _start(self, name: str, _: dict[str, str]) -> None:
        if name == "t":
            self._taken = 1
        elif name == "rPh":  # how East Asian signs are spoken: no part of the text
            self._phonetic += 1

    def _text(self, text: str) -> None:
        if self._taken and not self._phonetic:
            self._parts.append(text)

    def _end(self, name: str) -> None:
        if name == "t":
            self._taken = 0
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "si":
            self._bytes += unescaped("".join(self._parts)).encode("utf-8", "replace")
            self._ends.append(len(self._bytes))
            self._parts.clear()
