"""Why a database cannot be used, in one sentence that says what to do; passwords stay out of it."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import asyncpg

_REMEDIES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (
        asyncpg.InvalidCatalogNameError,
        "the database does not exist there: create it (`createdb NAME`), or correct the name",
    ),
    (
        asyncpg.InvalidPasswordError,
        "the password was refused: correct it in the address or in its password file",
    ),
    (
        asyncpg.InvalidAuthorizationSpecificationError,
        "the role does not exist there or may not connect: create it, or correct the user",
    ),
    (
        asyncpg.TooManyConnectionsError,
        "the server has no connection left: lower REGISTRY_DATABASE_POOL_MAX or raise its limit",
    ),
    (
        asyncpg.CannotConnectNowError,
        "the server is starting or stopping: wait a moment and start again",
    ),
    (
        asyncpg.InsufficientPrivilegeError,
        "the role lacks a right there: grant it, or migrate as the owner of the database",
    ),
    (
        (asyncpg.DiskFullError, asyncpg.OutOfMemoryError),
        "the server has no room left: make room on its disk",
    ),
    (
        asyncpg.exceptions.ClientConfigurationError,
        "that is no address of PostgreSQL: write postgresql://user:password@host:5432/database",
    ),
    (
        socket.gaierror,
        "the host has no such name: correct the host in the address",
    ),
    (
        ConnectionRefusedError,
        "nothing listens there: start PostgreSQL, or correct host and port",
    ),
    (
        (ConnectionError, asyncpg.ConnectionDoesNotExistError),
        "whoever listens there hangs up: is it PostgreSQL? correct host and port",
    ),
    (
        TimeoutError,
        "it does not answer in time: is it reachable from here, and not overloaded?",
    ),
    (
        FileNotFoundError,
        "its socket is not there: start PostgreSQL, or correct the host in the address",
    ),
    (
        ValueError,
        "that is no address of PostgreSQL: write postgresql://user:password@host:5432/database",
    ),
)


def place(dsn: str) -> str:
    """Return host, port and database of an address, without user and password."""
    try:
        parts = urlsplit(dsn)
        host, port = parts.hostname or "the local socket", parts.port
    except ValueError:
        return "the address given"
    return f"{host}{f':{port}' if port else ''}{parts.path}"


def why_unusable(error: BaseException, dsn: str) -> str:
    """Name the place, the cause and the remedy."""
    for kind, remedy in _REMEDIES:
        if isinstance(error, kind):
            return f"PostgreSQL at {place(dsn)}: {remedy}"
    return f"PostgreSQL at {place(dsn)} cannot be used: {error or type(error).__name__}"
