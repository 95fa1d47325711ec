"""Limits of one client: how often it may ask, and how much it may hold of the machine at once.

Each process counts for itself. With authentication off there is one client, on the same machine,
and nothing is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from starlette.requests import Request

from shared.access.caller import ANYBODY, Caller
from shared.access.rates import Allowance, Bucket, RequestRate
from shared.http.problems import Problem, ProblemType

MINUTE = 60
# Streams of one client at once; the rest of the machine is for the others.
STREAMS_MAX = 4
# Beyond so many clients, those who have not asked for a while are forgotten.
BUCKETS_MAX = 10_000


def rate_limited(allowance: Allowance) -> Problem:
    """Return the 429 of a client that asks too often."""
    rate = allowance.rate
    return Problem(
        429,
        "rate_limited",
        f"at most {rate.quota} requests in {rate.seconds} s are answered to one client "
        f"({rate.name}); try again in {allowance.wait} s",
        headers={
            "Retry-After": str(allowance.wait),
            "RateLimit": allowance.header,
            "RateLimit-Policy": rate.policy,
        },
    )


def too_many_at_once(what: str, most: int) -> Problem:
    """Return the 429 of a client that holds as much at once as one may."""
    return Problem(
        429,
        "too_many_at_once",
        f"at most {most} {what} of one client are served at once; try again when one has ended",
        headers={"Retry-After": "5"},
    )


RATE_LIMITED = ProblemType(
    "The client asks too often; see Retry-After",
    rate_limited(Allowance(RequestRate("requests", 6000, MINUTE), allowed=False, left=0, wait=1)),
)
LOOKUPS_LIMITED = ProblemType(
    "The client looks up too many persons; see Retry-After",
    rate_limited(Allowance(RequestRate("lookups", 60, MINUTE), allowed=False, left=0, wait=1)),
)


@dataclass
class Limits:
    """What the clients of one process have asked for lately, and hold now."""

    requests: RequestRate
    lookups: RequestRate
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    _held: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, request: Request, caller: Caller, rate: RequestRate, number: int = 1) -> None:
        """Count a request of a caller, or several at once; `rate_limited` when too many."""
        if caller is ANYBODY:
            return
        now, key = monotonic(), (caller.client_id, rate.name)
        bucket = self._buckets.get(key)
        if bucket is None:
            self._forget(now)
            bucket = self._buckets[key] = Bucket(rate.quota, now)
        allowance = bucket.take(rate, now, number)
        request.scope["state"]["allowance"] = allowance
        if not allowance.allowed:
            raise rate_limited(allowance)

    @contextmanager
    def hold(self, caller: Caller, what: str, most: int) -> Iterator[None]:
        """Hold one of the things of which a client may have so many at once."""
        key = (caller.client_id, what)
        if caller is not ANYBODY and self._held[key] >= most:
            raise too_many_at_once(what, most)
        self._held[key] += 1
        try:
            yield
        finally:
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]

    def _forget(self, now: float) -> None:
        if len(self._buckets) < BUCKETS_MAX:
            return
        rates = {rate.name: rate for rate in (self.requests, self.lookups)}
        full = [k for k, bucket in self._buckets.items() if bucket.full(rates[k[1]], now)]
        for key in full:
            del self._buckets[key]
