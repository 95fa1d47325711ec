"""From which status to which households went since a year began, as amounts that add up.

A flow between two days is no sum of what happened on the days between: who became near-poor and
then poor went from non-poor to poor. But from the end of one fixed day on it is: an episode adds
one on its first day to the flow from where its household stood on that day to where it stands now,
and takes it away on the day after its last. The fixed day is the last of the year before. Who
stands as on that day is not told: of all who stood there it is the rest.

Law: none (sums of what the episodes say, for speed).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, get_args

from shared.law.standards import Status

# `unclassed` was never reviewed, `elsewhere` is not in the place on that day, or not registered.
Standing = Literal[Status, "unclassed", "elsewhere"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)

# How the keys begin of households in no class, and of flows since the year began: within one
# commune or into the end of a household, and of those that live in another commune now, told in
# both with the other one behind, and for the country, where nobody moves, without it.
UNCLASSED = "unclassed"
HERE, OUT, IN, ANYWHERE = "stood_here|", "stood_out|", "stood_in|", "stood_anywhere|"
STOOD = "stood_"
ELSEWHERE: Literal["elsewhere"] = "elsewhere"

Ways = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class StatusFlow:
    """Households that stood in one way at the start, and in another or the same at the end."""

    before: Standing
    after: Standing
    households: int


def keys_since(
    base: tuple[str | None, int] | None, status: str | None, commune: int
) -> Sequence[tuple[int, str]]:
    """Return what is counted, and in which commune, of a household that stands here this year.

    `base`: its status and commune at the end of the year before, None if it was not registered.
    """
    after = status or UNCLASSED
    if base is None or base[0] == "closed":
        return () if after == "closed" else ((commune, _key(HERE, ELSEWHERE, after)),)
    before, origin = base[0] or UNCLASSED, base[1]
    if after == "closed" or origin == commune:
        return () if after == before else ((origin, _key(HERE, before, after)),)
    moved = (
        (origin, f"{_key(OUT, before, after)}|{commune}"),
        (commune, f"{_key(IN, before, after)}|{origin}"),
    )
    return moved if after == before else (*moved, (commune, _key(ANYWHERE, before, after)))


@lru_cache(1024)
def _key(kind: str, before: str, after: str) -> str:
    return f"{kind}{before}|{after}"


def period_summed(start: date, end: date) -> bool:
    """Say whether flows between the ends of two days are sums: of a year, and of the next."""
    return (start.month, start.day) == (12, 31) and end.year == start.year + 1


def flows_of(totals: Mapping[str, int], communes: Collection[int] | None) -> list[StatusFlow]:
    """Read the flows of some communes (None: all) from their totals.

    `totals`: of those that were held at the start, and of the flows since.
    """
    inside = None if communes is None else set(communes)
    ways: Ways = {}
    stood: dict[str, int] = {}
    for key, number in totals.items():
        kind, _, rest = key.partition("|")
        if kind in ("held", UNCLASSED):
            status = rest.partition("|")[0] or UNCLASSED
            stood[status] = stood.get(status, 0) + number
        elif (way := _way(f"{kind}|", rest, inside)) is not None:
            ways[way] = ways.get(way, 0) + number
    for (before, _), number in tuple(ways.items()):
        if before != ELSEWHERE:
            stood[before] = stood.get(before, 0) - number
    for status, number in stood.items():
        ways[status, status] = ways.get((status, status), 0) + number
    return flows(ways)


def _way(kind: str, rest: str, inside: Collection[int] | None) -> tuple[str, str] | None:
    """Return from where to where in the place a key tells of households, if it does."""
    before, _, after = rest.partition("|")
    if kind == HERE or (kind == ANYWHERE and inside is None):
        return before, after
    if kind not in (OUT, IN) or inside is None:
        return None
    after, _, other = after.partition("|")
    if int(other) in inside:
        return (before, after) if kind == OUT else None
    return (before, ELSEWHERE) if kind == OUT else (ELSEWHERE, after)


def flows(ways: Mapping[tuple[str, str], int]) -> list[StatusFlow]:
    """Return the flows that some households went, in the order of standings."""
    return [
        StatusFlow(before, after, number)
        for before in STANDINGS
        for after in STANDINGS
        if (number := ways.get((before, after), 0))
    ]


def corrected(
    whole: Sequence[StatusFlow],
    by_figures: Sequence[StatusFlow],
    by_decision: Sequence[StatusFlow],
) -> list[StatusFlow]:
    """Return flows with some households going by decision and no more by figures."""
    ways: Ways = {}
    for part, sign in ((whole, 1), (by_figures, -1), (by_decision, 1)):
        for flow in part:
            way = flow.before, flow.after
            ways[way] = ways.get(way, 0) + sign * flow.households
    return flows(ways)
