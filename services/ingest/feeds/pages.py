"""Pages of articles, for feeds that give only a summary; their bytes become text."""

from __future__ import annotations

import asyncio
import codecs
import re
from dataclasses import dataclass
from email.message import Message

from services.ingest.feeds.addresses import Hosts
from services.ingest.feeds.faults import Unfetched
from services.ingest.feeds.fetching import Fetched, Fetcher
from services.ingest.feeds.robots import Robots
from shared.press.html_text import plain_text

PAGE_BYTES_MAX = 5 * 1024 * 1024
# After so many failures in one poll, the rest of its pages waits for the next.
FAILURES_MAX = 3
_TYPES = {"text/html", "application/xhtml+xml"}
_HEAD_BYTES = 2048
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_ARTICLE = re.compile(r"<(/?)article(?=[\s/>])", re.IGNORECASE)
# Codecs of texts as they occur; Python has others that decode bytes into something else.
_CHARSETS = {
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii"),
    *("cp1258", "cp1252", "cp874", "tis-620", "iso8859-1", "iso8859-11", "iso8859-15"),
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass
class Pages:
    """Fetches the pages of one poll from the hosts whose full text is wanted."""

    fetcher: Fetcher
    hosts: Hosts
    robots: Robots
    failures: int = 0

    def wanted(self, link: str | None) -> bool:
        """Say whether this page is to be fetched."""
        return link is not None and self.hosts.allows(link)

    async def html(self, link: str) -> str:
        """Return the HTML of an article's page; a failure that may pass counts."""
        if self.failures >= FAILURES_MAX:
            raise Unfetched("host_failing", passing=True)
        try:
            await self.robots.check(link, self.hosts)
            fetched = await self.fetcher.get(link, self.hosts, PAGE_BYTES_MAX)
        except Unfetched as fault:
            self.failures += fault.passing
            raise
        if fetched.status != 200 or _media(fetched).get_content_type() not in _TYPES:
            raise Unfetched("not_html")
        return await asyncio.to_thread(_readable, fetched)


def _readable(fetched: Fetched) -> str:
    html = article_of(decoded(fetched.body, _media(fetched).get_content_charset()))
    if not plain_text(html):
        raise Unfetched("no_text")
    return html


def _media(fetched: Fetched) -> Message:
    message = Message()
    message["content-type"] = fetched.headers.get("content-type", "text/html")
    return message


def decoded(body: bytes, charset: str | None) -> str:
    """Return the text of a page, by what the server, else the page, says that it is written in."""
    said = _META.search(body[:_HEAD_BYTES])
    named = charset or (said[1].decode("ascii") if said else "utf-8")
    text = body.decode(_codec(named), "replace")
    return _CONTROL.sub(" ", text.removeprefix("\ufeff"))


def _codec(name: str) -> str:
    try:
        found = codecs.lookup(name.lower().replace("windows-", "cp")).name
    except (LookupError, ValueError):
        return "utf-8"
    return found if found in _CHARSETS else "utf-8"


def article_of(html: str) -> str:
    """Return the longest article element of a page, without menus and teasers; else all of it."""
    opened: list[int] = []
    best = (0, len(html)) if not _ARTICLE.search(html) else (0, 0)
    for mark in _ARTICLE.finditer(html):
        if not mark[1]:
            opened.append(mark.start())
        elif opened:
            start = opened.pop()
            best = max(best, (start, mark.start()), key=lambda part: part[1] - part[0])
    return html[slice(*best)] or html
