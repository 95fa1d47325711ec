"""What follows from an error: one pure function from (error, attempt) to a closed type.

Only errors that say something about the item condemn it. Errors of the connection, the server, a
lock or the schema say nothing about it and are repeated for as long as they last.
"""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from shared.kernel.database import DatabaseUnavailable

RETRY_SECONDS_MIN = 0.1
RETRY_SECONDS_MAX = 30.0
DETAIL_CHARS_MAX = 500


@dataclass(frozen=True, slots=True)
class Ack:
    """Done."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Do the same again `after` seconds; nobody's fault."""

    after: float


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Put the item aside with a stable reason code and a sentence for the operator."""

    reason: str
    detail: str
    sqlstate: str | None = None


Outcome = Ack | Retry | Quarantine

_TRANSIENT = (ConnectionError, TimeoutError, DatabaseUnavailable)
# Class 42 is a statement that does not fit the schema: the release is wrong, not the household.
_TRANSIENT_CLASSES = ("08", "42", "53", "57", "58")
_TRANSIENT_STATES = ("40001", "40P01", "55P03", "25P02", "25P03", "25P04", "25006")
_STALE_STATES = ("0A000", "XX000")
_STALE_PLAN = "cached statement plan is invalid"


class DeadlineExceeded(Exception):
    """The batch did not end in its time; one of its items is suspected."""

    code = "deadline_exceeded"


def decide(error: Exception | None, attempt: int, jitter: float = 1.0) -> Outcome:
    """Return what to do after `attempt` earlier tries; `jitter` is a random number of [0, 1)."""
    if error is None:
        return Ack()
    if transient(error):
        return Retry(backoff(attempt, jitter))
    return Quarantine(_reason(error), _detail(error), _sqlstate(error))


def backoff(attempt: int, jitter: float) -> float:
    """Return the pause in seconds: doubling with each attempt, halved at most by the jitter."""
    full = min(RETRY_SECONDS_MAX, RETRY_SECONDS_MIN * 2.0 ** min(attempt, 20))
    return full * (0.5 + 0.5 * jitter)


def transient(error: BaseException) -> bool:
    """Say whether the error says nothing about the data."""
    state = _sqlstate(error)
    if state is not None:
        stale = state in _STALE_STATES and _STALE_PLAN in str(error)
        return stale or state in _TRANSIENT_STATES or state.startswith(_TRANSIENT_CLASSES)
    # An argument that asyncpg cannot encode is an InterfaceError too, but it is the item's fault.
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)
    return isinstance(error, _TRANSIENT)


def _sqlstate(error: BaseException) -> str | None:
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else None


def _reason(error: Exception) -> str:
    code = getattr(error, "code", None)
    if isinstance(code, str) and code:
        return code
    return "constraint_violated" if (_sqlstate(error) or "").startswith("23") else "data_error"


def _detail(error: Exception) -> str:
    text = f"{type(error).__name__}: {error}".replace("\0", "")
    return text.encode("utf-8", "replace").decode()[:DETAIL_CHARS_MAX]
