"""Clients let in by tests, as the command line does, and their tokens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from shared.access.caller import SCOPES
from shared.access.clients import Client
from shared.access.store import clients, signing_keys
from shared.kernel.database import Database
from tests.harness import Registry


async def let_in(
    world: Registry,
    name: str,
    area: str = "VN",
    scopes: Iterable[str] = SCOPES,
    sources: Iterable[str] | None = None,
    **others: Any,
) -> tuple[Client, str]:
    """Let a client in; return it with its secret."""
    secret, digest = clients.new_secret()
    bound = None if sources is None else frozenset(sources)
    fields: dict[str, Any] = {"purpose": "a test", "certificate": None} | others
    now = world.clock.now()
    client = Client(
        clients.new_client_id(),
        name,
        digest,
        frozenset(scopes),
        area,
        bound,
        created_at=now,
        **fields,
    )
    async with world.context.database.transaction() as tx:
        assert await clients.add_client(tx, client)
        await signing_keys.ensure(tx, world.context.keys.ring(), now)
    return client, secret


async def change(database: Database, client: Client, **changes: Any) -> Client:
    """Change what a client may do."""
    changed = replace(client, **changes)
    async with database.transaction() as tx:
        await clients.save_client(tx, changed)
    return changed


async def token_of(world: Registry, client: Client, secret: str, **fields: str) -> str:
    """Return a token for a client."""
    form = {"grant_type": "client_credentials", **fields}
    answer = await world.client.post("/oauth2/token", data=form, auth=(client.client_id, secret))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def bearer(token: str) -> dict[str, str]:
    """Return the header that shows a token."""
    return {"authorization": f"Bearer {token}"}
