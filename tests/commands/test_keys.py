"""The keys that sign tokens lie in the database encrypted, through every rotation."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.commands import keys as command
from services.commands import persons
from shared.access.store import signing_keys
from shared.http.auth import OFF, Tokens
from shared.kernel.clock import SystemClock
from shared.kernel.database import Database
from shared.kernel.key_file import KeyFile
from shared.kernel.sealing import SealBroken, new_ring
from shared.settings import Settings
from tests.access.letting_in import bearer, let_in, token_of
from tests.harness import Registry, registry

PATH = "/v1/areas/181/statistics?as_of=2024-01-01"


async def stored(database: Database) -> list[str]:
    """Return all that the table holds, as text."""
    async with database.statement() as snapshot:
        rows = await snapshot.fetch("SELECT document::text FROM signing_keys ORDER BY created_at")
    return [row[0] for row in rows]


async def status(app: Registry, token: str) -> int:
    return (await app.client.get(PATH, headers=bearer(token))).status_code


async def make_plain(database: Database, keys: KeyFile) -> None:
    """Store the keys as the release before did."""
    async with database.transaction() as tx:
        for key in await signing_keys.list_keys(tx):
            document = key.private(keys.ring()).as_dict(private=True)
            await tx.execute(
                "UPDATE signing_keys SET document = $2, key_id = NULL, wrapped = NULL "
                "WHERE kid = $1",
                key.kid,
                document,
            )


async def test_the_private_part_is_in_no_row_and_tokens_hold(dsn: str, tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "persons.key")
    keys.make()
    settings = Settings(persons_key_file=keys.path)
    async with registry(dsn, persons_key_file=keys.path) as app:
        client, secret = await let_in(app, "a")
        app.tokens = Tokens(())
        database = app.context.database
        assert all('"d"' not in text and '"x"' in text for text in await stored(database))
        first = await token_of(app, client, secret)
        # What the release before stored is sealed, and what it signed holds.
        await make_plain(database, keys)
        assert all('"d"' in text for text in await stored(database))
        assert await status(app, await token_of(app, client, secret)) == 200
        await command.seal_keys(dsn, keys)
        await command.seal_keys(dsn, keys)
        assert all('"d"' not in text for text in await stored(database))
        assert await status(app, first) == 200
        # The key of the installation is changed, once broken off, and tokens are signed throughout.
        for broken_off in (False, True):
            if broken_off:
                keys.write(keys.ring().rotated())
            await persons._rotate(settings, dsn)
            assert await status(app, await token_of(app, client, secret)) == 200
            assert await status(app, first) == 200
        await command._rotate(keys, dsn)
        assert await status(app, first) == 200
        # Of another installation's file nobody signs, and what was signed holds.
        keys.write(new_ring())
        refused = await app.client.post(
            "/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(client.client_id, secret),
        )
        assert (refused.status_code, refused.json()["code"]) == (503, "no_signing_key")
        assert await status(app, first) == 200
        app.tokens = OFF


async def test_a_key_of_another_installation_does_not_open(dsn: str) -> None:
    async with registry(dsn) as app:
        async with app.context.database.transaction() as tx:
            key = await signing_keys.rotate(tx, app.context.keys.ring(), SystemClock().now())
        with pytest.raises(SealBroken):
            key.private(new_ring())
        assert key.private(app.context.keys.ring()).as_dict(private=True)["d"]
