"""Count times unit amount against sum, where the text or a norm says what each one gets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from shared.press.figures.checks.bounds import MEASURED, RATES, Bounds, bounds
from shared.press.figures.checks.finding import Finding, Gap, finding
from shared.press.figures.checks.items import Item, together
from shared.press.figures.checks.wording import Unit, say
from shared.press.reference_figures import Norm

_WINDOW = 4
_FACTOR_MAX = 3  # beyond it, the count or the sum is about something else
_NORM_NEAR = Fraction(1, 100)  # so close to a norm, the amount is meant to be the norm
_NORM_GAP = 150


@dataclass(frozen=True, slots=True)
class Product:
    """A count, the amount for each one, and the sum that they should make."""

    count: Item
    each: Fraction
    each_bounds: Bounds
    total: Item
    items: tuple[Item, ...]

    def bounds(self) -> Bounds:
        """Return the bounds of count times amount."""
        return bounds(self.count.figure, _counted_step(self.count)) * self.each_bounds

    def holds(self) -> bool:
        """Say whether the sum is what count times amount makes."""
        return self.bounds().meets(bounds(self.total.figure))


def check(found: Sequence[Item], norms: Sequence[Norm]) -> Iterator[Finding]:
    """Yield sums that are not the count times the amount for each."""
    for at, item in enumerate(found):
        if item.figure.per == "each" and item.figure.unit == "VND":
            product = _stated(found, at)
            if product is not None:
                yield _mismatch(product)
    for count, total in pairwise(found):
        product = _by_norm(count, total, norms)
        if product is not None and not product.holds():
            yield _mismatch(product)


def _stated(found: Sequence[Item], at: int) -> Product | None:
    """Return the product of what stands nearest to an amount for each, unless another one holds."""
    each, products = found[at], list(_products(found, at))
    if not products or any(product.holds() for product in products):
        return None
    nearest = products[0]
    alike = nearest.count.place == each.place == nearest.total.place
    return nearest if alike and _plausible(nearest) else None


def _products(found: Sequence[Item], at: int) -> Iterator[Product]:
    each = found[at]
    near = [one for one in found[max(0, at - _WINDOW) : at + _WINDOW + 1] if _near(one, each)]
    near.sort(key=lambda one: abs(one.figure.start - each.figure.start))
    for count in near:
        for total in near:
            if _counts(count) and _is_sum(total, each):
                value = Fraction(each.figure.value)
                yield Product(count, value, _each_bounds(each), total, (count, each, total))


def _near(one: Item, each: Item) -> bool:
    first, last = sorted((one, each), key=Item.order)
    return one is not each and together(first, last, 0)


def _counts(item: Item) -> bool:
    figure = item.figure
    plain = figure.comparison is None and figure.kind == "actual"
    return plain and figure.unit not in RATES | MEASURED | {"VND"}


def _is_sum(item: Item, each: Item) -> bool:
    figure = item.figure
    return (
        figure.unit == each.figure.unit
        and figure.per is None
        and figure.comparison is None
        and figure.kind == "actual"
        and figure.value > each.figure.value
    )


def _each_bounds(each: Item) -> Bounds:
    """Return the bounds of an amount for each; set amounts are round, and exact."""
    digits = len(each.figure.value.normalize().as_tuple().digits)
    set_amount = each.figure.kind == "norm" or digits <= 2
    return bounds(each.figure, Fraction(1) if set_amount else None)


def _counted_step(count: Item) -> Fraction | None:
    return Fraction(1) if count.figure.value < 1000 else None


def _plausible(product: Product) -> bool:
    made = Fraction(product.count.figure.value) * product.each
    stated = Fraction(product.total.figure.value)
    return made <= stated * _FACTOR_MAX and stated <= made * _FACTOR_MAX


def _by_norm(count: Item, total: Item, norms: Sequence[Norm]) -> Product | None:
    """Return the product of a count and the sum right behind it that is meant to be a norm's."""
    one, other = count.figure, total.figure
    beside = count.place == total.place and one.population == other.population
    exact = one.qualifier == other.qualifier == "exact"
    if not (beside and exact and other.start - one.end <= _NORM_GAP and one.value > 0):
        return None
    for norm in norms:
        if norm.covers(one, other):
            off = Fraction(other.value) / Fraction(one.value) / norm.each - 1
            if abs(off) <= _NORM_NEAR:
                return Product(
                    count, norm.each, Bounds(norm.each, norm.each), total, (count, total)
                )
    return None


def _mismatch(product: Product) -> Finding:
    count, stated = Fraction(product.count.figure.value), Fraction(product.total.figure.value)
    expected, between = count * product.each, product.bounds()
    own = bounds(product.total.figure)
    margin = (between.high - between.low + own.high - own.low) / 2
    unit = product.total.figure.unit
    text = say(
        "{c} x {a} = {e} {u}, not {s}.",
        "{c} x {a} = {e} {u}, không phải {s}.",
        c=count,
        a=product.each,
        e=expected,
        u=Unit(unit),
        s=stated,
    )
    return finding("unit_amount_mismatch", product.items, Gap(expected, stated, margin, unit), text)
