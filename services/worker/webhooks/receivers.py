"""Posting to receivers: to checked addresses alone, never further, and with a time for everything.

A receiver's address is somebody else's word, and what its name means may change between a check and
a connection. So the name is asked once for each connection, every address is checked, and the
socket itself is made for a checked address or not at all. Redirects are not followed, cookies not
kept, proxies not taken, and of an answer only the status counts.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from shared.http.public_addresses import literal, public

SECONDS, CONNECT_SECONDS, REST_SECONDS = 10.0, 5.0, 1.0
ANSWER_BYTES_MAX = 64 * 1024
NAMES_AT_ONCE = 32
RETRY_AFTER_MAX = 6 * 3600
USER_AGENT = "poverty-registry/0.1 (webhooks)"
GONE = 410
_ASKED_TO_WAIT = {429, 503}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver answered, or why it did not; `wait`: seconds that it asked to be left for."""

    status: int | None
    fault: str | None
    milliseconds: int
    wait: float = 0.0

    @property
    def taken(self) -> bool:
        """Say whether it was a 2xx."""
        return self.fault is None


class ForbiddenAddress(OSError):
    """An address inside our own networks; `OSError`, as any other that cannot be connected to."""


def _check(host: str, inside: bool) -> None:
    address = literal(host)
    if address is None or not (inside or public(address)):
        raise ForbiddenAddress(f"{host} is no address of the internet")


@dataclass
class CheckedResolver(AbstractResolver):
    """Asks what a name means, and gives no address that may not be connected to.

    In threads of its own, one for a name: a name that is long in answering delays no other.
    """

    inside: bool
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(NAMES_AT_ONCE, "webhooks-names")
    )
    _asked: dict[tuple[str, int, int], asyncio.Future[list[Any]]] = field(default_factory=dict)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return every address of a host; one forbidden among them forbids them all."""
        places = await asyncio.shield(self._ask(host, port, family))
        for _, _, _, _, place in places:
            _check(str(place[0]), self.inside)
        return [
            ResolveResult(
                hostname=host,
                host=str(place[0]),
                port=port,
                family=kind,
                proto=number,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, number, _, place in places
        ]

    def _ask(self, host: str, port: int, family: int) -> asyncio.Future[list[Any]]:
        key = host, port, family
        if key not in self._asked:
            loop = asyncio.get_running_loop()
            asked = loop.run_in_executor(self._threads, look_up, host, port, family)
            self._asked[key] = asked
            asked.add_done_callback(lambda done: _forget(self._asked, key, done))
        return self._asked[key]

    async def close(self) -> None:
        """Wait for no name."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def look_up(host: str, port: int, family: int) -> list[Any]:
    """Return what a name means at this moment."""
    return socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)


def _forget(asked: dict[Any, Any], key: Any, done: asyncio.Future[Any]) -> None:
    asked.pop(key, None)
    if not done.cancelled():
        done.exception()  # whoever still waits is told; if nobody does it is no news


@dataclass
class Receivers:
    """The connections of one process to all receivers."""

    inside: bool
    seconds: float = SECONDS
    _session: aiohttp.ClientSession | None = field(default=None, init=False)

    async def __aenter__(self) -> Receivers:
        """Make room for connections."""
        connector = aiohttp.TCPConnector(
            resolver=CheckedResolver(self.inside),
            use_dns_cache=False,
            limit=0,
            socket_factory=self._socket,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=self.seconds, sock_connect=CONNECT_SECONDS),
            headers={"user-agent": USER_AGENT, "content-type": "application/json"},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """End every connection."""
        if self._session is not None:
            await self._session.close()

    def _socket(self, place: Any) -> socket.socket:
        """Make a socket for the very address that is connected to, however it was come by."""
        kind, how, number, _, address = place
        _check(str(address[0]), self.inside)
        return socket.socket(kind, how, number)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Post once, and say what came of it."""
        if self._session is None:
            raise RuntimeError("receivers are asked within `async with`")
        begun = monotonic()
        try:
            async with self._session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                reply = _reply(answer, _since(begun))
                await _read_away(answer)
                return reply
        except Exception as error:  # whatever a receiver does is a failed attempt, never ours
            return Reply(None, _fault(error), _since(begun))


async def _read_away(answer: aiohttp.ClientResponse) -> None:
    """Read a short answer, so that its connection serves again; one that is long or slow does not.

    The status stands by now: what becomes of the rest must not have it sent again.
    """
    try:
        async with asyncio.timeout(REST_SECONDS):
            await answer.content.read(ANSWER_BYTES_MAX)
    except (TimeoutError, aiohttp.ClientError, OSError):
        answer.close()


def _reply(answer: aiohttp.ClientResponse, milliseconds: int) -> Reply:
    status = answer.status
    if 200 <= status < 300:
        return Reply(status, None, milliseconds)
    if 300 <= status < 400:
        return Reply(status, "redirected", milliseconds)
    asked = answer.headers.get("retry-after", "") if status in _ASKED_TO_WAIT else ""
    return Reply(status, "refused", milliseconds, seconds_in(asked))


def seconds_in(asked: str) -> int:
    """Return how long a receiver wants to be left for; of a day that it names nothing.

    >>> seconds_in("120"), seconds_in("9" * 5000), seconds_in("Fri, 01 Jan 2027 00:00:00 GMT")
    (120, 21600, 0)
    """
    if not (asked.isascii() and asked.isdigit()):
        return 0
    # Of thousands of digits Python makes no number.
    return min(int(asked.lstrip("0")[:9] or 0), RETRY_AFTER_MAX)


def _fault(error: Exception) -> str:
    """Return why nothing came, as a stable code."""
    if _caused(error, ForbiddenAddress):
        return "private_address"
    if _caused(error, TimeoutError):
        return "timeout"
    if _caused(error, socket.gaierror):
        return "host_not_found"
    if isinstance(error, aiohttp.InvalidURL | ValueError):
        return "invalid_address"
    return "connection_failed"


def _caused(error: BaseException | None, kind: type[BaseException]) -> bool:
    """Say whether an error, or what lies below it, is of a kind."""
    below = 0
    while error is not None and below < 8:
        if isinstance(error, kind) or isinstance(getattr(error, "os_error", None), kind):
            return True
        error, below = error.__cause__ or error.__context__, below + 1
    return False


def _since(begun: float) -> int:
    return round((monotonic() - begun) * 1000)
