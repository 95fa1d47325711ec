"""What the database's errors mean to those who do not speak its language: doors and commands."""

from __future__ import annotations

import asyncpg

from shared.kernel.database import DatabaseUnavailable

# The caller may send it again: nothing of it was stored.
UNREACHABLE: tuple[type[Exception], ...] = (
    DatabaseUnavailable,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.InterfaceError,
    # What asyncpg says of a connection that the server cut at a bad moment.
    asyncpg.InternalClientError,
    ConnectionError,
    TimeoutError,
)
# Nothing is lost, and the operator has to act: not the same as a database that is away.
FULL = asyncpg.DiskFullError
# Two transactions stood in each other's way, and the server gave up this one.
LOST_TO_ANOTHER = asyncpg.TransactionRollbackError

_REMEDIES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    (
        (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError),
        "the database is not migrated, or only in part: run `registry migrate`",
    ),
    (
        (asyncpg.InsufficientPrivilegeError,),
        "the role lacks a right in the database: {error}; migrate as its owner",
    ),
    (
        (asyncpg.DiskFullError, asyncpg.OutOfMemoryError),
        "the database server has no room left: {error}",
    ),
    (
        (asyncpg.ReadOnlySQLTransactionError,),
        "the database takes no writes: it is a standby, or was set to read-only",
    ),
    (
        (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError),
        "the database was too busy and gave up: {error}; try again",
    ),
    (
        (asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError),
        "the database server ended the connection: is it stopping? start it and try again",
    ),
)


def why_stopped(error: BaseException) -> str | None:
    """Say in one line why work ended and what to do, None for what nobody expected."""
    for kinds, remedy in _REMEDIES:
        if isinstance(error, kinds):
            return remedy.format(error=error)
    return None
