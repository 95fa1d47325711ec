"""The score of a line, criterion by criterion, and the reasons that a line carries for it.

Of a group with `combine: highest` only the largest product of each commune counts, so a province
scores what its communes do. A rate is the published one, as callers see it.

Law: 02/2022/QĐ-TTg, 16/2026/QĐ-TTg (a score is the sum of coefficient and value).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.law.criteria import (
    COMMUNE_COUNT,
    COUNT_INPUTS,
    RATE_INPUTS,
    Criterion,
    LineInput,
    Number,
    Supplied,
)
from shared.law.percent import percentage
from shared.money.allocations import decimal_text
from shared.money.apportionment import Share


@dataclass(slots=True)
class Tally:
    """One criterion in one line: its value, and as much of it as counts."""

    value: Number = 0
    counting: Number = 0


class Score:
    """A line with its score, criterion by criterion."""

    def __init__(self, criteria: Sequence[Criterion], line: LineInput, supplied: Supplied) -> None:
        self._criteria, self._input, self._supplied = criteria, line, supplied
        self._tallies = {criterion.code: Tally() for criterion in criteria}
        communal = [c for c in criteria if c.of_communes]
        for commune in line.communes if communal else ():
            self._add(communal, commune.fact or {})
        for criterion in criteria:
            if not criterion.of_communes:
                value = self._value(criterion)
                self._tallies[criterion.code] = Tally(value, value)
        self.total: Number = sum(self._product(c) for c in criteria)

    def _coefficient(self, criterion: Criterion) -> Number:
        if criterion.coefficient is None:
            return self._supplied.coefficients[criterion.code][0]
        return criterion.coefficient

    def _product(self, criterion: Criterion) -> Number:
        return self._coefficient(criterion) * self._tallies[criterion.code].counting

    def _add(self, criteria: Sequence[Criterion], fact: Mapping[str, Any]) -> None:
        values = _values(criteria, fact)
        highest: dict[str, tuple[Number, str]] = {}
        for criterion, value in zip(criteria, values, strict=True):
            tally = self._tallies[criterion.code]
            tally.value += value
            if criterion.group is None:
                tally.counting += value
            elif value:
                product = self._coefficient(criterion) * value
                if criterion.group not in highest or product > highest[criterion.group][0]:
                    highest[criterion.group] = product, criterion.code
        for criterion, value in zip(criteria, values, strict=True):
            if criterion.group in highest and highest[criterion.group][1] == criterion.code:
                self._tallies[criterion.code].counting += value

    def _value(self, criterion: Criterion) -> Number:
        line = self._input
        if criterion.input is None:
            return self._supplied.values[criterion.code][0][line.code]
        if criterion.input == COMMUNE_COUNT:
            return len(line.communes)
        if criterion.input in COUNT_INPUTS:
            return _listed(line, COUNT_INPUTS[criterion.input])
        return percentage(_listed(line, RATE_INPUTS[criterion.input]), line.households_total or 0)

    def reasons(self, share: Share) -> dict[str, Any]:
        """Return every reason for what the line gets: score, share, rounding, each criterion."""
        exact = f"{share.floor} + {share.remainder}/{share.total}"
        return {
            "score": decimal_text(self.total),
            "share": {"numerator": str(share.weight), "denominator": str(share.total)},
            "exact": exact if share.remainder else str(share.floor),
            "rounding": share.rounding,
            "criteria": [self._reason(criterion) for criterion in self._criteria],
        }

    def _reason(self, criterion: Criterion) -> dict[str, Any]:
        tally = self._tallies[criterion.code]
        coefficient = self._coefficient(criterion)
        reason = {
            "code": criterion.code,
            "en": criterion.en,
            "vi": criterion.vi,
            "value": decimal_text(tally.value),
            "coefficient": decimal_text(coefficient),
            "product": decimal_text(coefficient * tally.value),
            "counted": tally.counting > 0,
            "counted_product": decimal_text(coefficient * tally.counting),
        }
        if criterion.input in RATE_INPUTS:
            reason["numerator"] = _listed(self._input, RATE_INPUTS[criterion.input])
            reason["denominator"] = self._input.households_total
        if criterion.code in self._supplied.coefficients:
            reason["legal_basis"] = self._supplied.coefficients[criterion.code][1]
        if criterion.code in self._supplied.values:
            reason["value_legal_basis"] = self._supplied.values[criterion.code][1]
        return reason


def _values(criteria: Sequence[Criterion], fact: Mapping[str, Any]) -> list[int]:
    values = [_read(criterion, fact) for criterion in criteria]
    taken = {c.group for c, value in zip(criteria, values, strict=True) if value}
    return [
        int(c.group not in taken) if c.otherwise else value
        for c, value in zip(criteria, values, strict=True)
    ]


def _read(criterion: Criterion, fact: Mapping[str, Any]) -> int:
    if criterion.otherwise:
        return 0
    stated = fact.get((criterion.input or "").removeprefix("fact."))
    if criterion.equals is not None:
        return int(stated == criterion.equals)
    if criterion.contains is not None:
        return int(criterion.contains in (stated or ()))
    return int((criterion.absent or 0) if stated is None else stated)


def _listed(line: LineInput, statuses: Sequence[str]) -> int:
    return sum(line.households.get(status, 0) for status in statuses)
