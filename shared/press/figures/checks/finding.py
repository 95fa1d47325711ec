"""What a check finds, with its arithmetic written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from shared.press.figures.checks.items import Item
from shared.press.figures.checks.wording import Text, decimal

FindingKind = Literal[
    "parts_exceed_total",
    "parts_total_mismatch",
    "rate_count_mismatch",
    "change_mismatch",
    "average_mismatch",
    "unit_amount_mismatch",
    "differs_from_reference",
    "differs_from_registry",
    "stale_year",
    "transposed_digits",
    "uses_exceed_fund",
    "restatement_mismatch",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction.

    `figures` are positions in the checked sequence, in the order of the text. `stated` is what the
    article says, `expected` what follows from the rest, and `tolerance` how far apart the two could
    be by rounding, by words such as "nearly", and by ordinary growth.
    """

    kind: FindingKind
    figures: tuple[int, ...]
    expected: Decimal
    stated: Decimal
    tolerance: Decimal
    unit: str
    explanation_en: str
    explanation_vi: str


@dataclass(frozen=True, slots=True)
class Gap:
    """The numbers of a contradiction, all in `unit`."""

    expected: Fraction
    stated: Fraction
    tolerance: Fraction
    unit: str


def finding(kind: FindingKind, items: Sequence[Item], gap: Gap, text: Text) -> Finding:
    """Put a finding together; a figure that serves twice is named once."""
    unique = sorted({item.position: item for item in items}.values(), key=Item.order)
    return Finding(
        kind=kind,
        figures=tuple(item.position for item in unique),
        expected=decimal(gap.expected),
        stated=decimal(gap.stated, 6),
        tolerance=decimal(gap.tolerance, 4),
        unit=gap.unit,
        explanation_en=text.en,
        explanation_vi=text.vi,
    )
