"""What a server asks of programs in its robots.txt (RFC 9309): closed pages are not fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from protego import Protego

from services.ingest.feeds.addresses import Hosts, Target
from services.ingest.feeds.faults import Unfetched
from services.ingest.feeds.fetching import Fetcher

AGENT = "poverty-registry"
# RFC 9309 sections 2.4 and 2.5: kept for a day; at least so much of it is read.
KEPT = timedelta(hours=24)
BYTES_MAX = 500 * 1024


@dataclass
class Robots:
    """The rules of each server, asked for once a day."""

    fetcher: Fetcher
    _rules: dict[tuple[str, int], tuple[datetime, Protego]] = field(default_factory=dict)

    async def check(self, url: str, hosts: Hosts) -> None:
        """Raise `closed_to_robots` for a page that its server closes to us."""
        target = hosts.target(url)
        if not (await self._of(target, hosts)).can_fetch(str(target.url), AGENT):
            raise Unfetched("closed_to_robots")

    async def _of(self, target: Target, hosts: Hosts) -> Protego:
        now, server = self.fetcher.clock.now(), (target.host, target.port)
        at, rules = self._rules.get(server, (None, None))
        if at is None or rules is None or not timedelta() <= now - at < KEPT:
            rules = Protego.parse(await self._text(target, hosts))
            self._rules[server] = now, rules
        return rules

    async def _text(self, target: Target, hosts: Hosts) -> str:
        """Return the file; without one nothing is closed, while it cannot be had everything is."""
        try:
            fetched = await self.fetcher.get(str(target.url.join("/robots.txt")), hosts, BYTES_MAX)
        except Unfetched as fault:
            if fault.status is not None and 400 <= fault.status < 500 and not fault.passing:
                return ""
            raise Unfetched("robots_unread", passing=fault.passing) from fault
        return fetched.body.decode("utf-8", "replace")
