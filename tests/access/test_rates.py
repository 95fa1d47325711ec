"""A bucket lets in what its rate says, whatever the order of requests and pauses."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.access.rates import Bucket, RequestRate


def test_a_quota_may_be_used_at_once_and_comes_back_steadily() -> None:
    rate, bucket = RequestRate("r", 3, 60), Bucket(3, 100.0)
    taken = [bucket.take(rate, 100.0) for _ in range(4)]
    assert [each.allowed for each in taken] == [True, True, True, False]
    assert [each.left for each in taken] == [2, 1, 0, 0]
    assert taken[-1].wait == 20
    assert not bucket.take(rate, 119.0).allowed
    assert bucket.take(rate, 120.5).allowed
    assert taken[0].header == '"r";r=2;t=0'
    assert rate.policy == '"r";q=3;w=60'


@given(
    st.integers(1, 50),
    st.integers(1, 120),
    st.lists(st.floats(0, 30, allow_nan=False), max_size=60),
)
def test_never_more_than_the_quota_and_what_came_back_since(
    quota: int, seconds: int, pauses: list[float]
) -> None:
    rate, bucket, now, allowed = RequestRate("r", quota, seconds), Bucket(quota, 0.0), 0.0, 0
    for pause in pauses:
        now += pause
        allowed += bucket.take(rate, now).allowed
    assert allowed <= quota + now * quota / seconds + 1e-6


@given(st.integers(1, 50), st.integers(1, 120), st.integers(1, 80))
def test_who_waits_as_long_as_it_is_told_is_let_in(quota: int, seconds: int, many: int) -> None:
    rate, bucket = RequestRate("r", quota, seconds), Bucket(quota, 0.0)
    last = [bucket.take(rate, 0.0) for _ in range(quota + many)][-1]
    assert not last.allowed
    assert bucket.take(rate, float(last.wait)).allowed


def test_a_clock_that_goes_back_gives_nothing() -> None:
    rate, bucket = RequestRate("r", 1, 60), Bucket(1, 100.0)
    assert bucket.take(rate, 100.0).allowed
    assert not bucket.take(rate, 0.0).allowed
