"""Which servers may be asked: only those named, and none inside our own networks."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

import httpx

from services.ingest.feeds.faults import Unfetched
from shared.http.public_addresses import Address, public

ADDRESSES_MAX = 3
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked, taken apart."""

    url: httpx.URL
    host: str
    port: int


@dataclass(frozen=True)
class Hosts:
    """Servers by (host, port), their names in ASCII."""

    allowed: frozenset[tuple[str, int]]

    @classmethod
    def of_urls(cls, urls: Iterable[str]) -> Hosts:
        """Allow the servers of these addresses, and their usual ports."""
        found = [_target(url) for url in urls]
        usual = {(t.host, port) for t in found for port in PORTS.values()}
        return cls(frozenset(usual | {(t.host, t.port) for t in found}))

    @classmethod
    def named(cls, names: Iterable[str]) -> Hosts:
        """Allow `host` (its usual ports) or `host:port`."""
        found = [httpx.URL(f"http://{name}") for name in names]
        return cls(
            frozenset(
                (_host(url), port)
                for url in found
                for port in ([url.port] if url.port else PORTS.values())
            )
        )

    def target(self, url: str) -> Target:
        """Return an address taken apart, or refuse it."""
        target = _target(url)
        if (target.host, target.port) not in self.allowed:
            raise Unfetched("host_not_allowed")
        return target

    def allows(self, url: str) -> bool:
        """Say whether an address may be asked."""
        try:
            self.target(url)
        except Unfetched:
            return False
        return True


def _target(text: str) -> Target:
    try:
        url = httpx.URL(text)
        host = _host(url)
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError):
        raise Unfetched("invalid_url") from None
    if url.scheme not in PORTS or not host or url.userinfo:
        raise Unfetched("invalid_url")
    return Target(url.copy_with(fragment=None), host, url.port or PORTS[url.scheme])


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii").lower().rstrip(".")


async def resolve(target: Target, *, private: bool) -> list[Address]:
    """Return the addresses to connect to; asked once, so that none changes after the check."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unfetched("host_not_found", passing=True) from None
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not addresses:
        raise Unfetched("host_not_found", passing=True)
    if not private and not all(map(public, addresses)):
        raise Unfetched("private_address")
    return list(dict.fromkeys(addresses))[:ADDRESSES_MAX]
