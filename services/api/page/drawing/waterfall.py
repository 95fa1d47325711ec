"""A stock, what left it and what came to it, and the stock after: each step as a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.api.page.drawing.svg import Drawing, element, hint, label, picture

WIDTH, HEIGHT, TOP, BOTTOM = 480.0, 260.0, 24.0, 44.0


@dataclass(frozen=True, slots=True)
class Step:
    """A stock (`stock` set) or a flow, signed; `written` is how it is shown."""

    kind: str
    name: str
    value: int
    written: str
    stock: bool = False


def waterfall(key: str, caption: str, summary: str, flow: Sequence[Step]) -> Drawing:
    """Draw each flow from where the one before it ended."""
    levels, level = [], 0
    for step in flow:
        start = 0 if step.stock else level
        level = step.value if step.stock else level + step.value
        levels.append((start, level))
    most = max((max(pair) for pair in levels), default=0) or 1
    room = HEIGHT - TOP - BOTTOM
    width = WIDTH / len(flow)
    content = []
    for place, (step, (start, end)) in enumerate(zip(flow, levels, strict=True)):
        top = TOP + room * (1 - max(start, end) / most)
        tall = max(room * abs(end - start) / most, 1.5)
        left = place * width
        content += [
            element(
                "rect",
                hint(f"{step.name}: {step.written}"),
                x=left + 5,
                y=top,
                width=width - 10,
                height=tall,
                class_=step.kind,
            ),
            label(step.written, x=left + width / 2, y=top - 6, text_anchor="middle"),
            *_name(step.name, left + width / 2),
        ]
    line = element("line", x1=0, x2=WIDTH, y1=HEIGHT - BOTTOM, y2=HEIGHT - BOTTOM, class_="axis")
    return picture(key, caption, summary, (WIDTH, HEIGHT), [line, *content])


def _name(name: str, x: float) -> list[str]:
    """Write a name on two lines, broken at the blank nearest to its middle."""
    blanks = [place for place, letter in enumerate(name) if letter == " "]
    middle = min(blanks, key=lambda place: abs(place - len(name) / 2), default=len(name))
    parts = [name[:middle], name[middle:].strip()]
    return [
        label(part, x=x, y=HEIGHT - BOTTOM + 17 + 15 * row, text_anchor="middle", class_="tick")
        for row, part in enumerate(parts)
        if part
    ]
