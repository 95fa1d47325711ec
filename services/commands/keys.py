"""`registry keys`: the keys that tokens are signed with."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from services.commands.shell import OUT, open_database, run_with_database
from shared.access.store import signing_keys
from shared.kernel.clock import SystemClock
from shared.kernel.key_file import KeyFile


def rotate_keys() -> None:
    """Sign with a new key; tokens signed before hold until they end, and nobody has to restart."""
    run_with_database(lambda settings, dsn: _rotate(KeyFile(settings.persons_keys()), dsn))


def list_keys() -> None:
    """List the keys: which one signs, and which ones still verify."""
    run_with_database(lambda _, dsn: _list(dsn))


async def _rotate(keys: KeyFile, dsn: str) -> None:
    async with open_database(dsn) as database, database.transaction() as tx:
        key = await signing_keys.rotate(tx, keys.ring(), SystemClock().now())
    OUT.print(f"{key.kid} signs from now on; older keys verify until their last token has ended.")


async def seal_keys(dsn: str, keys: KeyFile) -> None:
    """Encrypt the private parts of keys that releases before 0.3 stored."""
    async with open_database(dsn, "keys") as database:
        async with database.statement() as snapshot:
            if not await signing_keys.unsealed(snapshot):
                return
        async with database.transaction() as tx:
            number = await signing_keys.wrap_anew(tx, keys.ring())
    OUT.print(
        f"{number} signing keys are encrypted; older backups hold them: `registry keys rotate`"
    )


async def make_key(dsn: str, keys: KeyFile) -> None:
    """Make the first key, unless there is one: documents are signed also where nobody signs in."""
    async with open_database(dsn, "keys") as database, database.transaction() as tx:
        await signing_keys.ensure(tx, keys.ring(), SystemClock().now())


async def _list(dsn: str) -> None:
    async with open_database(dsn) as database, database.statement() as snapshot:
        keys = await signing_keys.list_keys(snapshot)
    now = SystemClock().now()
    signing, table = signing_keys.signer(keys, now), Table("key", "since", "")
    for key in keys:
        state = "signs" if key is signing else "verifies" if key.verifies(now) else "ended"
        table.add_row(key.kid, key.created_at.isoformat(timespec="seconds"), state)
    Console().print(table if keys else "There is no key yet (registry keys rotate).")
