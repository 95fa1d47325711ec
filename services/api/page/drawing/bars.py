"""Bars: the parts of a whole, and one bar a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.api.page.drawing.svg import Drawing, element, hint, label, picture

WIDTH = 480.0
# About what a letter takes at the size of the labels; a label that would not fit is left out.
LETTER = 7.4


@dataclass(frozen=True, slots=True)
class Part:
    """A part or a row: the class that colours it, its label, its size and how that is written."""

    kind: str
    name: str
    value: float
    written: str


def stacked(key: str, caption: str, summary: str, parts: Sequence[Part]) -> Drawing:
    """Draw the parts of a whole as one bar; negative parts cannot be drawn and are left out.

    Names stand over their parts where they fit: the table beside it has them all.
    """
    whole = sum(max(part.value, 0) for part in parts)
    content, left = [], 0.0
    for part in parts:
        width = WIDTH * max(part.value, 0) / whole if whole else 0.0
        content.append(_segment(part, left, width))
        left += width
    return picture(key, caption, summary, (WIDTH, 62), content)


def _segment(part: Part, left: float, width: float) -> str:
    box = element("rect", x=left, y=0, width=max(width - 1.5, 0.0), height=36, class_=part.kind)
    texts = []
    if width >= LETTER * len(part.written):
        texts.append(label(part.written, x=left + 1, y=54, class_="value"))
    return element("g", hint(f"{part.name}: {part.written}"), box, *texts)


def rows(
    key: str,
    caption: str,
    summary: str,
    bars: Sequence[Part],
    *,
    name_width: float = 190,
    most: float | None = None,
) -> Drawing:
    """Draw one bar a row with its name before and its value behind it."""
    longest = most or max((bar.value for bar in bars), default=0) or 1
    room = WIDTH - name_width - 74
    content = []
    for place, bar in enumerate(bars):
        top, width = place * 26.0, room * max(bar.value, 0) / longest
        content += [
            label(_cut(bar.name, name_width), x=name_width - 8, y=top + 17, text_anchor="end"),
            element(
                "rect",
                hint(f"{bar.name}: {bar.written}"),
                x=name_width,
                y=top + 4,
                width=max(width, 1.0),
                height=18,
                class_=bar.kind,
            ),
            label(bar.written, x=name_width + width + 6, y=top + 17, class_="value"),
        ]
    return picture(key, caption, summary, (WIDTH, max(len(bars), 1) * 26.0 + 2), content)


def _cut(name: str, width: float) -> str:
    """Shorten a name that would run over its room; the bar's hint and the table have it whole."""
    letters = int(width / LETTER)
    return name if len(name) <= letters else f"{name[: letters - 1]}…"
