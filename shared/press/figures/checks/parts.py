"""Parts against total: what is listed must not make more than the total, nor just miss it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from shared.press.figures.checks.bounds import Bounds, bounds, quantum, reach, shared_quantum
from shared.press.figures.checks.finding import Finding, FindingKind, Gap, finding
from shared.press.figures.checks.items import Item
from shared.press.figures.checks.lists import FUNDS, Listing
from shared.press.figures.checks.transposed import swaps
from shared.press.figures.checks.wording import Text, Unit, say

_SHORT_MAX = Fraction(1, 20)
_ROUND = 100  # of a count, one zero more than its parts have is often chance
_NOTHING = Bounds(Fraction(0), Fraction(0))


def check(lists: Iterable[Listing]) -> Iterator[Finding]:
    """Yield the lists whose parts cannot make their total."""
    for listing in lists:
        step = shared_quantum([listing.total.figure, *(part.figure for part in listing.parts)])
        whole = bounds(listing.total.figure, _whole_step(listing, step))
        added = sum((bounds(part.figure, step) for part in listing.parts), _NOTHING)
        if added.low > whole.high:
            yield _found(listing, whole, added, over=True)
        elif added.high < whole.low and _just_misses(listing):
            yield _found(listing, whole, added, over=False)


def _whole_step(listing: Listing, step: Fraction | None) -> Fraction | None:
    """Return the last printed place of a total: trailing zeros that no part has round it."""
    own = quantum(listing.total.figure)
    rounded = step is not None and (listing.total.figure.unit == "VND" or own >= step * _ROUND)
    return own if rounded else step


def _just_misses(listing: Listing) -> bool:
    """Say whether so little is missing that no part can have been left out on purpose."""
    if len(listing.parts) == 1 or (listing.total.measure in FUNDS and not listing.told):
        return False
    values = [Fraction(part.figure.value) for part in listing.parts]
    whole = Fraction(listing.total.figure.value)
    missing = whole - sum(values)
    little = missing < min(values) and missing <= whole * _SHORT_MAX
    return little or _swapped(listing) is not None


def _found(listing: Listing, whole: Bounds, added: Bounds, *, over: bool) -> Finding:
    values = [Fraction(part.figure.value) for part in listing.parts]
    stated, expected = Fraction(listing.total.figure.value), sum(values, Fraction(0))
    margin = reach(expected, added, stated) + reach(stated, whole, expected)
    gap = Gap(expected, stated, margin, listing.total.figure.unit)
    items = (listing.total, *listing.parts)
    text = _text(values, gap, over=over)
    swapped = None if listing.total.measure in FUNDS else _swapped(listing)
    if swapped is None:
        return finding(_kind(listing, over=over), items, gap, text)
    hint = say(
        "With two digits of {a} swapped, {b}, the sum would be right.",
        "Nếu đổi chỗ hai chữ số của {a} thành {b} thì tổng khớp.",
        a=swapped[0],
        b=swapped[1],
    )
    return finding("transposed_digits", items, gap, text.then(hint))


def _kind(listing: Listing, *, over: bool) -> FindingKind:
    if not over:
        return "parts_total_mismatch"
    return "uses_exceed_fund" if listing.total.measure in FUNDS else "parts_exceed_total"


def _text(values: Sequence[Fraction], gap: Gap, *, over: bool) -> Text:
    en = "The parts {p} make {e} {u}, {g} more than the total of {s}."
    vi = "Các phần {p} cộng lại là {e} {u}, nhiều hơn tổng số {s} là {g}."
    if not over:
        en, vi = en.replace("more", "less"), vi.replace("nhiều hơn", "ít hơn")
    return say(
        en,
        vi,
        p=list(values),
        e=gap.expected,
        s=gap.stated,
        g=abs(gap.expected - gap.stated),
        u=Unit(gap.unit),
    )


def _swapped(listing: Listing) -> tuple[Decimal, Decimal] | None:
    """Return the one exact number that makes the sum right once two of its digits are swapped."""
    terms = [(part, 1) for part in listing.parts] + [(listing.total, -1)]
    off = sum((Fraction(item.figure.value) * sign for item, sign in terms), Fraction(0))
    for item, sign in terms:
        value = item.figure.value
        for other in swaps(value) if _exact(item) else ():
            if off + (Fraction(other) - Fraction(value)) * sign == 0:
                return value, other
    return None


def _exact(item: Item) -> bool:
    return item.figure.qualifier == "exact"
