"""Days of feeds: what a Vietnamese newspaper's clock says, whatever its zone is called.

A date without a zone is Viet Nam's in a Vietnamese feed; the parser's own reading takes it for
Greenwich's, and «GMT+7» for nothing at all, so an evening's article came out a day late or undated.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate

from shared.kernel.clock import VIETNAM

_ZONE = re.compile(
    r"\s*\(?(?:(GMT|UTC|UT|Z)?\s*([+-])\s*([0-9]{1,2})(?::?([0-9]{2}))?|(GMT|UTC|UT|Z|ICT))\)?$",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    r"(?:(?P<before>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)[\s,-]+)?"
    r"(?P<day>[0-9]{1,2})[/.-](?P<month>[0-9]{1,2})[/.-](?P<year>[0-9]{4})"
    r"(?:[\s,-]+(?P<after>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?))?"
)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}.*)?")
_WEEKDAY = re.compile(r"^[^\d,]{2,12},\s*")


def day_of(text: str, *, vietnamese: bool) -> date | None:
    """Return the day in Viet Nam of a feed's date, None if it is none that we know."""
    bare, zone = _parted(_WEEKDAY.sub("", text.strip()))
    at = _moment(bare)
    if at is None:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone or (VIETNAM if vietnamese else UTC))
    return at.astimezone(VIETNAM).date()


def _parted(text: str) -> tuple[str, tzinfo | None]:
    """Return a date and its zone apart; the last part of 2026-11-28 is no zone."""
    found = _ZONE.search(text)
    if found is None or ":" not in text[: found.start()]:
        return text, None
    return text[: found.start()].strip(), _zone(found)


def _zone(found: re.Match[str]) -> tzinfo:
    if found[5]:
        return VIETNAM if found[5].upper() == "ICT" else UTC
    offset = timedelta(hours=int(found[3]), minutes=int(found[4] or 0))
    return timezone(offset if found[2] == "+" else -offset)


def _moment(text: str) -> datetime | None:
    try:
        if parts := _DAY_FIRST.fullmatch(text):
            day = f"{parts['year']}-{int(parts['month']):02}-{int(parts['day']):02}"
            clock = parts["before"] or parts["after"] or "00:00"
            return datetime.fromisoformat(f"{day}T{clock:0>5}")
        if _ISO.fullmatch(text):
            return datetime.fromisoformat(text)
        found = parsedate(text)
        return None if found is None else datetime(*found[:6])  # noqa: DTZ001 - zone comes behind
    except (ValueError, OverflowError):
        return None
