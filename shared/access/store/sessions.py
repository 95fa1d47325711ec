"""Browsers that are signed in, and codes on their way back from our own issuer.

Of both only a digest is kept: who reads the database can use neither.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Column, DateTime, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from shared.access.sessions import Session
from shared.access.tokens import Claims
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("client_id", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    # What an outside issuer granted; null where the registered client says it.
    Column("area_code", Text),
    Column("sources", ARRAY(Text), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("certificate", Text),
    Column("form_key", Text, nullable=False),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
)
AUTHORIZATION_CODES = Table(
    "authorization_codes",
    METADATA,
    Column("digest", LargeBinary, primary_key=True),
    Column("client_id", Text, nullable=False),
    Column("challenge", Text, nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
)


async def add_session(tx: Transaction, cookie: str, session: Session) -> None:
    """Keep a session under the digest of its cookie."""
    claims = session.claims
    await tx.execute(
        "INSERT INTO sessions (digest, client_id, scopes, area_code, sources, purpose, certificate,"
        " form_key, began_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        _digest(cookie),
        claims.client_id,
        sorted(claims.scopes),
        claims.area,
        sorted(claims.sources),
        claims.purpose,
        claims.certificate,
        session.form_key,
        _instant(claims.begins),
        _instant(claims.ends),
    )


async def find_session(snapshot: Snapshot, cookie: str) -> Session | None:
    """Return the session of a cookie, ended or not."""
    row = await snapshot.fetchrow(
        "SELECT client_id, scopes, began_at, ends_at, certificate, area_code, sources, purpose, "
        "form_key FROM sessions WHERE digest = $1",
        _digest(cookie),
    )
    return None if row is None else _session(*row)


async def end_session(tx: Transaction, cookie: str) -> None:
    """Forget a session."""
    await tx.execute("DELETE FROM sessions WHERE digest = $1", _digest(cookie))


async def add_code(
    tx: Transaction, code: str, client_id: str, challenge: str, ends_at: datetime
) -> None:
    """Keep a code for the browser that set the challenge."""
    await tx.execute(
        "INSERT INTO authorization_codes (digest, client_id, challenge, ends_at) "
        "VALUES ($1, $2, $3, $4)",
        _digest(code),
        client_id,
        challenge,
        ends_at,
    )


async def take_code(tx: Transaction, code: str, challenge: str, now: datetime) -> str | None:
    """Return whose code it is, if the challenge is its own; it is good for this once."""
    row = await tx.fetchrow(
        "DELETE FROM authorization_codes WHERE digest = $1 RETURNING client_id, challenge, ends_at",
        _digest(code),
    )
    if row is None:
        return None
    client_id, its_challenge, ends_at = row
    return client_id if its_challenge == challenge and now < ends_at else None


async def forget_ended(tx: Transaction, now: datetime) -> None:
    """Take out what has ended."""
    await tx.execute("DELETE FROM sessions WHERE ends_at <= $1", now)
    await tx.execute("DELETE FROM authorization_codes WHERE ends_at <= $1", now)


def _digest(secret: str) -> bytes:
    """Return the digest of 256 random bits, which nobody tries out."""
    return sha256(secret.encode("utf-8", "replace")).digest()


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _session(
    client_id: str,
    scopes: list[str],
    began_at: datetime,
    ends_at: datetime,
    certificate: str | None,
    area_code: str | None,
    sources: list[str],
    purpose: str,
    form_key: str,
) -> Session:
    claims = Claims(
        client_id,
        frozenset(scopes),
        began_at.timestamp(),
        ends_at.timestamp(),
        certificate,
        area_code,
        frozenset(sources),
        purpose,
    )
    return Session(claims, form_key)
