"""What a review measures: incomes, lacking indicators and scores that give a wanted class.

The lines are those of the standard 2022-2025 (Decree 07/2021/NĐ-CP Art. 3): poor and near-poor up
to 1.5 million đồng per person and month in rural areas, 2 million in urban ones, with at least 3
lacking indicators or fewer; 140 and 175 points mean the same incomes (Circular 07/2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from services.simulate.figures import Profile, Weights

LINES = {"rural": 1_500_000, "urban": 2_000_000}
SCORES = {"rural": 140, "urban": 175}

_STEP = 10_000  # incomes are stated in tens of thousands
_BANDS = {"poor": (30, 97), "near_poor": (55, 100), "non_poor": (101, 230)}  # percent of the line
_DRIFT = (92, 119)  # percent of last year's income
_AT_THE_LINE = 0.01  # of listed households: exactly on it
_CHURNED = 0.2  # of lacking indicators: given up for another, or mended, from review to review


def income(status: str, area_type: str, before: int | None, rng: Random) -> int:
    """Return an income that fits the class, near last year's where that fits."""
    line = LINES[area_type]
    low, high = (line * percent // 100 for percent in _BANDS[status])
    drawn = rng.randrange(low, high + 1)
    if before is not None:
        drifted = before * rng.randrange(*_DRIFT) // 100
        drawn = drifted if low <= drifted <= high else drawn
    if status != "non_poor" and rng.random() < _AT_THE_LINE:
        drawn = line
    return drawn // _STEP * _STEP


def lacking(status: str, before: Sequence[str], profile: Profile, rng: Random) -> list[str]:
    """Return the indicators a household lacks: mostly those of the last review, in fixed order."""
    count = draw(profile.counts[status], rng)
    kept = [key for key in before if rng.random() >= _CHURNED]
    found = set(kept if len(kept) <= count else rng.sample(kept, count))
    while len(found) < count:
        left = {key: w for key, w in profile.weights.items() if key not in found}
        found.add(draw(left, rng))
    return [key for key in profile.weights if key in found]


def score(income_vnd: int, area_type: str) -> int:
    """Return B1 for an income: at most the line's points if, and only if, not above the line."""
    return -(-income_vnd * SCORES[area_type] // LINES[area_type])


def draw(weights: Weights, rng: Random) -> Any:
    """Draw one key by weight."""
    lot = rng.randrange(sum(weights.values()))
    for key, weight in weights.items():
        lot -= weight
        if lot < 0:
            return key
    raise AssertionError("unreachable: the lot is below the sum of the weights")
