"""What a coming standard costs: who would be entitled to what, and for how much, as ranges.

Norms are those in force when the standard begins; today's classes are held against the same norms,
so that nothing but the class makes the difference. A range of one norm is exact; the ranges of
several do not add up to one, for a household has one class.

Law: policy (`support_norms.yaml`, and the standard's own acts).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from shared.households.changeover import CLASSES
from shared.households.entitlement_counts import count
from shared.households.entitlements import Circumstances
from shared.law.standards import LISTS, Recognised
from shared.law.support_norms import Norm, SupportNorms

Case = Literal["today", "least", "most"]
_CASES: tuple[Case, ...] = ("today", "least", "most")


@dataclass(frozen=True, slots=True)
class Kin:
    """Households alike in all that norms ask, and in the classes that they may come to be in."""

    known: Circumstances
    coming: tuple[Recognised, ...]


@dataclass
class NormCost:
    """One norm: households for whom it counts, and what it costs in đồng a unit of its time.

    `cost_vnd` is None where the norm has no amount. `size_unknown`: households in no cost, for
    nobody knows their size.
    """

    norm: Norm
    households: dict[Case, int]
    cost_vnd: dict[Case, int] | None
    size_unknown: int = 0


@dataclass(frozen=True, slots=True)
class _Share:
    """What a norm is to one household: 1 if it counts for it, and its cost."""

    counts: int
    cost_vnd: int | None
    size_unknown: int
    of_persons: bool = False

    def times(self, persons: int) -> _Share:
        """Return the same to a household of so many instead of one."""
        if self.cost_vnd is None or not self.of_persons:
            return self
        return replace(self, cost_vnd=self.cost_vnd * persons)


_NOTHING = _Share(0, 0, 0)


def then(known: Circumstances, coming: Recognised) -> Circumstances:
    """Return what holds of a household in a coming class: who leaves the lists has recently exited.

    The coming standard tells no average living standard from those above.
    """
    left = known.status in (*LISTS, "recently_exited")
    status = "recently_exited" if coming == "non_poor" and left else coming
    return replace(known, status=status, living_standard=None)


class CostCounter:
    """Adds up costs; households that are alike are looked at once, wherever they live."""

    def __init__(self, norms: SupportNorms, day: date) -> None:
        """`day`: that on which the coming standard begins."""
        self._norms, self._day = norms, day
        self._by_id = {norm.id: norm for norm in norms.norms}
        self._shares: dict[Circumstances, Mapping[str, _Share]] = {}

    def costs(self, kin: Iterable[tuple[Kin, int]]) -> list[NormCost]:
        """Return the costs of a place by norm, in the order of the law; none that is nobody's."""
        sums: dict[str, NormCost] = {}
        for each, households in kin:
            today = self._of(each.known)
            coming = [self._of(then(each.known, name)) for name in each.coming or CLASSES]
            for name in {*today, *(name for shares in coming for name in shares)}:
                total = sums.get(name) or sums.setdefault(name, _nobody(self._by_id[name]))
                _add(
                    total,
                    today.get(name, _NOTHING),
                    [shares.get(name, _NOTHING) for shares in coming],
                    households,
                )
        own = (sums[norm.id] for norm in self._norms.norms if norm.id in sums)
        return [cost for cost in own if any(cost.households.values())]

    def total(self, parts: Iterable[Sequence[NormCost]]) -> list[NormCost]:
        """Add up the costs of places that have no household in common, in the order of the law."""
        sums: dict[str, NormCost] = {}
        for cost in (cost for part in parts for cost in part):
            total = sums.get(cost.norm.id) or sums.setdefault(cost.norm.id, _nobody(cost.norm))
            total.size_unknown += cost.size_unknown
            for case in _CASES:
                total.households[case] += cost.households[case]
            if total.cost_vnd is None or cost.cost_vnd is None:
                total.cost_vnd = None
            else:
                own = cost.cost_vnd
                total.cost_vnd = {case: n + own[case] for case, n in total.cost_vnd.items()}
        return [sums[norm.id] for norm in self._norms.norms if norm.id in sums]

    def _of(self, known: Circumstances) -> Mapping[str, _Share]:
        shares = self._shares.get(known)
        if shares is None and known.persons is None and (known.household_size or 1) > 1:
            # What somebody is entitled to hangs on no size; only what it costs does.
            alone = self._of(replace(known, household_size=1))
            shares = {name: share.times(known.household_size or 1) for name, share in alone.items()}
            self._shares[known] = shares
        if shares is None:
            counts = count(self._norms, self._day, [(known, 1)])
            shares = self._shares[known] = {
                each.norm.id: _Share(
                    each.households,
                    each.cost_vnd,
                    each.size_unknown,
                    each.norm.unit.startswith("person"),
                )
                for each in counts
                if each.households
            }
        return shares


def _nobody(norm: Norm) -> NormCost:
    return NormCost(norm, dict.fromkeys(_CASES, 0), dict.fromkeys(_CASES, 0))


def _add(total: NormCost, today: _Share, coming: Sequence[_Share], households: int) -> None:
    counts = {
        "today": today.counts,
        "least": min(share.counts for share in coming),
        "most": max(share.counts for share in coming),
    }
    shares = [today, *coming]
    for case in _CASES:
        total.households[case] += counts[case] * households
    total.size_unknown += max(share.size_unknown for share in shares) * households
    costs = [share.cost_vnd for share in coming]
    if total.cost_vnd is None or today.cost_vnd is None or None in costs:
        total.cost_vnd = None
        return
    known = [cost for cost in costs if cost is not None]
    total.cost_vnd["today"] += today.cost_vnd * households
    total.cost_vnd["least"] += min(known) * households
    total.cost_vnd["most"] += max(known) * households
