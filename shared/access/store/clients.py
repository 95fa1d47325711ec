"""Clients as they stand registered, and the number of the last change to what anybody may do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from secrets import token_hex, token_urlsafe

import argon2
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Table,
    Text,
    UniqueConstraint,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.access.caller import ANYBODY, Caller
from shared.access.clients import Client
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

CLIENTS = Table(
    "clients",
    METADATA,
    Column("client_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("secret_hash", Text),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("area_code", Text, nullable=False),
    Column("sources", ARRAY(Text)),
    Column("purpose", Text, nullable=False),
    Column("certificate", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    UniqueConstraint("name"),
)
# One row. Its lock puts changes into an order, so that who has seen a number has seen all before.
ACCESS_CHANGES = Table(
    "access_changes",
    METADATA,
    Column("singleton", Boolean, primary_key=True, server_default=true()),
    Column("number", BigInteger, nullable=False),
    CheckConstraint("singleton", name="singleton"),
)
_COLUMNS = (
    "client_id, name, secret_hash, scopes, area_code, sources, purpose, certificate, created_at, "
    "revoked_at"
)
# A secret is 256 random bits, which nobody tries out: the digest need not take long, and must not
# take the memory of the machine when many clients fetch a token at once.
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def new_client_id() -> str:
    """Return an id that no client has."""
    return f"c-{token_hex(8)}"


def new_secret() -> tuple[str, str]:
    """Return a secret and its digest."""
    secret = token_urlsafe(32)
    return secret, _HASHER.hash(secret)


_NOBODYS = _HASHER.hash(token_urlsafe(32))


def check_secret(client: Client | None, secret: str) -> bool:
    """Say whether a secret is the client's; takes as long where there is no such client."""
    digest = client.secret_hash if client is not None else None
    try:
        _HASHER.verify(digest or _NOBODYS, secret)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return digest is not None


async def last_change(snapshot: Snapshot) -> int:
    """Return the number of the last change to clients or keys."""
    number: int = await snapshot.fetchval("SELECT number FROM access_changes")
    return number


async def count_change(tx: Transaction) -> None:
    """Tell every process that clients or keys have changed; the first write of a change."""
    await tx.execute("UPDATE access_changes SET number = number + 1")


async def list_clients(snapshot: Snapshot) -> list[Client]:
    """Return every client, revoked ones too, in the order in which they were let in."""
    rows = await snapshot.fetch(f"SELECT {_COLUMNS} FROM clients ORDER BY created_at, client_id")
    return [_client(*row) for row in rows]


async def find_by_id(snapshot: Snapshot, client_id: str) -> Client | None:
    """Return the client of this id."""
    row = await snapshot.fetchrow(f"SELECT {_COLUMNS} FROM clients WHERE client_id = $1", client_id)
    return None if row is None else _client(*row)


async def standing(snapshot: Snapshot, client_id: str, *, anybody: bool) -> Caller | None:
    """Return who is told when no token is shown, with today's grants; None: it is let in no more.

    `anybody`: authentication is off, and whoever asked so is told.
    """
    if client_id == ANYBODY.client_id:
        return ANYBODY if anybody else None
    client = await find_by_id(snapshot, client_id)
    if client is None or client.revoked_at is not None:
        return None
    return client.caller(client.scopes)


async def find_client(snapshot: Snapshot, named: str) -> Client | None:
    """Return the client of this id, or else of this name."""
    row = await snapshot.fetchrow(
        f"SELECT {_COLUMNS} FROM clients WHERE client_id = $1 OR name = $1 "
        "ORDER BY client_id <> $1 LIMIT 1",
        named,
    )
    return None if row is None else _client(*row)


async def add_client(tx: Transaction, client: Client) -> bool:
    """Let a client in; False if one has its id or its name."""
    await count_change(tx)
    added = await tx.fetchval(
        f"INSERT INTO clients ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
        "ON CONFLICT DO NOTHING RETURNING client_id",
        *_row(client),
    )
    return added is not None


async def save_client(tx: Transaction, client: Client) -> None:
    """Store what a client may do from now on."""
    await count_change(tx)
    await tx.execute(
        "UPDATE clients SET scopes = $2, area_code = $3, sources = $4, purpose = $5, "
        "certificate = $6, revoked_at = $7 WHERE client_id = $1",
        client.client_id,
        sorted(client.scopes),
        client.area,
        _sorted(client.sources),
        client.purpose,
        client.certificate,
        client.revoked_at,
    )


def _row(client: Client) -> tuple[object, ...]:
    return (
        client.client_id,
        client.name,
        client.secret_hash,
        sorted(client.scopes),
        client.area,
        _sorted(client.sources),
        client.purpose,
        client.certificate,
        client.created_at,
        client.revoked_at,
    )


def _sorted(names: Collection[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _client(
    client_id: str,
    name: str,
    secret_hash: str | None,
    scopes: list[str],
    area_code: str,
    sources: list[str] | None,
    purpose: str,
    certificate: str | None,
    created_at: datetime,
    revoked_at: datetime | None,
) -> Client:
    return Client(
        client_id,
        name,
        secret_hash,
        frozenset(scopes),
        area_code,
        None if sources is None else frozenset(sources),
        purpose,
        certificate,
        created_at,
        revoked_at,
    )
