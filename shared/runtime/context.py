"""The context of a process, opened once from its settings; everything else is given its parts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from shared.http.auth import OFF, KnownTokens, Tokens, TokensFile
from shared.http.context import Context, make_context
from shared.kernel.clock import SystemClock
from shared.kernel.database import Database, DatabaseUnavailable, connect
from shared.kernel.replica import Reads
from shared.runtime.errors import StartError
from shared.settings import Settings

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def read_callers(settings: Settings, *, serves_callers: bool) -> KnownTokens:
    """Return the callers to know; refuses an open door on any address but loopback."""
    if settings.audit == "off" and settings.host not in LOOPBACK:
        raise StartError("REGISTRY_AUDIT=off is only allowed on a loopback address")
    if settings.auth == "off":
        if settings.host not in LOOPBACK:
            raise StartError("REGISTRY_AUTH=off is only allowed on a loopback address")
        return OFF
    if not serves_callers:
        return Tokens(())
    if settings.tokens_file is None:
        return Tokens(())
    try:
        return TokensFile(settings.tokens_file)
    except (OSError, ValueError) as error:
        raise StartError(
            f"the tokens file cannot be read: {error} "
            f"(REGISTRY_TOKENS_FILE={settings.tokens_file}; `make secrets` writes one to copy from)"
        ) from error


def _replica(settings: Settings, name: str) -> Callable[[], Awaitable[Database]] | None:
    """Return what connects to the replica that answers may be read from."""
    address = settings.read_database_dsn() if name == "api" else None
    if address is None:
        return None
    current = settings.read_database_dsn if settings.database_password_file else None
    most = settings.database_pool_max
    return partial(connect, address, name="api-reads", pool_max=most, current=current)


def _current(settings: Settings) -> Callable[[], str | None] | None:
    """Return what reads the address anew, where the password is a file that may be replaced."""
    if settings.database_url is None or settings.database_password_file is None:
        return None
    return settings.database_dsn


@asynccontextmanager
async def open_context(
    settings: Settings, dsn: str, *, name: str, serves_callers: bool = True
) -> AsyncIterator[Context]:
    """Build the context of a process and close its connections at the end."""
    tokens = read_callers(settings, serves_callers=serves_callers)
    try:
        most = settings.database_pool_max
        database = await connect(dsn, name=name, pool_max=most, current=_current(settings))
    except DatabaseUnavailable as error:
        raise StartError(f"the database cannot be reached: {error}") from error
    try:
        reads = Reads(database, _replica(settings, name), settings.read_behind_seconds)
        context = make_context(settings, database, SystemClock(), tokens, reads=reads)
        try:
            yield context
        finally:
            await context.registered.close()
            await reads.close()
    finally:
        await database.close()
