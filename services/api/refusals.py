"""Refusals of the routes about money: how they are raised, and how the documents show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.http.problems import MEDIA_TYPE, Problem, not_found, title

UNKNOWN_FUND = "unknown_fund"
UNKNOWN_RUN = "unknown_run"
NOT_COMPARABLE = "not_comparable"
_MEANINGS: Mapping[str, tuple[int, str]] = {
    UNKNOWN_FUND: (404, "No such fund, or its holder is outside the caller's area"),
    UNKNOWN_RUN: (404, "No such run, or its fund's holder is outside the caller's area"),
    NOT_COMPARABLE: (422, "One of the runs is not completed"),
}


def unknown_fund() -> Problem:
    """Return the one answer for funds that do not exist or may not be seen."""
    return not_found(UNKNOWN_FUND, "no such fund is known")


def unknown_run() -> Problem:
    """Return the one answer for runs that do not exist or may not be seen."""
    return not_found(UNKNOWN_RUN, "no such allocation run is known")


def refusing(described: dict[str, Any], *codes: str) -> dict[str, Any]:
    """Add refusals of this module to a described operation; returns it."""
    for code in codes:
        status, meaning = _MEANINGS[code]
        _add(described["responses"], status, code, meaning)
    return described


def _add(responses: dict[int, dict[str, Any]], status: int, code: str, meaning: str) -> None:
    schema = {"$ref": "#/components/schemas/Problem"}
    empty = {"description": "", "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}}}
    shown = responses.setdefault(status, empty)
    shown["description"] = "; ".join(filter(None, (shown["description"], f"`{code}`: {meaning}")))
    shown["content"][MEDIA_TYPE]["examples"][code] = {
        "value": {
            "type": f"urn:poverty-registry:problem:{code}",
            "title": title(status),
            "status": status,
            "detail": meaning,
            "code": code,
        }
    }
