"""A yearly round of reviews: whom it has to review, and how far it has got.

To be reviewed are those on a list when the round begins and those who are registered and were
never reviewed; they count in the unit in which the round finds them. Others may ask for a review.

Law: 24/2021/QĐ-TTg Art. 4 (the yearly review of 1 September to 14 December; households on the lists
are always in it), policy (`register_checks.yaml`: its days).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final, Literal, Protocol

# Not reviewed; reviewed without a decision stated; decided after the last day; decided in time;
# ended without a review.
State = Literal["open", "undecided", "late", "decided", "ended"]


class InState(Protocol):
    """Households in one state; `due`: they had to be reviewed."""

    @property
    def due(self) -> bool:
        """Whether they had to be reviewed."""

    @property
    def state(self) -> State:
        """How far they are."""

    @property
    def households(self) -> int:
        """How many they are."""


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """How far a unit is: those to be reviewed by state, and others that were reviewed too."""

    to_review: int = 0
    open: int = 0
    undecided: int = 0
    late: int = 0
    decided: int = 0
    ended: int = 0
    others_reviewed: int = 0


_REVIEWED: Final = ("undecided", "late", "decided")


def progress_of(parts: Iterable[InState]) -> ReviewProgress:
    """Sum up a unit."""
    sums = dict.fromkeys((each.name for each in fields(ReviewProgress)), 0)
    for part in parts:
        if part.due:
            sums["to_review"] += part.households
            sums[part.state] += part.households
        elif part.state in _REVIEWED:
            sums["others_reviewed"] += part.households
    return ReviewProgress(**sums)
