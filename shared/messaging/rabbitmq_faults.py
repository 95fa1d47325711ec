"""Why RabbitMQ cannot be used, in one sentence that says what to do; passwords stay out of it."""

from __future__ import annotations

import socket
import ssl
from asyncio import IncompleteReadError
from urllib.parse import unquote, urlsplit

from aiormq.exceptions import InvalidFrameError, ProbableAuthenticationError


def why_unreachable(error: BaseException, url: str) -> str:
    """Name the place, the cause and the remedy."""
    parts = urlsplit(url)
    where = f"RabbitMQ at {parts.hostname}:{parts.port or 5672}"
    return f"{where}: {_remedy(error, unquote(parts.path[1:]) or '/', parts.username or 'guest')}"


def _remedy(error: BaseException, vhost: str, user: str) -> str:
    cause = error.__cause__ or error
    if isinstance(error, ProbableAuthenticationError):
        return f"user {user!r} or the password was refused: correct REGISTRY_AMQP_URL or its file"
    if isinstance(error, InvalidFrameError):
        # A vhost that is not there, or not for this user, closes the connection as it opens.
        return (
            f"the vhost {vhost!r} does not exist or {user!r} may not use it: create it, grant it "
            "(`rabbitmqctl add_vhost`, `set_permissions`), or correct REGISTRY_AMQP_URL"
        )
    if isinstance(cause, socket.gaierror):
        return "the host has no such name: correct the host in REGISTRY_AMQP_URL"
    if isinstance(cause, ssl.SSLError):
        return "it does not speak TLS there, or its certificate is not trusted: amqp or amqps?"
    if isinstance(cause, ConnectionRefusedError):
        return "nothing listens there: start RabbitMQ, or correct host and port"
    if isinstance(cause, ConnectionResetError | IncompleteReadError):
        return "whoever listens there hangs up: is it RabbitMQ? correct host and port"
    if isinstance(error, TimeoutError):
        return "it does not answer in time: is it reachable from here, and not out of memory?"
    if "PRECONDITION_FAILED" in str(error):
        return (
            "a queue of this name exists with other arguments: delete it while the workers are "
            "stopped; what it held is sent again by `registry wake`"
        )
    return str(error) or type(error).__name__
