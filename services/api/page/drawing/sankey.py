"""Flows between the same stocks of two days: the start at the left, the end at the right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from services.api.page.drawing.svg import Drawing, element, hint, label, picture

WIDTH, HEIGHT, TOP, BOX = 720.0, 380.0, 26.0, 14.0
LEFT, RIGHT, GAP = 190.0, 530.0, 16.0
# A stock that is less high than a line of text still has room for its name.
HIGH_MIN = 2.0


@dataclass(frozen=True, slots=True)
class Stock:
    """What flows come from or go to: the class that colours it, and its name."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Flow:
    """So many that went from one stock to another."""

    before: Stock
    after: Stock
    value: int


@dataclass(slots=True)
class _Box:
    """Where a stock stands; `used` is how far ribbons have filled it from its top."""

    stock: Stock
    value: int
    top: float
    high: float
    used: float = 0.0


def sankey(
    key: str,
    caption: str,
    summary: str,
    ends: tuple[str, str],
    stocks: Sequence[Stock],
    flows: Sequence[Flow],
    write: Callable[[int], str],
) -> Drawing:
    """Draw each flow as wide as its number, between stocks in their order; `ends` name both days.

    Of one stock flows stand in the order in which they are given.
    """
    sides = [
        _sums(stocks, [(flow.before, flow.value) for flow in flows]),
        _sums(stocks, [(flow.after, flow.value) for flow in flows]),
    ]
    most = max(len(side) for side in sides)
    scale = (HEIGHT - TOP - GAP * most) / (sum(flow.value for flow in flows) or 1)
    left, right = (_boxes(side, scale) for side in sides)
    ribbons = [
        _ribbon(left[flow.before], right[flow.after], flow.value * scale, write(flow.value))
        for flow in flows
    ]
    heads = [
        label(ends[0], x=LEFT + BOX, y=14, text_anchor="end", class_="tick"),
        label(ends[1], x=RIGHT - BOX, y=14, class_="tick"),
    ]
    names = [*_names(left, LEFT, write), *_names(right, RIGHT, write)]
    return picture(key, caption, summary, (WIDTH, HEIGHT), [*ribbons, *heads, *names])


def _sums(stocks: Sequence[Stock], parts: Sequence[tuple[Stock, int]]) -> dict[Stock, int]:
    """Return what the parts of each stock make together, of those that have any."""
    sums = {stock: sum(value for own, value in parts if own == stock) for stock in stocks}
    return {stock: value for stock, value in sums.items() if value}


def _boxes(sums: dict[Stock, int], scale: float) -> dict[Stock, _Box]:
    boxes, top = {}, TOP
    for stock, value in sums.items():
        high = max(value * scale, HIGH_MIN)
        boxes[stock] = _Box(stock, value, top, high)
        top += high + GAP
    return boxes


def _ribbon(before: _Box, after: _Box, wide: float, written: str) -> str:
    x1, x2, middle = LEFT + BOX, RIGHT - BOX, (LEFT + RIGHT) / 2
    y1, y2 = before.top + before.used, after.top + after.used
    before.used += wide
    after.used += wide
    d = (
        f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        f"V{y2 + wide:.1f}C{middle:.1f} {y2 + wide:.1f} {middle:.1f} {y1 + wide:.1f} {x1:.1f} "
        f"{y1 + wide:.1f}Z"
    )
    text = f"{before.stock.name} → {after.stock.name}: {written}"
    return element("path", hint(text), d=d, class_=f"flow {before.stock.kind}")


def _names(boxes: dict[Stock, _Box], edge: float, write: Callable[[int], str]) -> Iterator[str]:
    """Draw the boxes of one side, each with its name and number outside of it."""
    first = edge == LEFT
    x, beside = (edge, edge - 8) if first else (edge - BOX, edge + 8)
    for box in boxes.values():
        yield element("rect", x=x, y=box.top, width=BOX, height=box.high, class_=box.stock.kind)
        text, y = f"{box.stock.name} {write(box.value)}", box.top + box.high / 2 + 4
        yield label(text, x=beside, y=y, text_anchor="end" if first else "start", class_="value")
