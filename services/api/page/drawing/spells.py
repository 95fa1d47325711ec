"""The spells of a household on both clocks: days to the right, what was known from top down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.api.page.drawing.bars import LETTER
from services.api.page.drawing.svg import Drawing, element, hint, label, picture

WIDTH, LEFT, TOP, ROW = 720.0, 190.0, 30.0, 40.0


@dataclass(frozen=True, slots=True)
class Band:
    """A spell; `end` is exclusive, None open."""

    kind: str
    name: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All spells as they were known from an instant on, and how that is written."""

    name: str
    bands: Sequence[Band]


def spells(
    key: str,
    caption: str,
    summary: str,
    known: Sequence[Knowledge],
    span: tuple[date, date],
    marked: tuple[date, str] | None,
) -> Drawing:
    """Draw one row of spells for each state of knowledge; `marked` is the day looked at."""
    first, last = span
    scale = (WIDTH - LEFT) / max((last - first).days, 1)

    def x(day: date) -> float:
        return LEFT + max(min((day - first).days, (last - first).days), 0) * scale

    height = TOP + ROW * len(known) + 22
    content, names = [*_years(first, last, x, height)], []
    for place, each in enumerate(known):
        top = TOP + ROW * place
        names.append(label(each.name, x=0, y=top + 19, class_="tick"))
        for band in each.bands:
            left, right = x(band.start), x(band.end or last)
            content.append(_band(band, left, right, top))
            names += _name(band, left, right, top)
    if marked is not None and first <= marked[0] <= last:
        at = x(marked[0])
        content.append(element("line", x1=at, x2=at, y1=14, y2=height - 20, class_="axis"))
        names.append(label(marked[1], x=at, y=11, text_anchor="middle", class_="halo"))
    # Names last, so that the line of the day goes behind them.
    return picture(key, caption, summary, (WIDTH, height), [*content, *names])


def _years(first: date, last: date, x: Callable[[date], float], height: float) -> Iterator[str]:
    for year in range(first.year, last.year + 1):
        day = date(year, 1, 1)
        if first <= day <= last:
            at = x(day)
            yield element("line", x1=at, x2=at, y1=TOP - 6, y2=height - 20, class_="grid")
            yield label(year, x=at + 3, y=height - 6, class_="tick")


def _band(band: Band, left: float, right: float, top: float) -> str:
    width = max(right - left - 1, 1.5)
    return element("rect", hint(band.name), x=left, y=top, width=width, height=28, class_=band.kind)


def _name(band: Band, left: float, right: float, top: float) -> Iterator[str]:
    """Write the band's name where there is room for it."""
    if right - left > LETTER * len(band.name) + 10:
        yield label(band.name, x=left + 6, y=top + 19, class_="on")
