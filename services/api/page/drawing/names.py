"""Names on a map: where one would stand, and whether it meets another or hides a place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.api.page.drawing.bars import LETTER
from services.api.page.drawing.svg import label

NAME_HEIGHT = 14.0


@dataclass(frozen=True, slots=True)
class Box:
    """Where a name would stand: its middle, the line it stands on, half of its width."""

    x: float
    y: float
    half: float

    def named(self, name: str) -> str:
        """Return the name there; the element that it names says it to who does not see."""
        place = {"x": self.x, "y": self.y, "text_anchor": "middle"}
        return label(name, **place, class_="halo", aria_hidden="true")

    def inside(self, side: float) -> bool:
        """Say whether it is in a picture of this width."""
        return self.half <= self.x <= side - self.half

    def meets(self, others: Sequence[Box]) -> bool:
        """Say whether another name stands there."""
        return any(
            abs(self.x - o.x) < self.half + o.half and abs(self.y - o.y) < NAME_HEIGHT
            for o in others
        )

    def covers(self, circles: Sequence[tuple[float, float, float]]) -> bool:
        """Say whether it would hide a circle, given by its middle and its radius."""
        return any(
            abs(self.x - x) < self.half + radius
            and abs(self.y - NAME_HEIGHT / 3 - y) < radius + NAME_HEIGHT / 3
            for x, y, radius in circles
        )


def boxes(name: str, x: float, y: float, radius: float) -> Iterator[Box]:
    """Give the places for the name of a circle: below, above, to the right, to the left."""
    half = len(name) * LETTER / 2
    beside = radius + half + 4
    yield Box(x, y + radius + 13, half)
    yield Box(x, y - radius - 4, half)
    yield Box(x + beside, y + 4, half)
    yield Box(x - beside, y + 4, half)
