"""Numbers of today over those to come, which are known as ranges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.api.page.drawing.svg import Drawing, element, hint, label, picture

WIDTH, LEFT, RIGHT, BAR, ROW = 480.0, 184.0, 96.0, 16.0, 58.0


@dataclass(frozen=True, slots=True)
class Spread:
    """A class: the number of today, and between which two that to come lies, as written too."""

    kind: str
    name: str
    today: int
    least: int
    most: int
    written: tuple[str, str]


def ranges(
    key: str, caption: str, summary: str, names: tuple[str, str], spreads: Sequence[Spread]
) -> Drawing:
    """Draw two bars a class: of today, and to come; what is not certain is pale.

    `names` are what both bars are called.
    """
    most = max((max(each.today, each.most) for each in spreads), default=0) or 1
    scale = (WIDTH - LEFT - RIGHT) / most
    content: list[str] = []
    for place, each in enumerate(spreads):
        content += _spread(each, place * ROW, scale, names)
    return picture(key, caption, summary, (WIDTH, max(len(spreads), 1) * ROW), content)


def _spread(each: Spread, top: float, scale: float, names: tuple[str, str]) -> Iterator[str]:
    yield label(each.name, x=0, y=top + 17, class_=each.kind)
    for row, (name, written) in enumerate(zip(names, each.written, strict=True)):
        y = top + 4 + row * (BAR + 6)
        sure, end = (each.today, each.today) if row == 0 else (each.least, each.most)
        yield label(name, x=LEFT - 8, y=y + 13, text_anchor="end", class_="tick")
        text = hint(f"{each.name}, {name}: {written}")
        yield _bar(text, LEFT, y, sure * scale, each.kind)
        yield _bar(text, LEFT + sure * scale, y, (end - sure) * scale, f"{each.kind} flow")
        yield label(written, x=LEFT + end * scale + 6, y=y + 13, class_="value")


def _bar(text: str, x: float, y: float, width: float, kind: str) -> str:
    return element("rect", text, x=x, y=y, width=width, height=BAR, class_=kind)
