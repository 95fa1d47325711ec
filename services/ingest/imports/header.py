"""The header of a sheet: found below titles, its columns known, or one fault for all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.ingest.imports.headings import Column, Columns, folded
from services.ingest.imports.sheets.cells import Cell, PhysicalRow, Unreadable, column_letters
from services.ingest.imports.values import BLANKS, shown
from shared.kernel.imports import SheetHead

HEAD_ROWS = 30
SHOWN_HEADINGS = 12
HEADING_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A column of a sheet that means something: where, under which heading, in which language."""

    index: int
    column: Column
    heading: str
    vietnamese: bool


@dataclass(frozen=True)
class Header:
    """The columns of a sheet; `beside` are those that the registry has no use for."""

    row: int
    cells: tuple[str, ...]
    places: tuple[Place, ...]
    beside: frozenset[int]
    delimiter: str = ","

    def head(self, sheet: str | None) -> SheetHead:
        """Return what is kept of the header, so that refused rows go back below it."""
        return SheetHead(sheet, self.cells, self.delimiter)

    def of_field(self, field: str) -> Place | None:
        """Return the column of a field; of a part of a field too."""
        for place in self.places:
            if place.column.name == field or place.column.name.partition(".")[0] == field:
                return place
        return None

    def repeats(self, row: PhysicalRow) -> bool:
        """Say whether a row is the header once more, as on every printed page."""
        return tuple(_texts(row.cells)) == self.cells[: len(row.cells)]


def header_of(rows: Sequence[PhysicalRow], columns: Columns) -> int | None:
    """Return which of the first rows is the header: the one with most known headings, at least two.

    Of a header of two rows whose merged cells repeat above and below, the second knows more.
    """
    best, place = 1, None
    for number, row in enumerate(rows):
        texts = [text for text in _texts(row.cells) if text]
        score = sum(columns.known(text) for text in texts)
        if score > best and score * 2 >= len(texts):
            best, place = score, number
    return place


def read_header(row: PhysicalRow, columns: Columns, delimiter: str = ",") -> Header:
    """Return the header in a row; raises `Unreadable` for unknown or repeated columns."""
    texts = _texts(row.cells)
    while texts and not texts[-1]:
        texts.pop()
    places, beside, unknown = [], set(), []
    taken: dict[str, str] = {}
    for index, text in enumerate(texts):
        if not text:
            continue
        match = columns.find(text)
        if match is None:
            (beside.add(index) if columns.beside(text) else unknown.append((index, text)))
            continue
        column, vietnamese = match
        if column.name in taken:
            raise _repeated(taken[column.name], text)
        taken[column.name] = text
        places.append(Place(index, column, text, vietnamese))
    if unknown:
        raise _unknown(row.number, unknown, columns)
    return Header(row.number, tuple(texts), tuple(places), frozenset(beside), delimiter)


def _texts(cells: Sequence[Cell]) -> list[str]:
    return [shown(cell).strip(BLANKS) for cell in cells]


def _repeated(first: str, second: str) -> Unreadable:
    one, other = first[:HEADING_SHOWN], second[:HEADING_SHOWN]
    en = f"two columns mean the same: {one!r} and {other!r}"
    return Unreadable(en, "column_repeated", f"hai cột cùng một nghĩa: «{one}» và «{other}»")


def _unknown(row: int, unknown: list[tuple[int, str]], columns: Columns) -> Unreadable:
    en, vi = [], []
    for index, text in unknown[:SHOWN_HEADINGS]:
        letters, heading, near = column_letters(index), text[:HEADING_SHOWN], columns.nearest(text)
        en.append(f"{letters} {heading!r}" + (f" (did you mean {near!r}?)" if near else ""))
        vi.append(f"{letters} «{heading}»" + (f" (có phải «{near}»?)" if near else ""))
    return Unreadable(
        f"row {row} heads columns that are not known: {', '.join(en)}; rename or delete them",
        "unknown_column",
        f"dòng {row} có cột không nhận ra: {', '.join(vi)}; hãy đổi tên hoặc xóa các cột đó",
    )


def no_header(rows: Sequence[PhysicalRow], columns: Columns) -> Unreadable:
    """Return the one fault of a file in which no row heads the columns."""
    first = next((row for row in rows if any(_texts(row.cells))), None)
    number = 1 if first is None else first.number
    texts = [text for text in _texts(first.cells) if text] if first else []
    listed = "; ".join(text[:HEADING_SHOWN] for text in texts[:SHOWN_HEADINGS]) or "–"
    wanted = ", ".join(column.vi for column in columns.columns[:SHOWN_HEADINGS])
    return Unreadable(
        f"no row heads the columns; row {number} holds: {listed}; take the template",
        "header_unknown",
        f"không tìm thấy dòng tiêu đề; dòng {number} có: {listed}. Cần các cột như: {wanted}; "
        "hãy dùng tệp mẫu",
    )


def is_numbering(row: PhysicalRow) -> bool:
    """Say whether a row only numbers the columns of a form: (1) (2) (3) or A B 1 2."""
    texts = [folded(text) for text in _texts(row.cells) if text]
    short = all(len(text) <= 2 and (text.isdigit() or len(text) == 1) for text in texts)
    numbers = [int(text) for text in texts if text.isdigit()]
    return (
        short and len(numbers) > 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    )
