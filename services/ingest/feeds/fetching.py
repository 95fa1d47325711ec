"""One GET, politely and with limits: conditional, bounded in size and time, on allowed hosts.

The connection goes to the very address that was checked; the host's name stands in the Host header
and in the TLS handshake, so certificates are verified as ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from services.ingest.feeds.addresses import Hosts, Target, resolve
from services.ingest.feeds.faults import Unfetched
from services.ingest.feeds.inflating import inflated
from services.ingest.feeds.pace import Paces
from shared.http.public_addresses import Address
from shared.kernel.clock import Clock

REDIRECTS_MAX = 5
SECONDS = 20.0
CONNECT_SECONDS = 5.0
REST_SECONDS_MAX = 24 * 3600.0
REDIRECTS = {301, 302, 303, 307, 308}
# Failures of the moment: the same request may succeed later.
PASSING = {408, 425, 429, 500, 502, 503, 504}
HEADERS = {
    "user-agent": "poverty-registry/0.1 (reads feeds)",
    "accept-encoding": "gzip",
    "connection": "close",
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: 200 with a body, or 304 without."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Fetcher:
    """Fetches from allowed hosts; `private` lets tests ask a server of their own."""

    clock: Clock
    paces: Paces = field(default_factory=Paces)
    seconds: float = SECONDS
    private: bool = False
    client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        """Make a client that keeps no connections, no cookies, and takes no proxy."""
        self.client = httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            limits=httpx.Limits(max_keepalive_connections=0),
            timeout=httpx.Timeout(self.seconds, connect=CONNECT_SECONDS),
        )

    async def get(
        self, url: str, hosts: Hosts, bytes_max: int, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Return what an address answers, 200 or 304; follows redirects within `hosts`."""
        for _ in range(REDIRECTS_MAX + 1):
            target = hosts.target(url)
            async with self.paces.turn(target.host):
                answer = await self._once(target, bytes_max, headers or {})
            if answer.status not in REDIRECTS:
                return answer
            url = _location(target, answer)
        raise Unfetched("too_many_redirects")

    async def _once(self, target: Target, bytes_max: int, headers: Mapping[str, str]) -> Fetched:
        try:
            async with asyncio.timeout(self.seconds):
                addresses = await resolve(target, private=self.private)
                requests = [_request(self.client, target, a, headers) for a in addresses]
                return await self._answer(await self._sent(requests), target, bytes_max)
        except (TimeoutError, httpx.TimeoutException):
            raise Unfetched("timeout", passing=True) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            raise Unfetched("connection_failed", passing=True) from None

    async def _sent(self, requests: list[httpx.Request]) -> httpx.Response:
        """Ask the first of a host's addresses that takes a connection."""
        for request in requests[:-1]:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await self.client.send(request, stream=True)
        return await self.client.send(requests[-1], stream=True)

    async def _answer(self, response: httpx.Response, target: Target, bytes_max: int) -> Fetched:
        try:
            self._judge(response, target)
            body = b""
            if response.status_code == 200:
                encoding = response.headers.get("content-encoding", "")
                body = await inflated(response.aiter_raw(), encoding, bytes_max)
            return Fetched(str(target.url), response.status_code, response.headers, body)
        finally:
            await response.aclose()

    def _judge(self, response: httpx.Response, target: Target) -> None:
        status = response.status_code
        if status in {200, 304} or status in REDIRECTS:
            return
        rest = _rest(response.headers.get("retry-after", ""), self.clock.now())
        if rest:
            self.paces.rest(target.host, rest)
        raise Unfetched(
            f"http_{status}", passing=status in PASSING, status=status, retry_seconds=rest
        )


def _request(
    client: httpx.AsyncClient, target: Target, address: Address, headers: Mapping[str, str]
) -> httpx.Request:
    return client.build_request(
        "GET",
        target.url.copy_with(host=str(address)),
        headers={**HEADERS, **headers, "host": target.url.netloc.decode("ascii")},
        extensions={"sni_hostname": target.host, "timeout": client.timeout.as_dict()},
    )


def _location(target: Target, answer: Fetched) -> str:
    location = answer.headers.get("location", "")
    try:
        return str(target.url.join(location)) if location else ""
    except (httpx.InvalidURL, ValueError):
        raise Unfetched("invalid_url") from None


def _rest(text: str, now: datetime) -> float:
    """Read Retry-After: seconds, or the instant from which on we are welcome again."""
    if text.strip().isdecimal():
        return min(float(text), REST_SECONDS_MAX)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0.0, (at - now).total_seconds()), REST_SECONDS_MAX)
