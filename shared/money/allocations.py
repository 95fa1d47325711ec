"""An allocation: its lines, which add up to the đồng, or the refusals that stand in its way.

Results and inputs are named by digests of a canonical text, so that whoever recomputes a run from
its frozen inputs can tell that it is the same to the last byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import islice
from typing import Any, Literal

Outcome = Literal["allocated", "not_eligible", "already_supported", "fund_exhausted"]
OUTCOMES: tuple[Outcome, ...] = (
    "allocated",
    "not_eligible",
    "already_supported",
    "fund_exhausted",
)
DIGEST_LINES = 10_000


@dataclass(frozen=True, slots=True)
class RunRefusal:
    """Why a run cannot be computed: a stable code, what it is about, and what to do about it."""

    code: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Line:
    """What an area or a household gets, and why; `line` is the area's code or the household's id.

    `score` is an exact decimal text. The fields from `content` on are those of household lines.
    """

    line: str
    amount_vnd: int
    outcome: Outcome = "allocated"
    area_id: int | None = None
    score: str | None = None
    reasons: Mapping[str, Any] | None = None
    content: str | None = None
    status: str | None = None
    rank: int | None = None
    place: int | None = None
    failed: tuple[str, ...] | None = None
    supported_by: str | None = None
    already_paid_vnd: int = 0


@dataclass(frozen=True)
class Allocation:
    """Lines in the byte order of their keys; what they leave of the amount is unallocated."""

    amount_vnd: int
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        """Refuse lines that are negative or more than there is: that would be a defect."""
        if any(line.amount_vnd < 0 for line in self.lines) or self.unallocated_vnd < 0:
            raise ArithmeticError("the lines do not fit into the amount")

    @property
    def allocated_vnd(self) -> int:
        """Return the sum of the lines."""
        return sum(line.amount_vnd for line in self.lines)

    @property
    def unallocated_vnd(self) -> int:
        """Return what the lines leave."""
        return self.amount_vnd - self.allocated_vnd

    @property
    def totals(self) -> dict[str, int]:
        """Return how many lines there are, in all and by outcome."""
        outcomes = [line.outcome for line in self.lines]
        return {"lines": len(outcomes), **{name: outcomes.count(name) for name in OUTCOMES}}


def decimal_text(number: int | Fraction) -> str:
    """Return a decimal fraction in full, without an exponent and without trailing zeros.

    >>> decimal_text(Fraction(1090)), decimal_text(Fraction(1, 8))
    ('1090', '0.125')
    """
    if number.denominator == 1:
        return str(number.numerator)
    whole, rest = divmod(abs(number.numerator), number.denominator)
    digits = ""
    while rest:
        if len(digits) == 100:
            raise ArithmeticError("a number that is no decimal fraction has no decimal text")
        digit, rest = divmod(rest * 10, number.denominator)
        digits += str(digit)
    return f"{'-' if number < 0 else ''}{whole}.{digits}"


def canonical_json(value: Any) -> str:
    """Return JSON with sorted keys and no spaces: equal values, equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(line: Line) -> str:
    """Return the text that stands for a line in a digest; absent fields are empty."""
    fields: Sequence[object] = (
        line.line,
        line.amount_vnd,
        line.outcome,
        line.score,
        line.rank,
        line.place,
        line.status,
        ",".join(line.failed or ()),
        line.supported_by,
        line.already_paid_vnd,
        None if line.reasons is None else digest_of(line.reasons),
    )
    return "|".join("" if field is None else str(field) for field in fields)


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hex."""
    return sha256(canonical_json(value).encode()).hexdigest()


def result_digest(lines: Iterable[Line]) -> str:
    """Return the digest of lines given in the byte order of their keys.

    The SHA-256 over those of chunks of 10,000 lines, each line ended by a line feed.
    """
    outer, rest = sha256(), iter(lines)
    while chunk := list(islice(rest, DIGEST_LINES)):
        outer.update(sha256("".join(f"{canonical(line)}\n" for line in chunk).encode()).digest())
    return outer.hexdigest()
