"""Entries of a feed as articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, get_args

import orjson

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
_LINK = re.compile(r"https?://\S+")


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
    for given in document.entries:
        link = _text(given["link"])
        name = _name(_text(given["id"]), link, feed)
        if name is None:
            continue
        yield Entry(
            external_id=_hash(name)[:40],
            link=link if link and len(link) <= URL_MAX and _LINK.fullmatch(link) else None,
            title=" ".join(plain_text(_text(given["title"])).split())[:TITLE_MAX] or None,
            language=_language(given["language"]) or _language(document.language),
            published_on=_published(given["published"], today),
            body=_text(given["body"]),
            plain=bool(given["plain"]),
        )


def _name(given: str, link: str, feed: str) -> str | None:
    """Return what an entry is called: two feeds of one host may both list the same article.

    An id that is no address ("17") means something within its own feed only.
    """
    if given:
        return given if _ABSOLUTE.match(given) else f"{feed}\n{given}"
    return link or None


def _text(value: object) -> str:
    return CONTROL.sub(" ", value).strip() if isinstance(value, str) else ""


def _language(value: object) -> str | None:
    code = str(value or "").partition("-")[0].partition("_")[0].strip().lower()
    return code if code in LANGUAGES else None


def _published(parts: Any, today: date) -> date | None:
    """Return the day in Viet Nam; a day to come is a server's wrong clock."""
    try:
        at = datetime(*parts[:6]).replace(tzinfo=UTC)  # noqa: DTZ001 - the zone comes behind
        day = at.astimezone(VIETNAM).date()
    except (TypeError, ValueError, OverflowError):
        return None
    return day if FIRST_PAST_DAY <= day <= today else None


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def kept(seen: Mapping[str, str], entries: list[Entry]) -> dict[str, str]:
    """Return what is remembered of entries that are still in the feed."""
    named = {entry.external_id for entry in entries}
    return {name: digest for name, digest in seen.items() if name in named}
