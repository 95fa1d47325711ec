"""Largest remainder: the sum is exact, order does not matter, and growth costs at most 1 đồng."""

from __future__ import annotations

import os
import random
from fractions import Fraction
from math import exp, log

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.money.apportionment import Share, Weight, apportion

PROOF = os.environ.get("REGISTRY_PROOF") == "1"
RUNS, LINES_MAX = (10_000, 100_000) if PROOF else (300, 2_000)
MONEY_MAX = 10**15


def drawn(seed: int) -> tuple[int, dict[str, Weight]]:
    """Return an amount and weights: sizes log-uniform, up to 18 decimals, many ties and zeros."""
    draw = random.Random(seed)
    size = int(exp(draw.uniform(0, log(LINES_MAX + 1)))) - 1
    decimals = draw.choice((0, 0, 1, 2, 6, 18))
    kind = draw.choice(("any", "ties", "zeros", "one", "none", "steep"))
    weights: dict[str, Weight] = {}
    for number in range(size):
        if kind == "ties":
            digits = draw.choice((1, 1, 2, 3))
        elif kind == "zeros":
            digits = draw.choice((0, 0, 0, draw.randint(0, 10**decimals * 100)))
        elif kind == "one":
            digits = int(number == size // 2)
        elif kind == "none":
            digits = 0
        elif kind == "steep":
            digits = int(exp(draw.uniform(0, log(10 ** (decimals + 6)))))
        else:
            digits = draw.randint(0, 10**decimals * 1000)
        weights[f"{number:05}"] = Fraction(digits, 10**decimals) if decimals else digits
    return int(exp(draw.uniform(0, log(MONEY_MAX)))), weights


def naive(amount: int, weights: dict[str, Weight]) -> dict[str, int]:
    """Divide by the definition, without any care for speed."""
    total = sum(Fraction(weight) for weight in weights.values())
    if not total:
        return dict.fromkeys(weights, 0)
    exact = {key: amount * Fraction(weight) / total for key, weight in weights.items()}
    given = {key: share.numerator // share.denominator for key, share in exact.items()}
    for key in sorted(exact, key=lambda k: (given[k] - exact[k], k)):
        if sum(given.values()) == amount:
            break
        given[key] += 1
    return given


def amounts(shares: dict[str, Share]) -> dict[str, int]:
    return {key: share.amount for key, share in shares.items()}


def check(amount: int, weights: dict[str, Weight], draw: random.Random) -> None:
    shares = apportion(amount, weights)
    assert shares.keys() == weights.keys()
    expected = amount if any(weights.values()) else 0
    assert sum(share.amount for share in shares.values()) == expected
    for share in shares.values():
        assert 0 <= share.floor <= share.amount <= share.floor + 1
        assert share.weight or not share.amount
        assert not (share.remainder == 0 and share.amount != share.floor)
    keys = list(weights)
    draw.shuffle(keys)
    assert apportion(amount, {key: weights[key] for key in keys}) == shares
    more = apportion(amount + draw.choice((1, 2, 1000, 10**9)), weights)
    assert all(more[key].amount >= share.amount - 1 for key, share in shares.items())


@pytest.mark.timeout(7200 if PROOF else 600)
def test_generated_allocations_add_up_to_the_dong() -> None:
    for seed in range(RUNS):
        check(*drawn(seed), random.Random(seed))


WEIGHTS = st.dictionaries(
    st.from_regex(r"[0-9]{5}", fullmatch=True),
    st.one_of(
        st.integers(0, 3),
        st.integers(0, 10**15),
        st.integers(0, 10**20).map(lambda n: Fraction(n, 10**18)),
    ),
    max_size=60,
)


@given(amount=st.integers(0, MONEY_MAX), weights=WEIGHTS)
@settings(max_examples=2000 if PROOF else 200, deadline=None)
@example(amount=1, weights={"a": 1, "b": 1, "c": 1})
@example(amount=2, weights={"a": 0, "b": Fraction(1, 10**18), "c": 10**15})
def test_it_is_the_definition(amount: int, weights: dict[str, Weight]) -> None:
    assert amounts(apportion(amount, weights)) == naive(amount, weights)


def test_equal_remainders_go_in_the_order_of_the_keys() -> None:
    shares = apportion(8, {"b": 1, "c": 1, "a": 1})
    assert amounts(shares) == {"a": 3, "b": 3, "c": 2}
    assert [shares[key].rounding for key in "abc"] == ["up", "up", "down"]


def test_nothing_is_divided_where_nobody_scores() -> None:
    assert amounts(apportion(100, {"a": 0, "b": 0})) == {"a": 0, "b": 0}
    assert apportion(100, {}) == {}


def test_a_line_can_fall_when_the_fund_grows_but_only_by_one() -> None:
    weights: dict[str, Weight] = {"a": 5, "b": 3, "c": 1}
    falls = [
        (amount, key)
        for amount in range(60)
        for key in weights
        if apportion(amount + 1, weights)[key].amount < apportion(amount, weights)[key].amount
    ]
    assert falls


@pytest.mark.parametrize(("amount", "weight"), [(-1, 1), (1, -1)])
def test_negative_numbers_are_refused(amount: int, weight: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        apportion(amount, {"a": weight})
