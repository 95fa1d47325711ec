"""Entries of a feed as articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, get_args
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import orjson

from services.ingest.feeds.dates import day_of
from services.ingest.feeds.reading import Document
from shared.kernel.clock import VIETNAM
from shared.kernel.fields import CONTROL, FIRST_PAST_DAY
from shared.press.facts import Language
from shared.press.html_text import plain_text

LANGUAGES = frozenset(get_args(Language))
TITLE_MAX = 1000
URL_MAX = 2000
SOURCE_MAX = 64
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:\S", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
# Where a reader came from; it says nothing of the page.
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|zarsrc|mibextid|igshid|dclid|msclkid", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: what it is called over all of its revisions, and what it says now."""

    external_id: str
    link: str | None
    title: str | None
    language: str | None
    published_on: date | None
    body: str
    plain: bool

    @property
    def digest(self) -> str:
        """Return by what an entry is known again that has not changed."""
        said = (self.link, self.title, self.language, self.published_on, self.body, self.plain)
        return sha256(orjson.dumps(said)).hexdigest()[:32]

    def with_page(self, html: str) -> Entry:
        """Return the entry with the text of its page."""
        return replace(self, body=html, plain=False)

    def article(self, source: str) -> dict[str, Any]:
        """Return the entry as an article; one without a text says what its title says."""
        said = {
            "source": source,
            "external_id": self.external_id,
            "url": self.link,
            "title": self.title,
            "language": self.language,
            "published_on": self.published_on and self.published_on.isoformat(),
            "text" if self.plain or not self.body else "html": self.body or self.title,
        }
        return {name: value for name, value in said.items() if value is not None}


def source_of(host: str) -> str:
    """Return what articles of a host are kept under, as the door takes it."""
    name = f"feed:{host}"
    if len(name) <= SOURCE_MAX:
        return name
    return f"{name[: SOURCE_MAX - 17]}-{_hash(host)[:16]}"


def entries_of(document: Document, feed: str, today: date) -> list[Entry]:
    """Return the entries that can be known again; of two with one id, the first."""
    found: dict[str, Entry] = {}
    for entry in _entries(document, feed, today):
        found.setdefault(entry.external_id, entry)
    return list(found.values())


def _entries(document: Document, feed: str, today: date) -> Iterator[Entry]:
    shared = _shared_ids(document)
    for given in document.entries:
        link = _text(given["link"])
        name = _name(_text(given["id"]), link, feed, shared)
        if name is None:
            continue
        yield Entry(
            external_id=_hash(name)[:40],
            link=link if link and len(link) <= URL_MAX and _LINK.fullmatch(link) else None,
            title=" ".join(plain_text(_text(given["title"])).split())[:TITLE_MAX] or None,
            language=_language(given["language"]) or _language(document.language),
            published_on=_published(given, _is_vietnamese(document, feed), today),
            body=_text(given["body"]),
            plain=bool(given["plain"]),
        )


def _name(given: str, link: str, feed: str, shared: frozenset[str]) -> str | None:
    """Return what an entry is called: two feeds of one host may both list the same article.

    An id that is no address ("17") means something within its own feed only, and may be given to
    another article later; one that several articles share tells none apart.
    """
    address = canonical_address(link)
    if not given:
        return address or None
    if not _ABSOLUTE.match(given):
        return f"{feed}\n{given}\n{address}"
    name = canonical_address(given)
    return f"{name}\n{address}" if given in shared else name


def _shared_ids(document: Document) -> frozenset[str]:
    """Return the ids that entries of different addresses have in common."""
    links: dict[str, set[str]] = {}
    for given in document.entries:
        link = canonical_address(_text(given["link"]))
        links.setdefault(_text(given["id"]), set()).add(link)
    return frozenset(name for name, of in links.items() if len(of) > 1)


def canonical_address(url: str) -> str:
    """Return what tells an article's address from others: one page has many ways to it.

    >>> canonical_address("HTTPS://www.Bao.vn/a?utm_source=x&id=7#top")
    '//bao.vn/a?id=7'
    """
    if not _LINK.fullmatch(url):
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    asked = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(name)
    ]
    host = parts.netloc.lower().removeprefix("www.").removesuffix(":443").removesuffix(":80")
    return urlunsplit(("", host, parts.path or "/", urlencode(asked), ""))


def _text(value: object) -> str:
    return CONTROL.sub(" ", value).strip() if isinstance(value, str) else ""


def _language(value: object) -> str | None:
    code = str(value or "").partition("-")[0].partition("_")[0].strip().lower()
    return code if code in LANGUAGES else None


def _is_vietnamese(document: Document, feed: str) -> bool:
    """Say whether a date without a zone is Viet Nam's."""
    host = urlsplit(feed).hostname or ""
    return _language(document.language) == "vi" or host.endswith(".vn")


def _published(given: Mapping[str, Any], vietnamese: bool, today: date) -> date | None:
    """Return the day in Viet Nam; a day to come is a server's wrong clock."""
    day = day_of(_text(given.get("dated")), vietnamese=vietnamese) or _parsed(given["published"])
    return day if day is not None and FIRST_PAST_DAY <= day <= today else None


def _parsed(parts: Any) -> date | None:
    """Return the day as the parser of feeds reads forms of dates that we do not know."""
    try:
        at = datetime(*parts[:6]).replace(tzinfo=UTC)  # noqa: DTZ001 - the zone comes behind
        return at.astimezone(VIETNAM).date()
    except (TypeError, ValueError, OverflowError):
        return None


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def kept(seen: Mapping[str, str], entries: list[Entry]) -> dict[str, str]:
    """Return what is remembered of entries that are still in the feed."""
    named = {entry.external_id for entry in entries}
    return {name: digest for name, digest in seen.items() if name in named}
