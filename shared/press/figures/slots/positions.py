"""How a time or a place stands to a number: on which side, how near, what lies between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from shared.press.figures.context import Context

_MARKS = ((";", "semicolon"), (":", "colon"), ("(", "bracket"), (")", "bracket"), (",", "comma"))
_RANKS = ("nearest", "second", "far")


class Name(Protocol):
    """A time or a place of the text."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""


class Position(msgspec.Struct, frozen=True, gc=False):
    """One name seen from a number."""

    side: str  # before, behind
    rank: str  # nearest, second or far among the names of its side
    cut: str  # the strongest mark between them, joined where there is none
    gap: int  # characters between them
    past_numbers: bool  # another number stands between

    @property
    def near(self) -> str:
        """Return side and rank."""
        return f"{self.side} {self.rank}"


def position_of(context: Context, name: Name, names: Sequence[Name]) -> Position:
    """Return how a name stands to the number."""
    start, end, text = context.quantity.start, context.quantity.end, context.cued.text
    if name.end <= start:
        nearer = sum(n.end <= start and n.start > name.start for n in names)
        gap = text[name.end : start]
        past = context.previous is not None and context.previous.start > name.start
        return Position("before", _rank(nearer), _cut(gap), len(gap), past)
    nearer = sum(n.start >= end and n.start < name.start for n in names)
    gap = text[end : name.start]
    past = context.following is not None and context.following.start < name.start
    return Position("behind", _rank(nearer), _cut(gap), len(gap), past)


def _rank(nearer: int) -> str:
    return _RANKS[min(nearer, len(_RANKS) - 1)]


def _cut(gap: str) -> str:
    return next((name for mark, name in _MARKS if mark in gap), "joined")
