"""Why a household's line is what it is, spelled out from the few columns that a line keeps.

What many lines say alike (criteria, tranches, legal basis) is a part of its own, so that a reader
of a million lines makes each part once.

Law: policy (the rule's entry cites its acts).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from shared.money.allocations import Outcome
from shared.money.household_norm import RANK_OF_BEGUN, STATUS, HouseholdNorm, NormCriterion, Tranche
from shared.money.sentences import BEGUN, OUTCOMES


@dataclass(frozen=True)
class LineReasons:
    """The words of one rule, with the inputs that a run waived."""

    rule: HouseholdNorm
    waived: Collection[str] = ()

    def outcome(self, outcome: Outcome) -> dict[str, Any]:
        """Return what an outcome is called."""
        return {"code": outcome, **OUTCOMES[outcome]._asdict()}

    def criteria(self, status: str | None, failed: Collection[str]) -> list[dict[str, Any]]:
        """Return every criterion: met, not met, or not held by the register and waived."""
        return [self._criterion(criterion, status, failed) for criterion in self.rule.eligibility]

    def _criterion(
        self, criterion: NormCriterion, status: str | None, failed: Collection[str]
    ) -> dict[str, Any]:
        met = criterion.code not in failed if criterion.held else None
        judgement: dict[str, Any] = {"code": criterion.code, "input": criterion.input, "met": met}
        if criterion.input == STATUS:
            judgement["value"] = status
        if not criterion.held:
            judgement |= {
                "waived": criterion.input in self.waived,
                "checked_by": criterion.checked_by,
            }
        return judgement | {"en": criterion.en, "vi": criterion.vi}

    def priority(self, rank: int | None) -> dict[str, Any] | None:
        """Return what gave a household its rank in the queue, None where it has none."""
        if rank == RANK_OF_BEGUN:
            return {"rank": rank, "code": "begun", **BEGUN._asdict()}
        for priority in self.rule.priorities:
            if priority.rank == rank:
                place = {"rank": rank, "code": priority.code}
                return place | {"en": priority.en, "vi": priority.vi}
        return None

    def tranches(self, amount_vnd: int, already_paid_vnd: int) -> list[dict[str, Any]]:
        """Return the parts in which a line is paid; they add up to its amount.

        What was paid before is taken off the first parts of the whole norm.
        """
        parts = _parts(amount_vnd + already_paid_vnd, self.rule.tranches)
        left, tranches = already_paid_vnd, []
        for tranche, part in zip(self.rule.tranches, parts, strict=True):
            covered = min(left, part)
            left -= covered
            tranches.append(
                {
                    "percent": tranche.percent,
                    "after": tranche.after,
                    "amount_vnd": part - covered,
                    "en": tranche.en,
                    "vi": tranche.vi,
                }
            )
        return tranches

    def unlisted(self, status: str | None) -> dict[str, Any]:
        """Return the reasons of a household that has no line: it is not on the lists."""
        failed = [c.code for c in self.rule.eligibility if c.input == STATUS]
        return {
            "outcome": self.outcome("not_eligible"),
            "rule": self.rule.id,
            "failed": failed,
            "criteria": [
                self._criterion(c, status, failed)
                for c in self.rule.eligibility
                if c.input == STATUS
            ],
            "legal_basis": list(self.rule.legal_basis),
        }


def _parts(whole: int, tranches: Collection[Tranche]) -> list[int]:
    """Split to the đồng: each part ends where its share of the whole ends, rounded down."""
    ends, share = [0], 0
    for tranche in tranches:
        share += tranche.percent
        ends.append(whole * share // 100)
    return [end - begin for begin, end in pairwise(ends)]
