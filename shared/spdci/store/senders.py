"""Senders in the store: beside each client that speaks SPDCI under a name of its own."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA
from shared.spdci.senders import Sender

SPDCI_SENDERS = Table(
    "spdci_senders",
    METADATA,
    Column("client_id", Text, primary_key=True),
    Column("sender_id", Text, nullable=False),
    Column("keys", JSONB, nullable=False),
    Column("signs", Boolean, nullable=False),
    UniqueConstraint("sender_id"),
)


async def find(
    snapshot: Snapshot, client_id: str, sender_id: str
) -> tuple[Sender | None, Sender | None]:
    """Return who has a name in messages, and who the client is in them."""
    rows = await snapshot.fetch(
        "SELECT client_id, sender_id, keys, signs FROM spdci_senders "
        "WHERE client_id = $1 OR sender_id = $2",
        client_id,
        sender_id,
    )
    senders = [Sender(*row) for row in rows]
    named = next((each for each in senders if each.sender_id == sender_id), None)
    own = next((each for each in senders if each.client_id == client_id), None)
    return named, own


async def save(tx: Transaction, sender: Sender) -> bool:
    """Store who a client is in messages from now on; False if another client has the name."""
    named, _ = await find(tx, sender.client_id, sender.sender_id)
    if named is not None and named.client_id != sender.client_id:
        return False
    await tx.execute(
        "INSERT INTO spdci_senders (client_id, sender_id, keys, signs) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (client_id) DO UPDATE SET sender_id = excluded.sender_id, "
        "keys = excluded.keys, signs = excluded.signs",
        sender.client_id,
        sender.sender_id,
        sender.keys,
        sender.signs,
    )
    return True


async def forget(tx: Transaction, client_id: str) -> None:
    """Forget who a client is in messages."""
    await tx.execute("DELETE FROM spdci_senders WHERE client_id = $1", client_id)
