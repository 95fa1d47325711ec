"""A map of points by their coordinates, of units whose outlines no clean licence gives."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.api.page.drawing.names import Box, boxes
from services.api.page.drawing.svg import Drawing, element, hint, picture

SIDE, MARGIN = 480.0, 46.0
RADIUS_MIN, RADIUS_MAX = 6.0, 19.0
CLASSES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A unit on the map: where it is, how dark it is (None: not known) and how large."""

    name: str
    latitude: float
    longitude: float
    value: float | None
    written: str
    size: int
    href: str


def steps(values: Sequence[float]) -> list[float]:
    """Return the upper bounds of five classes of equal width between the least and the most.

    >>> steps([0.0, 10.0])
    [2.0, 4.0, 6.0, 8.0, 10.0]
    """
    least, most = min(values), max(values)
    width = (most - least) / CLASSES
    return [least + width * place for place in range(1, CLASSES)] + [most]


def shade(value: float | None, bounds: Sequence[float]) -> str:
    """Return the class of a value, `s1` the lightest; `s0` where it is not known."""
    if value is None or not bounds:
        return "s0"
    return f"s{1 + sum(value > bound for bound in bounds[:-1])}"


def points(key: str, caption: str, summary: str, places: Sequence[Place]) -> Drawing:
    """Draw units as circles: darker with the value, larger with the size; each leads to its page.

    Degrees of longitude are narrower than those of latitude by the cosine of the latitude.
    """
    narrow = math.cos(math.radians(sum(p.latitude for p in places) / len(places)))
    xs, ys = [p.longitude * narrow for p in places], [p.latitude for p in places]
    scale = (SIDE - 2 * MARGIN) / max(max(xs) - min(xs), max(ys) - min(ys), 1e-6)
    height = (max(ys) - min(ys)) * scale + 2 * MARGIN
    left = (SIDE - (max(xs) - min(xs)) * scale) / 2
    largest = max((p.size for p in places), default=0) or 1
    bounds = steps([p.value for p in places if p.value is not None] or [0.0])
    dots = [
        _Dot(
            place,
            left + (x - min(xs)) * scale,
            MARGIN + (max(ys) - y) * scale,
            max(RADIUS_MIN, RADIUS_MAX * math.sqrt(place.size / largest)),
            shade(place.value, bounds),
        )
        for place, x, y in zip(places, xs, ys, strict=True)
    ]
    # Large ones first, so that a small one is not hidden by its neighbour.
    drawn = sorted(dots, key=lambda dot: -dot.radius)
    content = [*map(_circle, drawn), *_names(drawn)]
    return picture(key, caption, summary, (SIDE, round(height)), content, of_links=True)


@dataclass(frozen=True, slots=True)
class _Dot:
    place: Place
    x: float
    y: float
    radius: float
    shade: str


def _circle(dot: _Dot) -> str:
    text = f"{dot.place.name}: {dot.place.written}"
    circle = element(
        "circle", hint(text), cx=dot.x, cy=dot.y, r=dot.radius, class_=f"dot {dot.shade}"
    )
    return element("a", circle, href=dot.place.href, aria_label=text)


def _names(dots: Sequence[_Dot]) -> Iterator[str]:
    """Name the circles, those of the highest values first, where there is room for it."""
    taken: list[Box] = []
    for dot in sorted(dots, key=lambda each: -(each.place.value or 0)):
        others = [each for each in dots if each is not dot]
        for box in boxes(dot.place.name, dot.x, dot.y, dot.radius):
            circles = [(other.x, other.y, other.radius) for other in others]
            if box.inside(SIDE) and not box.meets(taken) and not box.covers(circles):
                taken.append(box)
                yield box.named(dot.place.name)
                break
