"""Who calls: static bearer tokens, their scopes, and the area that they may see.

The file holds digests only. Auth off means a caller with every scope; the process refuses that
anywhere but on loopback.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from starlette.requests import Request

from shared.areas.tree import COUNTRY
from shared.http.problems import forbidden, unauthorized

INGEST_WRITE = "ingest:write"
HOUSEHOLDS_READ = "households:read"
PERSONS_READ = "persons:read"
STATISTICS_READ = "statistics:read"
FUNDS_READ = "funds:read"
FUNDS_WRITE = "funds:write"
ARTICLES_READ = "articles:read"
OPERATIONS = "operations"
SCOPES = frozenset(
    {
        INGEST_WRITE,
        HOUSEHOLDS_READ,
        PERSONS_READ,
        STATISTICS_READ,
        FUNDS_READ,
        FUNDS_WRITE,
        ARTICLES_READ,
        OPERATIONS,
    }
)


@dataclass(frozen=True, slots=True)
class Caller:
    """A client as the token shows it; `area` VN sees everything."""

    name: str
    scopes: frozenset[str]
    area: str = COUNTRY

    @property
    def nationwide(self) -> bool:
        """Say whether the caller sees the whole country."""
        return self.area == COUNTRY


ANYBODY = Caller("anybody", SCOPES)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The callers that a process knows, by digest of their token; None: auth is off."""

    callers: tuple[tuple[bytes, Caller], ...] | None

    def find(self, token: bytes) -> Caller | None:
        """Return the caller of a token; takes the same time whichever it is."""
        digest, found = sha256(token).digest(), None
        for known, caller in self.callers or ():
            if hmac.compare_digest(known, digest):
                found = caller
        return found


OFF = Tokens(None)


def read_tokens(path: Path) -> Tokens:
    """Read a tokens file; a scope that does not exist is an error, not a lesser caller."""
    return tokens_of(orjson.loads(path.read_bytes())["tokens"])


def tokens_of(entries: Sequence[dict[str, Any]]) -> Tokens:
    """Build the known callers from the entries of a tokens file."""
    return Tokens(tuple((bytes.fromhex(e["token_sha256"]), _caller(e)) for e in entries))


def _caller(entry: dict[str, Any]) -> Caller:
    scopes = frozenset(entry["scopes"])
    if strange := sorted(scopes - SCOPES):
        raise ValueError(f"client {entry['name']!r} has unknown scopes: {', '.join(strange)}")
    return Caller(entry["name"], scopes, entry.get("area", COUNTRY))


def authorize(request: Request, scope: str | None) -> Caller:
    """Return the caller if it may use `scope` (None: any known caller); else 401 or 403."""
    tokens: Tokens = request.app.state.context.tokens
    if tokens.callers is None:
        return ANYBODY
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    caller = tokens.find(token.strip().encode()) if kind.lower() == "bearer" else None
    if caller is None:
        raise unauthorized()
    if scope is not None and scope not in caller.scopes:
        raise forbidden(scope)
    return caller
