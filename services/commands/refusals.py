"""What stops a command, as one line with cause and remedy; anything else is a fault of ours."""

from __future__ import annotations

import asyncpg
from alembic.util import CommandError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from shared.kernel.database import DatabaseUnavailable
from shared.kernel.errors import DomainError
from shared.messaging.transport import TransportUnavailable
from shared.runtime.errors import StartError
from shared.settings import Settings, UnreadableSecret

_SAID_WELL = (StartError, DomainError, DatabaseUnavailable, TransportUnavailable, UnreadableSecret)
_SECRET = frozenset({"database_url", "amqp_url"})


def refusal(error: BaseException) -> str | None:
    """Return the line for the person at the terminal, None for what nobody expected."""
    if isinstance(error, _SAID_WELL):
        return str(error)
    if isinstance(error, ValidationError) and error.title == Settings.__name__:
        return "; ".join(_setting(fault) for fault in error.errors())
    if isinstance(error, CommandError):
        return (
            "the database was brought to a schema that this release does not know, by a newer one: "
            f"run that release, or restore a backup of before ({error})"
        )
    if isinstance(error, DBAPIError) and error.orig is not None:
        return _of_database(error.orig.__cause__ or error.orig)
    return _of_database(error)


def _setting(fault: object) -> str:
    """Say which variable is wrong, what it holds unless that may be secret, and what it may be."""
    loc, message, value = fault["loc"], fault["msg"], fault.get("input")  # type: ignore[index, attr-defined]
    name = str(loc[0])
    field = Settings.model_fields.get(name)
    held = "" if name in _SECRET else f"={value}"
    meaning = f" ({field.description})" if field and field.description else ""
    return f"REGISTRY_{name.upper()}{held}: {message.removeprefix('Value error, ')}{meaning}"


def _of_database(error: BaseException) -> str | None:
    if isinstance(error, asyncpg.UndefinedTableError | asyncpg.UndefinedColumnError):
        return "the database is not migrated, or only in part: run `registry migrate`"
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return f"the role lacks a right in the database: {error}; migrate as its owner"
    if isinstance(error, asyncpg.DiskFullError | asyncpg.OutOfMemoryError):
        return f"the database server has no room left: {error}"
    if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
        return "the database takes no writes: it is a standby, or was set to read-only"
    if isinstance(error, asyncpg.LockNotAvailableError | asyncpg.QueryCanceledError):
        return f"the database was too busy and gave up: {error}; try again"
    if isinstance(error, asyncpg.AdminShutdownError | asyncpg.ConnectionDoesNotExistError):
        return "the database server ended the connection: is it stopping? start it and try again"
    return None
