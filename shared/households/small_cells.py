"""Small cells: counts of 1 to 4 households, which name them to whoever knows the place.

Who may not read households is not told such a count, nor what gives it back: a cell that could be
worked out as a total less the other parts has a companion, withheld with it. Not kept back is what
two answers about neighbouring days or periods differ by, what bounds a count without telling it,
and, of a unit that is withheld as a companion only, what its own parts add up to.

Law: 13/2023/NĐ-CP (personal data); the threshold is that of official statistics.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from shared.households.statistics import STATUSES

SMALL_MAX = 4

Cell = TypeVar("Cell", bound=Hashable)


def is_small(households: int) -> bool:
    """Say whether a count is withheld for itself; that there are none tells of nobody."""
    return 1 <= households <= SMALL_MAX


def withheld(
    cells: Mapping[Cell, int],
    sums: Iterable[Sequence[Cell]],
    settled: Mapping[Cell, bool] | None = None,
) -> frozenset[Cell]:
    """Return the cells to withhold: small ones, and a companion wherever one alone is missing.

    Each of `sums` holds a total and its parts; any two of them share at most one cell, and they
    form no circle. `settled` are cells that others have decided on, with the decision: they are
    never chosen as companions.

    >>> counts = {"all": 40, "Tày": 2, "Nùng": 30, "Kinh": 8}
    >>> sorted(withheld(counts, [("all", "Tày", "Nùng", "Kinh")], {"all": False}))
    ['Kinh', 'Tày']
    """
    fixed = settled or {}
    hidden = {c for c, households in cells.items() if c not in fixed and is_small(households)}
    hidden |= {cell for cell, is_hidden in fixed.items() if is_hidden}
    waiting = [*sums]
    while companions := _companions(cells, waiting, hidden, fixed.keys()):
        hidden |= companions
    return frozenset(hidden)


def _companions(
    cells: Mapping[Cell, int],
    sums: Iterable[Sequence[Cell]],
    hidden: Collection[Cell],
    settled: Collection[Cell],
) -> set[Cell]:
    """Return the first companion that is missing, if any; another sum may then have its own."""
    for parts in sums:
        if sum(cell in hidden for cell in parts) == 1:
            free = [c for c in parts if c not in hidden and c not in settled and cells[c]]
            if free:
                return {min(free, key=lambda cell: cells[cell])}
    return set()


def withheld_statuses(
    parent: Mapping[str, int], units: Mapping[str, Mapping[str, int]], code: str
) -> frozenset[str]:
    """Return the statuses whose count is withheld of one of the units that make up a parent.

    Of the parent small counts alone are known to be withheld. Whether one is as a companion depends
    on units beside it: to take it for shown is to be on the safe side.
    """
    cells: dict[tuple[str, str], int] = {("", status): parent.get(status, 0) for status in STATUSES}
    settled = {cell: False for cell, households in cells.items() if not is_small(households)}
    for unit, counts in units.items():
        cells |= {(unit, status): counts.get(status, 0) for status in STATUSES}
    sums = [[("", status), *((unit, status) for unit in units)] for status in STATUSES]
    hidden = withheld(cells, sums, settled)
    return frozenset(status for status in STATUSES if (code, status) in hidden)


def withheld_units(flows: Mapping[str, Collection[int]]) -> frozenset[str]:
    """Return the units that make up a parent whose flows over a period are withheld, all of them.

    Flows of one unit add up to the change of a list, so a small one is withheld with all others. A
    unit that is alone could be worked out as the parent less the others: the one of the fewest
    flows goes with it.

    >>> sorted(withheld_units({"a": (3, 20), "b": (0, 9), "c": (7, 8), "d": (0, 0)}))
    ['a', 'b']
    """
    hidden = {code for code, each in flows.items() if any(map(is_small, each))}
    if len(hidden) == 1:
        others = ((sum(each), code) for code, each in flows.items() if code not in hidden)
        companions = sorted((households, code) for households, code in others if households)
        hidden |= {code for _, code in companions[:1]}
    return frozenset(hidden)
