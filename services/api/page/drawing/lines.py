"""Lines over days: a few points each, labelled at their ends, with breaks where the law changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.api.page.drawing.svg import Drawing, element, hint, label, picture

WIDTH, HEIGHT = 480.0, 290.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 136.0, 22.0, 30.0
# Lines that end closer to each other than this would write over each other's names.
NAME_HEIGHT = 15.0


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a day, and how it is written."""

    day: date
    value: float
    written: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the class that colours it, its name and its points in order of days."""

    kind: str
    name: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Break:
    """A day from which another law measures."""

    day: date
    name: str


def nice_step(most: float, steps: int = 4) -> float:
    """Return a round step of which some `steps` reach `most`.

    >>> nice_step(20.63), nice_step(4215), nice_step(0.4)
    (10.0, 2000.0, 0.1)
    """
    raw = max(most, 1e-9) / steps
    size = 1.0
    while size > raw:
        size /= 10
    while size * 10 <= raw:
        size *= 10
    return float(next(size * each for each in (1, 2, 5, 10) if round(size * each, 9) >= raw))


class _Scale:
    """Where a day and a value stand in the picture."""

    def __init__(self, days: Sequence[date], most: float) -> None:
        self.first, self.last = min(days), max(days)
        self.step = nice_step(most)
        self.top = self.step * (int(most / self.step) + (most % self.step > 0 or not most))

    def x(self, day: date) -> float:
        """Return how far right a day stands; a single day stands in the middle."""
        span = (self.last - self.first).days
        share = (day - self.first).days / span if span else 0.5
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Return how far down a value stands."""
        return HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)


def lines(
    key: str,
    caption: str,
    summary: str,
    drawn: Sequence[Line],
    breaks: Sequence[Break],
    ticks: Sequence[tuple[date, str]],
    unit: str,
) -> Drawing:
    """Draw lines over the same days; `ticks` are the days that are named below, with their names.

    `unit` stands behind the numbers of the axis.
    """
    points = [point for line in drawn for point in line.points]
    scale = _Scale([day for day, _ in ticks], max(point.value for point in points))
    content = [*_axes(scale, ticks, unit), *_breaks(scale, breaks)]
    content += [part for line in drawn for part in _line(scale, line)]
    return picture(key, caption, summary, (WIDTH, HEIGHT), [*content, *_names(scale, drawn)])


def _axes(scale: _Scale, ticks: Sequence[tuple[date, str]], unit: str) -> Iterator[str]:
    value = 0.0
    while value <= scale.top + scale.step / 2:
        y = scale.y(value)
        yield element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid")
        yield label(f"{value:g}{unit}", x=LEFT - 6, y=y + 4, text_anchor="end", class_="tick")
        value += scale.step
    for day, name in ticks:
        yield label(name, x=scale.x(day), y=HEIGHT - 8, text_anchor="middle", class_="tick")


def _breaks(scale: _Scale, breaks: Sequence[Break]) -> Iterator[str]:
    for each in breaks:
        if scale.first <= each.day <= scale.last:
            x = scale.x(each.day)
            yield element("line", x1=x, x2=x, y1=TOP - 6, y2=HEIGHT - BOTTOM, class_="break")
            yield label(each.name, x=x + 4, y=TOP - 8, class_="tick")


def _line(scale: _Scale, line: Line) -> Iterator[str]:
    places = [(scale.x(point.day), scale.y(point.value), point) for point in line.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)
    yield element("polyline", points=path, class_=f"line {line.kind}")
    for x, y, point in places:
        spot = hint(f"{line.name}: {point.written}")
        yield element("circle", spot, cx=x, cy=y, r=4, class_=line.kind)
        yield label(point.written, x=x, y=y - 9, text_anchor="middle", class_="halo")


def _names(scale: _Scale, drawn: Sequence[Line]) -> Iterator[str]:
    """Write each line's name where it ends, pushed down where another one stands."""
    at = 0.0
    ends = [(scale.y(line.points[-1].value), line) for line in drawn if line.points]
    for y, line in sorted(ends, key=lambda end: end[0]):
        at = max(y + 4, at + NAME_HEIGHT)
        x = scale.x(line.points[-1].day) + 26
        yield label(line.name, x=x, y=at, class_=f"{line.kind} halo")
