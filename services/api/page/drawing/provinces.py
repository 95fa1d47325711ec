"""The country by its provinces: outlines, darker with the value; each leads to its page.

Outlines are Natural Earth's of the 63 provinces of before July 2025 (`tests/page/shapes.py` makes
them); a province of today is drawn as what it was made of, its inner borders left out. None is a
legal border. The archipelagos of Hoàng Sa and Trường Sa, which no outline has, stand as points.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from services.api.page.drawing.bars import LETTER
from services.api.page.drawing.names import Box
from services.api.page.drawing.points import shade, steps
from services.api.page.drawing.svg import Drawing, element, hint, label, picture

SIDE, MARGIN = 480.0, 10.0
# Degrees: what the picture shows.
WEST, EAST, SOUTH, NORTH = 102.0, 115.2, 8.2, 23.5
# By name the coordinates of the special zones, where their islands are drawn as a few points.
ISLANDS = {"Hoàng Sa": (112.135, 16.568), "Trường Sa": (114.45, 9.71)}
_SCATTER = ((0.0, 0.0), (-0.45, 0.3), (0.4, 0.35), (-0.3, -0.35), (0.35, -0.3))

Ring = list[int]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Province:
    """A province: what it was made of, how dark it is (None: not known), where it leads."""

    name: str
    codes: Sequence[str]
    value: float | None
    written: str
    href: str


@cache
def _outlines() -> Mapping[str, Any]:
    text = (files("services.api.page") / "drawing" / "provinces.json").read_text("utf-8")
    held: Mapping[str, Any] = json.loads(text)
    return held


def drawn(codes: Sequence[str]) -> bool:
    """Say whether there is an outline of each of these provinces."""
    return bool(codes) and all(code in _outlines()["provinces"] for code in codes)


def provinces(key: str, caption: str, summary: str, places: Sequence[Province]) -> Drawing:
    """Draw provinces and the archipelagos, and name those of the highest values."""
    bounds = steps([each.value for each in places if each.value is not None] or [0.0])
    content = [_province(each, shade(each.value, bounds)) for each in places]
    content += [*_islands(), *_names(places)]
    size = SIDE, round(_y(SOUTH) + MARGIN)
    return picture(key, caption, summary, size, content, of_links=True)


# A degree of longitude is narrower than one of latitude by the cosine of the latitude.
_NARROW = math.cos(math.radians((SOUTH + NORTH) / 2))
_SCALE = (SIDE - 2 * MARGIN) / ((EAST - WEST) * _NARROW)


def _x(longitude: float) -> float:
    return MARGIN + (longitude - WEST) * _NARROW * _SCALE


def _y(latitude: float) -> float:
    return MARGIN + (NORTH - latitude) * _SCALE


def _province(each: Province, shade_of: str) -> str:
    text = f"{each.name}: {each.written}"
    ways = "".join(_way(ring) for ring in _rings(tuple(each.codes)))
    shape = element("path", hint(text), d=ways, class_=f"shape {shade_of}")
    return element("a", shape, href=each.href, aria_label=text)


def _way(ring: Ring) -> str:
    grain = _outlines()["grain"]
    points = [f"{_x(x / grain):.1f} {_y(y / grain):.1f}" for x, y in _line(ring)]
    return f"M{'L'.join(points)}Z"


def _line(ring: Ring) -> Iterator[Point]:
    arcs = _outlines()["arcs"]
    for arc in ring:
        flat = arcs[arc if arc >= 0 else ~arc]
        pairs = [*zip(flat[::2], flat[1::2], strict=True)]
        # The last point of an arc is the first of the next.
        yield from (pairs if arc >= 0 else pairs[::-1])[:-1]


@cache
def _rings(codes: tuple[str, ...]) -> Sequence[Ring]:
    """Return the outline of provinces put together: what two of them share is no border."""
    rings = [ring for code in codes for ring in _outlines()["provinces"][code]]
    if len(codes) == 1:
        return rings
    every = {arc for ring in rings for arc in ring}
    return _joined([arc for ring in rings for arc in ring if ~arc not in every])


def _joined(arcs: Sequence[int]) -> list[Ring]:
    """Put arcs together into rings, each beginning where the one before ends."""
    beginning: dict[Point, list[int]] = {}
    for arc in arcs:
        beginning.setdefault(_ends(arc)[0], []).append(arc)
    rings = []
    while beginning:
        at = next(iter(beginning))
        ring: Ring = []
        while at in beginning:
            arc = beginning[at].pop()
            if not beginning[at]:
                del beginning[at]
            ring.append(arc)
            at = _ends(arc)[1]
        rings.append(ring)
    return rings


def _ends(arc: int) -> tuple[Point, Point]:
    flat = _outlines()["arcs"][arc if arc >= 0 else ~arc]
    first, last = (flat[0], flat[1]), (flat[-2], flat[-1])
    return (first, last) if arc >= 0 else (last, first)


def _middle(codes: tuple[str, ...]) -> Point:
    """Return the middle of the largest part of an outline, in the picture."""
    grain = _outlines()["grain"]
    rings = [[(_x(x / grain), _y(y / grain)) for x, y in _line(r)] for r in _rings(codes)]
    area, x, y = max((_moments(ring) for ring in rings), key=lambda each: abs(each[0]))
    return x / (6 * area), y / (6 * area)


def _moments(ring: Sequence[Point]) -> tuple[float, float, float]:
    """Return the area within a ring, signed, and six times its moments."""
    area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = ax * by - bx * ay
        area, x, y = area + cross / 2, x + (ax + bx) * cross, y + (ay + by) * cross
    return area, x, y


def _islands() -> Iterator[str]:
    for name, (longitude, latitude) in ISLANDS.items():
        x, y = _x(longitude), _y(latitude)
        for east, north in _SCATTER:
            yield element(
                "circle", cx=x + east * _SCALE, cy=y - north * _SCALE, r=1.8, class_="islands"
            )
        for line, text in enumerate(("Quần đảo", name)):
            at = y + 0.62 * _SCALE + 13 * (line + 1)
            yield label(text, x=x, y=at, text_anchor="middle", class_="tick")


def _names(places: Sequence[Province]) -> Iterator[str]:
    taken: list[Box] = []
    for each in sorted(places, key=lambda place: -(place.value or 0)):
        x, y = _middle(tuple(each.codes))
        box = Box(x, y + 5, len(each.name) * LETTER / 2)
        if not box.meets(taken):
            taken.append(box)
            yield box.named(each.name)
