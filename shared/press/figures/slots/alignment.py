"""Whether the names of a list stand before or behind their numbers: decided once for the list."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from shared.press.figures.mentions import Mention
from shared.press.figures.quantities import Quantity
from shared.press.figures.times.moment import Moment

_PAIR = 40
_LEAST = 2


def alignment(numbers: Sequence[Quantity], names: Sequence[Mention] | Sequence[Moment]) -> str:
    """Return before or behind, by which pairs there are more of; single where there is no list."""
    if len(numbers) < _LEAST or len(names) < _LEAST:
        return "single"
    counted = [n.start for n in numbers]
    named = [n.start for n in names]
    behind = sum(_follows(n.end, named, counted) for n in numbers)
    before = sum(_follows(n.end, counted, named) for n in names)
    if behind == before:
        return "before" if named[0] < counted[0] else "behind"
    return "before" if before > behind else "behind"


def _follows(end: int, wanted: Sequence[int], others: Sequence[int]) -> bool:
    """Say whether one of the wanted comes right after, with none of the others between."""
    at, other = bisect_left(wanted, end), bisect_left(others, end)
    if at == len(wanted) or wanted[at] - end > _PAIR:
        return False
    return other == len(others) or wanted[at] < others[other]
