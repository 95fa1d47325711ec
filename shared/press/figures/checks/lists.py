"""Lists: which number is a total, and which are its parts, told by cues, by measure, or by sum.

Cues are the roles that the text gives. A fund and the uses of it named right after it are a list by
their measures. Without either, a run of numbers is a list where its sum comes within a thousandth
of the number before it; numbers inside the part before them may be left out of that sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, takewhile, zip_longest
from typing import NamedTuple

from shared.press.figures.checks.bounds import RATES, Bounds, bounds
from shared.press.figures.checks.items import Item, together

FUNDS = frozenset({"fund_mobilised", "fund_disbursed"})
_PLANNED = frozenset({"budget_total"})
_USES = frozenset({"support_amount"})
_RAISED = frozenset({"fund_mobilised"})
_AMOUNTS = _USES | _PLANNED | {"other_amount", "fund_disbursed"}
_FAMILIES = {
    "houses_built": "houses",
    "houses_repaired": "houses",
    "houses_built_or_repaired": "houses",
} | dict.fromkeys((*FUNDS, *_PLANNED, *_USES, "other_amount"), "amount")
_BUILT_AND_REPAIRED = {"houses_built", "houses_repaired"}
_CROSSING = frozenset({"ethnic_minority", "women", "children"})
_PARTS_MAX = 24
_BESIDE = 120  # code points between the entries of a list, where their sentences differ
_RUN_MAX = 12
_NEARLY = Fraction(1, 1000)
_MISSED_MAX = Fraction(1, 5)  # numbers that miss a total behind them by more are no parts of it
_DIGITS_MIN = 4
_PARTS = ("part", "of_which")
_SENTENCES = 2  # so far after a fund its uses are still told


class Listing(NamedTuple):
    """A total and its parts; `told` where the words call them so."""

    total: Item
    parts: tuple[Item, ...]
    told: bool


def lists(found: Sequence[Item]) -> Iterator[Listing]:
    """Yield every list of the article, each total once."""
    groups: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for item in found:
        if _adds_up(item):
            groups[(item.figure.unit, *item.place)].append(item)
    for group in groups.values():
        yield from _of_group(group)


def _adds_up(item: Item) -> bool:
    figure = item.figure
    plain = figure.kind == "actual" and figure.per in (None, "month", "year")
    return plain and figure.comparison is None and figure.unit not in RATES


def _of_group(group: Sequence[Item]) -> Iterator[Listing]:
    claimed: set[int] = set()
    for at, item in enumerate(group):
        before = group[max(0, at - _PARTS_MAX) : at]
        after = group[at + 1 : at + 1 + _PARTS_MAX]
        found = _inside(item, before) or _by_cue(item, after, before)
        found = found or _by_meaning(item, after) or _by_fund(item, after)
        # A part of one list is seldom the total of another, and often near some sum.
        found = found or (None if item.position in claimed else _by_sum(item, after))
        if found is not None:
            claimed.update(part.position for part in found.parts)
            yield found


def _inside(part: Item, before: Sequence[Item]) -> Listing | None:
    """Take a number inside another with the largest of its sentence that it can be inside of."""
    if part.figure.role != "of_which":
        return None
    own = [one for one in before if together(one, part, 0) and _fits(one, part)]
    return Listing(max(own, key=_value), (part,), told=True) if own else None


def _by_cue(total: Item, after: Sequence[Item], before: Sequence[Item]) -> Listing | None:
    if total.figure.role != "total":
        return None
    # A total ends the list of another, on either side of it.
    near = takewhile(lambda one: one.figure.role != "total", _following(total, after))
    run = [one for one in near if one.figure.role != "of_which" and _fits(total, one)]
    parts = [one for one in run if one.figure.role == "part"]
    if not parts:
        run = parts = _told_before(total, before)
    if len(parts) < 2 or _cross(parts):
        return None
    # Cues may stop short of the last part, or run on behind it.
    fitting = _up_to_the_sum(total, run) or _up_to_the_sum(total, parts)
    return Listing(total, fitting or tuple(parts), told=True)


def _told_before(total: Item, before: Sequence[Item]) -> list[Item]:
    """Return the parts right before their total: those called so, else all of its sentence."""
    near = [one for one in before if together(one, total, 0)]
    run = list(takewhile(lambda one: one.figure.role == "part", reversed(near)))[::-1]
    parts = [one for one in run if _fits(total, one)]
    if parts or not all(one.figure.role is None and _fits(total, one) for one in near):
        return parts
    added = sum(_value(one) for one in near)
    return near if abs(added - _value(total)) <= _value(total) * _MISSED_MAX else []


def _following(total: Item, after: Sequence[Item], sentences: int = 1) -> Iterator[Item]:
    """Yield what follows within so many sentences, or else closely one after the other.

    Entries of a list are often sentences of their own, so that nearness counts as well.
    """
    last = total
    for item in after:
        beside = item.figure.start - last.figure.end <= _BESIDE
        known = total.figure.sentence is not None
        if not beside and not together(total if known else last, item, sentences):
            return
        yield item
        last = item


def _by_meaning(total: Item, after: Sequence[Item]) -> Listing | None:
    """Take houses built and houses repaired, named right after both together."""
    parts = tuple(after[:2])
    measures = {one.measure for one in parts}
    if total.measure != "houses_built_or_repaired" or measures != _BUILT_AND_REPAIRED:
        return None
    fitting = all(together(total, one, 0) and _fits(total, one) for one in parts)
    return Listing(total, parts, told=True) if fitting else None


def _by_fund(total: Item, after: Sequence[Item]) -> Listing | None:
    """Take the uses named after a fund, sentence by sentence, until they make up the fund.

    What was spent may itself be the first use of a list; it is a sum where the words say so, or
    where its uses are told in sentences of their own.
    """
    if total.measure not in FUNDS or total.figure.role in _PARTS:
        return None
    if total.measure == "fund_disbursed" and total.figure.role is None:
        after = [one for one in after if not together(total, one, 0)]
    near = takewhile(lambda one: one.measure not in _RAISED, _following(total, after, _SENTENCES))
    uses = _between_support(list(_chain(total, [one for one in near if _is_use(total, one)])))
    told = [one for one in uses if one.figure.role == "part"]
    parts = _up_to_the_fund(total, told if len(told) > 1 else uses)
    return Listing(total, parts, told=False) if len(parts) > 1 else None


def _is_use(total: Item, item: Item) -> bool:
    said = item.measure in _AMOUNTS and item.figure.role in (None, "part")
    return said and item.figure.per is None and _fits(total, item)


def _between_support(uses: list[Item]) -> list[Item]:
    """Return the uses from the first to the last that is called support.

    Amounts between them are uses as well, whatever they are called; around them they may be not.
    """
    support = [at for at, one in enumerate(uses) if one.measure in _USES]
    return uses[support[0] : support[-1] + 1] if support else []


def _chain(total: Item, uses: Sequence[Item]) -> Iterator[Item]:
    """Yield the uses one after the other; what alone is above the fund is none of its uses."""
    last = total
    for item in uses:
        if not together(last, item) or item.figure.value > total.figure.value:
            return
        yield item
        last = item


def _up_to_the_fund(total: Item, uses: Sequence[Item]) -> tuple[Item, ...]:
    """Return the uses up to the one, or to the end of the sentence, that spends the fund."""
    whole, added = bounds(total.figure), Bounds(Fraction(0), Fraction(0))
    for count, (item, after) in enumerate(zip_longest(uses, uses[1:]), 1):
        added += bounds(item.figure)
        ends = after is None or after.figure.sentence != item.figure.sentence
        if added.meets(whole) or (ends and added.low > whole.high):
            return tuple(uses[:count])
    return tuple(uses)


def _by_sum(total: Item, after: Sequence[Item]) -> Listing | None:
    figure = total.figure
    digits = len(figure.value.normalize().as_tuple().digits)
    if figure.qualifier != "exact" or figure.role in _PARTS or digits < _DIGITS_MIN:
        return None
    near = _following(total, after[:_RUN_MAX])
    run = [one for one in near if one.measure == total.measure and _fits(total, one)]
    run = [one for one in run if one.figure.role != "of_which"] or run
    outer = [one for one, largest in zip(run, _largest(run), strict=True) if _value(one) == largest]
    parts = _up_to_the_sum(total, run) or _up_to_the_sum(total, outer)
    return Listing(total, parts, told=False) if parts else None


def _largest(run: Sequence[Item]) -> Iterator[Fraction]:
    """Yield the value that each number must reach not to be inside the one before it."""
    before = Fraction(0)
    for item in run:
        before = max(before, _value(item))
        yield before


def _up_to_the_sum(total: Item, parts: Sequence[Item]) -> tuple[Item, ...] | None:
    """Return the first parts whose sum comes nearest to the total, within a thousandth of it."""
    whole = _value(total)
    sums = enumerate(accumulate(_value(one) for one in parts), 1)
    near = [(abs(added - whole), count) for count, added in sums if count > 1]
    off, count = min(near, default=(whole, 0))
    return tuple(parts[:count]) if off <= whole * _NEARLY and count else None


def _value(item: Item) -> Fraction:
    return Fraction(item.figure.value)


def _fits(total: Item, part: Item) -> bool:
    """Say whether a part can be a part of the total: of its measure and its period."""
    one, other = total.figure, part.figure
    same = _FAMILIES.get(total.measure, total.measure) == _FAMILIES.get(part.measure, part.measure)
    return same and (one.period is None or other.period is None or one.period == other.period)


def _cross(parts: Sequence[Item]) -> bool:
    """Say whether parts overlap: minorities or women are among the other parts too."""
    people = {one.figure.population for one in parts}
    return len(people) > 1 and not people.isdisjoint(_CROSSING)
