"""Addresses of the page: what is looked at, on which clocks, in which language. Nothing is kept
anywhere else, so that an address that is sent to somebody shows him the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from shared.kernel.clock import VIETNAM, written_instant


def address(path: str, values: Mapping[str, Any]) -> str:
    """Return a path with a query; values that are None are left out.

    >>> address("/places/181", {"as_of": date(2023, 12, 31), "lang": None})
    '/places/181?as_of=2023-12-31'
    """
    query = urlencode({n: written(v) for n, v in values.items() if v is not None}, safe=":/")
    return f"{path}?{query}" if query else path


def written(value: Any) -> str:
    """Write a value as the api's own parameters read it."""
    if isinstance(value, datetime):
        return written_instant(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def segment(value: object) -> str:
    """Write a value as a part of a path."""
    return quote(str(value), safe="")


def with_zone(text: str) -> str:
    """Return an instant with a zone: what a form's field gives has none, and means Viet Nam's.

    >>> with_zone("2026-11-21T10:00")
    '2026-11-21T10:00:00+07:00'
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if instant.tzinfo else instant.replace(tzinfo=VIETNAM).isoformat()
