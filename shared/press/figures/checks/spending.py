"""Money spent against money planned: the share printed beside them, and that it is not above all.

The plan is one of the amounts named shortly before; where the share fits any of them, it is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from shared.press.figures.checks.bounds import Bounds, bounds, reach
from shared.press.figures.checks.finding import Finding, Gap, finding
from shared.press.figures.checks.items import Item, together
from shared.press.figures.checks.wording import decimal, say

_PLANS = frozenset({"budget_total", "fund_mobilised"})
_WINDOW = 6
_BESIDE = 100  # code points between what was spent and its share
_FACTOR_MAX = Fraction(3, 2)  # a share further off is taken of another plan
_HUNDRED = Bounds(Fraction(100), Fraction(100))


def check(found: Sequence[Item]) -> Iterator[Finding]:
    """Yield shares that no plan told near makes, and spending above the plan beside it."""
    for at, item in enumerate(found):
        near = found[max(0, at - _WINDOW) : at]
        if item.measure == "progress_rate":
            yield from _of_share(item, near)
        elif item.measure == "fund_disbursed":
            yield from _of_spending(item, [plan for plan in near if _is_plan(plan, item)])


def _of_share(share: Item, near: Sequence[Item]) -> Iterator[Finding]:
    spent = next((one for one in reversed(near) if _is_share(one, share)), None)
    if spent is not None:
        yield from _wrong_share([plan for plan in near if _is_plan(plan, spent)], spent, share)


def _of_spending(spent: Item, plans: Sequence[Item]) -> Iterator[Finding]:
    if plans and together(plans[-1], spent, 0):
        yield from _overspent(max(plans, key=lambda plan: plan.figure.value), spent)


def _is_share(spent: Item, share: Item) -> bool:
    """Say whether a share may be of what was spent; the plan may stand between them."""
    near = share.figure.start - spent.figure.end <= _BESIDE
    return spent.measure == "fund_disbursed" and spent.place == share.place and near


def _is_plan(plan: Item, spent: Item) -> bool:
    one, other = plan.figure, spent.figure
    alike = (one.unit, plan.place, one.per) == (other.unit, spent.place, other.per)
    first, last = sorted((plan, spent), key=Item.order)
    return alike and plan.measure in _PLANS and one.value > 0 and together(first, last)


def _wrong_share(plans: Sequence[Item], spent: Item, share: Item) -> Iterator[Finding]:
    said = bounds(share.figure)
    made = [(plan, (bounds(spent.figure) * _HUNDRED).over(bounds(plan.figure))) for plan in plans]
    if any(rate.meets(said) for _, rate in made):
        return
    near = [(plan, rate) for plan, rate in made if rate.wider(_FACTOR_MAX).meets(said)]
    if near:
        plan, rate = min(near, key=lambda one: abs(one[1].low - said.low))
        yield _mismatch(plan, spent, share, rate)


def _mismatch(plan: Item, spent: Item, share: Item, rate: Bounds) -> Finding:
    value = Fraction(spent.figure.value) * 100 / Fraction(plan.figure.value)
    stated = Fraction(share.figure.value)
    margin = reach(value, rate, stated) + reach(stated, bounds(share.figure), value)
    text = say(
        "{d} of {p} are {e}%, not {s}%.",
        "{d} trên {p} là {e}%, không phải {s}%.",
        d=spent.figure.value,
        p=plan.figure.value,
        e=Fraction(decimal(value)),
        s=stated,
    )
    gap = Gap(value, stated, margin, "percent")
    return finding("rate_count_mismatch", (plan, spent, share), gap, text)


def _overspent(plan: Item, spent: Item) -> Iterator[Finding]:
    limit = bounds(plan.figure).high
    if bounds(spent.figure).low <= limit:
        return
    expected, stated = Fraction(plan.figure.value), Fraction(spent.figure.value)
    text = say(
        "{d} were spent, more than the {p} that there were.",
        "Đã chi {d}, nhiều hơn số vốn {p}.",
        d=stated,
        p=expected,
    )
    gap = Gap(expected, stated, limit - expected, plan.figure.unit)
    yield finding("uses_exceed_fund", (plan, spent), gap, text)
