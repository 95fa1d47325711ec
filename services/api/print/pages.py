"""A document as pages: a table a form in the official layout, its head on every page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    PageBreak,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from services.api.print.form import Document, Form, Linked, Value
from services.api.print.paper import (
    MARGIN,
    MIDDLE,
    PLAIN,
    UNSIGNED,
    Paper,
    escaped,
    official_head,
    signing_place,
    style,
)
from shared.kernel.texts import Text, number

_SIZE = 7.5
_Span = tuple[str, tuple[int, int], tuple[int, int]]
# Widths of columns in parts: numbers, names, and the running number before them.
_NUMBER, _NAME, _FIRST = 1.0, 3.2, 0.6
_GRID = ("GRID", (0, 0), (-1, -1), 0.4, colors.grey)
_HEAD = ("BACKGROUND", (0, 0), (-1, 1), colors.whitesmoke)
_TIGHT = [(f"{side}PADDING", (0, 0), (-1, -1), 1.5) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]


def pages(document: Document, language: str) -> bytes:
    """Return a document as PDF."""
    written = _Written(document, language)
    paper = Paper(
        title=f"{document.place}: {written.say(document.forms[0].title)}",
        stamp=escaped(written.say(document.stamp)),
        unsigned=written.say(UNSIGNED),
        address=document.verified_at,
        wide=True,
    )
    return paper.pages(list(written.story(paper.size[0] - 2 * MARGIN)))


class _Number(Flowable):
    """A number that may lead somewhere: a paragraph each would take ten times as long."""

    def __init__(self, text: str, address: str | None = None) -> None:
        super().__init__()
        self.text, self.address = text, address
        self.width, self.height = 0.0, _SIZE * 1.2

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take the width of the column and one line."""
        self.width = width
        return width, self.height

    def draw(self) -> None:
        """Write it to the right."""
        self.canv.setFont(PLAIN, _SIZE)
        self.canv.drawRightString(self.width, 2, self.text)
        if self.address is not None:
            self.canv.linkURL(self.address, (0, 0, self.width, self.height), relative=1)


@dataclass(frozen=True, slots=True)
class _Written:
    document: Document
    language: str

    def say(self, text: Text) -> str:
        return str(getattr(text, self.language))

    def story(self, width: float) -> Iterator[Flowable]:
        for place, form in enumerate(self.document.forms):
            if place:
                yield PageBreak()
            yield official_head(self.document.place, width)
            yield Spacer(1, 4 * mm)
            title = escaped(self.say(form.title).upper())
            yield Paragraph(title, style(12, bold=True, align=MIDDLE))
            yield Paragraph(escaped(self.say(self.document.told)), style(9, align=MIDDLE))
            if form.law:
                yield Paragraph(f"({escaped('; '.join(form.law))})", style(8, align=MIDDLE))
            yield Spacer(1, 3 * mm)
            yield self._table(form, width)
            yield from self._notes(form)
            yield KeepTogether([Spacer(1, 5 * mm), signing_place(width, self.say)])

    def _notes(self, form: Form) -> Iterator[Flowable]:
        for place, note in enumerate(form.notes, start=1):
            yield Paragraph(f"({place}) {escaped(self.say(note))}", style(_SIZE))

    def _table(self, form: Form, width: float) -> Table:
        heads, spans = self._heads(form)
        rows = [[self._cell(value) for value in row] for row in form.rows]
        table = Table([*heads, *rows], _widths(form, width), repeatRows=2)
        table.setStyle(
            TableStyle([_GRID, _HEAD, *_TIGHT, ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *spans])
        )
        return table

    def _heads(self, form: Form) -> tuple[list[list[Any]], list[_Span]]:
        """Return the two lines of heads, and which cells of them are one."""
        middle = style(_SIZE, bold=True, align=MIDDLE)
        above: list[Any] = []
        below: list[Any] = []
        spans: list[_Span] = []
        for head in form.heads:
            first = len(above)
            last = first + head.columns - 1
            above += [Paragraph(escaped(self.say(head.text)), middle), *[""] * (last - first)]
            below += [Paragraph(escaped(self.say(text)), middle) for text in head.below] or [""]
            spans.append(("SPAN", (first, 0), (last, 0 if head.below else 1)))
        return [above, below], spans

    def _cell(self, value: Value) -> Flowable | str:
        if isinstance(value, Linked):
            return _Number(self._number(value.number), f"{self.document.address}{value.href}")
        if isinstance(value, str | Text):
            text = self.say(value) if isinstance(value, Text) else value
            return Paragraph(escaped(text), style(_SIZE))
        return "" if value is None else _Number(self._number(value))

    def _number(self, value: float) -> str:
        """Write a number as the language does, a rate with two decimals."""
        exact = value if isinstance(value, int) else Decimal(f"{value:.2f}")
        return self.say(number(exact))


def _widths(form: Form, width: float) -> Sequence[float]:
    """Return widths that fill the page: wide where a column holds texts."""
    columns = sum(head.columns for head in form.heads)
    parts = [_NUMBER] * columns
    for column in range(columns):
        if any(isinstance(row[column], str | Text) for row in form.rows):
            parts[column] = _NAME
    if form.heads[0].text.en == "No.":
        parts[0] = _FIRST
    return [width * part / sum(parts) for part in parts]
