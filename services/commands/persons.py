"""`registry persons`: the keys that persons are encrypted with, and their erasure."""

from __future__ import annotations

from typing import Annotated

import typer

from services.commands.shell import OUT, open_database, read_settings, run_with_database
from shared.access.store import signing_keys
from shared.households.store import persons
from shared.kernel.key_file import KeyFile
from shared.runtime.errors import StartError
from shared.settings import Settings

TOGETHER = 500


def make_key() -> None:
    """Draw the keys of this installation, unless the file is there; keep a copy in a safe place."""
    keys = KeyFile(read_settings().persons_keys())
    if keys.make():
        OUT.print(f"Keys are in {keys.path}. Without them no person can be read: keep a copy.")
    else:
        OUT.print(f"{keys.path} is there already; nothing was changed.")


def rotate_key() -> None:
    """Draw a new key and wrap every other key by it; safe to repeat, running processes go on."""
    run_with_database(_rotate)


async def _rotate(settings: Settings, dsn: str) -> None:
    keys = KeyFile(settings.persons_keys())
    async with open_database(dsn, "persons") as database:
        ring = keys.ring()
        async with database.statement() as snapshot:
            begun = await persons.wrapped_by_others(
                snapshot, ring.current
            ) or await signing_keys.wrapped_by_others(snapshot, ring.current)
        if begun:
            OUT.print("A rotation was broken off; it is finished first.")
        else:
            # What the key before the last one wrapped is wrapped anew: nothing needs that key.
            ring = ring.without_old().rotated()
            keys.write(ring)
        async with database.transaction() as tx:
            await signing_keys.wrap_anew(tx, ring)
        done = 0
        while True:
            async with database.transaction() as tx:
                number = await persons.wrap_anew(tx, ring, TOGETHER)
            if not number:
                break
            done += number
            OUT.print(f"{done} keys of persons are wrapped by {ring.current}")
    OUT.print(f"Key {ring.current} wraps from now on; the one before opens older backups.")


def erase(
    name: Annotated[str, typer.Argument(help="id of a household or of a person")],
) -> None:
    """Destroy the keys of a person, or of all persons of a household; statistics stay as they are.

    What was read of them before, and backups, are out of reach: erase again after a restore.
    """
    run_with_database(lambda _, dsn: _erase(dsn, name))


async def _erase(dsn: str, name: str) -> None:
    async with open_database(dsn, "persons") as database:
        async with database.transaction() as tx:
            if not await persons.exists(tx, name):
                raise StartError("no person and no household with persons is known by this id")
            erased = await persons.erase(tx, name)
    for one in erased:
        OUT.print(f"erased {one}")
    if not erased:
        OUT.print("They were erased before.")


async def seal_persons(dsn: str, keys: KeyFile) -> None:
    """Encrypt what releases before 0.3 stored of persons; goes on where it was broken off."""
    async with open_database(dsn, "persons") as database:
        async with database.statement() as snapshot:
            if not await persons.unsealed(snapshot):
                return
        ring, done = keys.ring(), 0
        while True:
            async with database.transaction() as tx:
                number = await persons.seal_some(tx, ring, TOGETHER)
            if not number:
                return
            done += number
            OUT.print(f"the persons of {done} registrations are encrypted")
