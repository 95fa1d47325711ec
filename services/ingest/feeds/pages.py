"""Pages of articles, for feeds that give only a summary; their bytes become text."""

from __future__ import annotations

import asyncio
import codecs
import re
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from services.ingest.feeds.addresses import Hosts
from services.ingest.feeds.apart import output_of
from services.ingest.feeds.faults import Unfetched
from services.ingest.feeds.fetching import Fetched, Fetcher
from services.ingest.feeds.robots import Robots
from shared.press.html_text import plain_text

PAGE_BYTES_MAX = 5 * 1024 * 1024
SECONDS = 20.0
# After so many failures in one poll, the rest of its pages waits for the next.
FAILURES_MAX = 3
_EXTRACTING = Path(__file__).with_name("extracting.py")
_TYPES = {"text/html", "application/xhtml+xml"}
_HEAD_BYTES = 2048
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
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
    seconds: float = SECONDS

    def wanted(self, link: str | None) -> bool:
        """Say whether this page is to be fetched."""
        return link is not None and self.hosts.allows(link)

    async def html(self, link: str) -> str:
        """Return the article of a page as HTML; a failure that may pass counts."""
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
        charset = _media(fetched).get_content_charset()
        page = await asyncio.to_thread(decoded, fetched.body, charset)
        return await article_of(page, self.seconds)


async def article_of(page: str, seconds: float = SECONDS) -> str:
    """Return the article of a page as plain HTML, without menus, teasers and comments."""
    try:
        output = await output_of(_EXTRACTING, page.encode("utf-8", "replace"), seconds)
    except TimeoutError:
        raise Unfetched("page_too_slow") from None
    article = output.decode()
    if not plain_text(article):
        raise Unfetched("no_text")
    return article


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
