"""What `registry doctor` looks at around a registry: releases, backups, room, audit chains."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime, timedelta

from shared import VERSION
from shared.access.store import audit
from shared.kernel import knowledge, milestones, server
from shared.kernel.clock import Clock, SystemClock
from shared.kernel.database import Database
from shared.settings import Settings

# One each night, and two hours for the night that takes longer.
BACKUP_EVERY = timedelta(hours=26)
BACKUP = "backup"
# A backup that nobody has restored is a hope: tried out each month.
DRILL_EVERY = timedelta(days=35)
DRILL = "drill"
# Below it a stream of files, or the growth of a day, may fill what is left.
FREE_SHARE_MIN = 0.05


async def releases(database: Database) -> tuple[bool, str]:
    """Say whether every process that is connected is of this release."""
    async with database.statement() as snapshot:
        running = await server.releases(snapshot)
    others = [
        f"{name} {version or 'of an older release'}"
        for name, version in running
        if version != VERSION
    ]
    if others:
        return False, f"this is {VERSION}; {', '.join(others)}: finish the upgrade"
    return True, f"{VERSION}, as is every process that is connected"


async def audit_heads(database: Database) -> tuple[bool, str]:
    """Say whether each audit chain ends where its head says; `registry audit verify` reads all."""
    async with database.snapshot() as snapshot:
        heads, cut = len(await audit.chains(snapshot)), await audit.cut(snapshot)
    if cut:
        return False, f"{len(cut)} of {heads} chains do not end where they should: `audit verify`"
    return True, f"{heads} chains end where their heads say"


async def backup(settings: Settings, database: Database) -> tuple[bool, str]:
    """Say how old the newest backup is; embedded mode has none of its own."""
    if settings.amqp_dsn() is None:
        return True, "embedded mode: copy its folder while it is stopped"
    async with database.statement() as snapshot:
        made = await milestones.when(snapshot, BACKUP)
        begun = await knowledge.begun(snapshot)
    return judged(made, begun, SystemClock())


def judged(made: datetime | None, begun: datetime | None, clock: Clock) -> tuple[bool, str]:
    """Return whether the newest backup is young enough for what was stored since `begun`."""
    since = made or begun
    if since is None:
        return True, "nothing is stored that could be lost"
    age = clock.now() - since
    told = f"the newest is {age.total_seconds() / 3600:.1f} h old"
    if made is None:
        told = f"none was made since the first fact {age.total_seconds() / 3600:.1f} h ago"
    return age <= BACKUP_EVERY, f"{told} (deploy/backup/backup.sh, each night)"


async def drill(settings: Settings, database: Database) -> tuple[bool, str]:
    """Say when a backup was last tried out."""
    if settings.amqp_dsn() is None:
        return True, "embedded mode: start it on a copy of its folder"
    async with database.statement() as snapshot:
        tried = await milestones.when(snapshot, DRILL)
        begun = await knowledge.begun(snapshot)
    return judged_drill(tried, begun, SystemClock())


def judged_drill(tried: datetime | None, begun: datetime | None, clock: Clock) -> tuple[bool, str]:
    """Return whether a backup was tried out recently enough, for what was stored since `begun`."""
    since = tried or begun
    if since is None:
        return True, "nothing is stored that would have to come back"
    age = (clock.now() - since).days
    told = f"the last was {age} days ago"
    if tried is None:
        told = f"no backup was tried out since the first fact {age} days ago"
    return clock.now() - since <= DRILL_EVERY, f"{told} (deploy/backup/drill.sh, each month)"


async def archive(database: Database) -> tuple[bool, str]:
    """Say whether the log of the database is archived, where that was asked for."""
    async with database.statement() as snapshot:
        return judged_archive(await server.archived(snapshot))


def judged_archive(archived: tuple[datetime | None, datetime | None] | None) -> tuple[bool, str]:
    """Return whether archiving goes on; what cannot be archived fills the database's own disk."""
    if archived is None:
        return True, "the log is not archived: an option (deploy/README, Back to an instant)"
    done, failed = archived
    if failed is not None and server.archiving_fails(archived):
        return False, f"archiving fails, last at {failed.isoformat(timespec='seconds')}: look there"
    return True, f"last archived {done.isoformat(timespec='seconds') if done else 'never yet'}"


async def room(settings: Settings) -> tuple[bool, str]:
    """Say how much is free where this process writes: files that come in, or embedded data."""
    own = settings.data_dir if settings.database_url is None else None
    folder = own if own is not None and own.exists() else tempfile.gettempdir()
    disk = shutil.disk_usage(folder)
    share = disk.free / disk.total
    told = f"{share:.0%} of {disk.total / 1e9:.1f} GB free at {folder}"
    return share >= FREE_SHARE_MIN, told
