"""Rules of kind `score_share`: a line's share is its score over the sum of all scores.

A score is the sum of coefficient × value over the criteria. Shares are exact, each is rounded down,
and the largest remainders get 1 đồng each, ties by area code. If all scores are zero, every line
gets nothing and all of the money stays unallocated.

Law: 02/2022/QĐ-TTg, 16/2026/QĐ-TTg (a share is the score over the sum of scores).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.kernel.errors import PolicyError
from shared.law.criteria import (
    INPUTS,
    RATE_INPUTS,
    VILLAGES,
    Criterion,
    LineCommune,
    LineInput,
    Supplied,
    read_criterion,
)
from shared.money.allocations import Allocation, Line, RunRefusal, decimal_text
from shared.money.apportionment import apportion
from shared.money.scores import Score


@dataclass(frozen=True, slots=True)
class ScoreShare:
    """What a rule of this kind says beside its header."""

    criteria: tuple[Criterion, ...]
    requires_fact: bool
    legal_basis: tuple[str, ...]

    @property
    def inputs(self) -> frozenset[str]:
        """Return the names of what must be known of areas to score them."""
        return frozenset(c.input for c in self.criteria if c.input is not None)


def read(entry: Mapping[str, Any]) -> ScoreShare:
    """Read the entry of a rule; what this code could not compute is refused (`rule_unreadable`)."""
    highest = {n for n, g in (entry.get("groups") or {}).items() if g["combine"] == "highest"}
    criteria = tuple(read_criterion(item) for item in entry["criteria"])
    for criterion in criteria:
        name = f"{entry['id']}/{criterion.code}"
        if criterion.input is not None and criterion.input not in INPUTS:
            raise PolicyError("rule_unreadable", f"{name} reads the unknown {criterion.input!r}")
        if criterion.group is not None and (
            criterion.group not in highest or not criterion.of_communes
        ):
            raise PolicyError("rule_unreadable", f"{name} is in a group that cannot be combined")
        if criterion.coefficient is not None and criterion.coefficient < 0:
            raise PolicyError("rule_unreadable", f"the coefficient of {name} is negative")
    requires_fact = entry.get("requires_fact") is True
    return ScoreShare(criteria, requires_fact, tuple(entry["legal_basis"]))


def decide(
    rule: ScoreShare, amount: int, lines: Sequence[LineInput], supplied: Supplied
) -> Allocation | list[RunRefusal]:
    """Divide the amount between the lines, or say everything that stands in the way."""
    refusals = [*_unknown(rule, lines, supplied), *_missing(rule, lines)]
    if refusals:
        return refusals
    scores = {line.code: Score(rule.criteria, line, supplied) for line in lines}
    shares = apportion(amount, {code: score.total for code, score in scores.items()})
    areas = {line.code: line.area_id for line in lines}
    basis = {"legal_basis": list(rule.legal_basis)}
    return Allocation(
        amount,
        tuple(
            Line(
                line=code,
                amount_vnd=share.amount,
                area_id=areas[code],
                score=decimal_text(scores[code].total),
                reasons={**scores[code].reasons(share), **basis},
            )
            for code, share in shares.items()
        ),
    )


def _unknown(
    rule: ScoreShare, lines: Sequence[LineInput], supplied: Supplied
) -> Iterator[RunRefusal]:
    for criterion in rule.criteria:
        code = criterion.code
        if criterion.coefficient is None and code not in supplied.coefficients:
            why = criterion.unknown.get("coefficient", "the law's value is not known")
            detail = f"{why}; supply it in parameters.coefficients with its legal_basis"
            yield RunRefusal("coefficient_unknown", code, detail)
        if criterion.input is None:
            yield from _unknown_input(criterion, lines, supplied)


def _unknown_input(
    criterion: Criterion, lines: Sequence[LineInput], supplied: Supplied
) -> Iterator[RunRefusal]:
    code = criterion.code
    values = supplied.values[code][0] if code in supplied.values else {}
    if not values:
        why = criterion.unknown.get("input", "the register does not hold it")
        detail = f"{why}; supply it in parameters.values with its legal_basis"
        yield RunRefusal("input_unavailable", code, detail)
        return
    for line in lines:
        if line.code not in values:
            yield RunRefusal("input_unavailable", code, f"no value for area {line.code}")


def _missing(rule: ScoreShare, lines: Sequence[LineInput]) -> Iterator[RunRefusal]:
    rates = [c for c in rule.criteria if c.input in RATE_INPUTS]
    for line in lines:
        for commune in line.communes:
            yield from _missing_fact(rule, commune)
        if rates and not line.households_total:
            detail = f"no fact tells how many households area {line.code} has; post one"
            yield RunRefusal("area_fact_missing", line.code, detail)


def _missing_fact(rule: ScoreShare, commune: LineCommune) -> Iterator[RunRefusal]:
    read_facts = [c for c in rule.criteria if c.of_communes]
    if commune.fact is None:
        if rule.requires_fact or any(c.absent is None for c in read_facts):
            detail = f"no fact is posted about commune {commune.code}; post one to area-facts"
            yield RunRefusal("area_fact_missing", commune.code, detail)
        return
    for criterion in read_facts:
        unsaid = (
            criterion.input == VILLAGES and commune.fact.get("extremely_difficult_villages") is None
        )
        if unsaid and criterion.absent is None:
            detail = f"the fact about commune {commune.code} lacks {criterion.input}"
            yield RunRefusal("area_fact_missing", commune.code, detail)
