"""What stops a command, as one line with cause and remedy; anything else is a fault of ours."""

from __future__ import annotations

from alembic.util import CommandError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from shared.kernel.database import DatabaseUnavailable
from shared.kernel.database_errors import why_stopped
from shared.kernel.errors import DomainError
from shared.kernel.key_file import KeysUnreadable
from shared.messaging.transport import TransportUnavailable
from shared.runtime.errors import StartError
from shared.settings import Settings, UnreadableSecret

_SAID_WELL = (
    StartError,
    DomainError,
    DatabaseUnavailable,
    TransportUnavailable,
    UnreadableSecret,
    KeysUnreadable,
)
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
        return why_stopped(error.orig.__cause__ or error.orig)
    return why_stopped(error)


def _setting(fault: object) -> str:
    """Say which variable is wrong, what it holds unless that may be secret, and what it may be."""
    loc, message, value = fault["loc"], fault["msg"], fault.get("input")  # type: ignore[index, attr-defined]
    name = str(loc[0])
    field = Settings.model_fields.get(name)
    held = "" if name in _SECRET else f"={value}"
    meaning = f" ({field.description})" if field and field.description else ""
    return f"REGISTRY_{name.upper()}{held}: {message.removeprefix('Value error, ')}{meaning}"
