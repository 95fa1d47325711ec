"""Paper: pages of an official document, with digest, clocks, number and a code to scan on each.

30/2020/NĐ-CP annex I asks for Times New Roman; Liberation Serif has its measures, a free licence
and all Vietnamese letters. The same document is the same bytes: `invariant` leaves the clock out.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from shared.kernel.texts import NOTHING, Text

PDF = "application/pdf"
_FONTS = Path(__file__).parent / "fonts"
PLAIN, BOLD = "LiberationSerif-Regular", "LiberationSerif-Bold"
MARGIN, FOOT, CODE = 12 * mm, 30 * mm, 24 * mm
Align = Literal[0, 1]
# As the library numbers it.
MIDDLE: Align = 1
# At the least correction a code of 600 signs has modules of a quarter of a millimetre.
_CODE = "qr"


@cache
def style(size: float = 8, *, bold: bool = False, align: Align = 0) -> ParagraphStyle:
    """Return how a text is set; sizes in points."""
    _load_fonts()
    name = f"{size}-{bold}-{align}"
    font = BOLD if bold else PLAIN
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.25, alignment=align)


@cache
def _load_fonts() -> None:
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, _FONTS / f"{name}.ttf"))


@dataclass(frozen=True, slots=True)
class Paper:
    """What each page says at its foot; `address` is behind the code, None: nothing is signed."""

    title: str
    stamp: str
    unsigned: str
    address: str | None
    wide: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height of a page, in points."""
        return landscape(A4) if self.wide else A4

    def pages(self, story: Sequence[Flowable]) -> bytes:
        """Return the pages of a story as PDF."""
        _load_fonts()
        out = io.BytesIO()
        document = SimpleDocTemplate(
            out,
            pagesize=self.size,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=MARGIN,
            bottomMargin=FOOT,
            title=self.title,
            invariant=1,
        )
        document.build(list(story), canvasmaker=partial(_Pages, self))
        return out.getvalue()

    def foot(self, canvas: Canvas, number: int, last: int) -> None:
        """Write the foot of a page."""
        width = self.size[0] - 2 * MARGIN
        said = self.stamp if self.address else f"{self.stamp}<br/>{self.unsigned}"
        stamp = Paragraph(said, style(7))
        _, height = stamp.wrap(width - CODE - 30 * mm, FOOT)
        stamp.drawOn(canvas, MARGIN, FOOT - 6 * mm - height)
        canvas.setFont(PLAIN, 8)
        canvas.drawRightString(width + MARGIN - CODE - 4 * mm, FOOT - 9 * mm, f"{number} / {last}")
        if self.address is not None:
            at = width + MARGIN - CODE, 4 * mm
            canvas.saveState()
            canvas.translate(*at)
            canvas.doForm(_CODE)
            canvas.restoreState()
            canvas.linkURL(self.address, (*at, at[0] + CODE, at[1] + CODE))


class _Pages(Canvas):
    """Knows the number of the last page before the first one is written."""

    def __init__(self, paper: Paper, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._paper = paper
        self._kept: list[dict[str, Any]] = []
        if paper.address is not None:
            self.beginForm(_CODE, 0, 0, CODE, CODE)
            renderPDF.draw(_code(paper.address), self, 0, 0)
            self.endForm()

    def showPage(self) -> None:  # noqa: N802 # the library's name
        """Keep a page until all are there."""
        self._kept.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined] # the recipe of its own manual

    def save(self) -> None:
        """Write all pages, each with its foot."""
        kept, links = self._kept, "_annotationCount"
        for number, page in enumerate(kept, start=1):
            # Links of the feet are numbered behind those of all pages.
            self.__dict__.update(page | {links: self.__dict__[links]})
            self._paper.foot(self, number, len(kept))
            super().showPage()
        super().save()


def _code(address: str) -> Drawing:
    """Return a QR code that leads to an address."""
    widget = QrCodeWidget(address, barWidth=CODE, barHeight=CODE, barLevel="L", barBorder=1)
    return Drawing(CODE, CODE, widget)


UNSIGNED = Text("Not signed.", "Chưa ký số.")
_STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"


def official_head(place: str, width: float) -> Table:
    """Return who writes, beside the state and its motto, as 30/2020/NĐ-CP has it."""
    middle = style(10, bold=True, align=MIDDLE)
    said = [Paragraph(_STATE, middle), Paragraph(f"<u>{_MOTTO}</u>", middle)]
    return Table([[Paragraph(escaped(place), middle), said]], [width * 0.4, width * 0.6])


def signing_place(width: float, say: Callable[[Text], str], *, prepared: bool = True) -> Table:
    """Return where the chairman signs, and who has prepared the form."""
    middle = style(9, bold=True, align=MIDDLE)
    left = Text("PREPARED BY", "NGƯỜI LẬP BIỂU") if prepared else NOTHING
    right = Text("FOR THE PEOPLE'S COMMITTEE<br/>CHAIRMAN", "TM. ỦY BAN NHÂN DÂN<br/>CHỦ TỊCH")
    row = [Paragraph(say(text), middle) for text in (left, right)]
    return Table([row, [Spacer(1, 16 * mm), ""]], [width / 2, width / 2])


def escaped(text: str) -> str:
    """Return a text whose signs mean themselves in a paragraph."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
