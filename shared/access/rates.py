"""How often a client may ask: a bucket that fills at a steady rate and empties by one a request.

The fields tell a client the same (draft-ietf-httpapi-ratelimit-headers): what is left, and in how
many seconds there will be more.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class RequestRate:
    """So many requests in so many seconds; at once as many, if none came for so long."""

    name: str
    quota: int
    seconds: int

    @property
    def policy(self) -> str:
        """Return the rate as the header `RateLimit-Policy` has it."""
        return f'"{self.name}";q={self.quota};w={self.seconds}'


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a rate says of one request; `wait` is the time until another would be let in."""

    rate: RequestRate
    allowed: bool
    left: int
    wait: int

    @property
    def header(self) -> str:
        """Return it as the header `RateLimit` has it."""
        return f'"{self.rate.name}";r={self.left};t={self.wait}'


@dataclass(slots=True)
class Bucket:
    """What one client has left of a rate, and when that was so."""

    left: float
    at: float

    def take(self, rate: RequestRate, now: float, number: int = 1) -> Allowance:
        """Take so many requests out, if there are as many; more than the quota there never are."""
        speed = rate.quota / rate.seconds
        self.left = min(rate.quota, self.left + max(0.0, now - self.at) * speed)
        self.at = now
        allowed = self.left >= number
        if allowed:
            self.left -= number
        wait = 0 if self.left >= number else ceil((number - self.left) / speed)
        return Allowance(rate, allowed, int(self.left), wait)

    def full(self, rate: RequestRate, now: float) -> bool:
        """Say whether nothing is remembered any more that a new bucket would not say."""
        return self.left + (now - self.at) * rate.quota / rate.seconds >= rate.quota
