"""The HTTP server as a component: our socket, our signals, a graceful end."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from shared.runtime.errors import StartError
from shared.runtime.http_protocol import BoundedProtocol

START_POLL_SECONDS = 0.02
FILES_WANTED = 4096
_NOT_HERE = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the supervisor."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """Bind before anything heavy starts, so that a taken port is one clear line at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise StartError(_why_unbound(error, host, port)) from error
    return listener


def _why_unbound(error: OSError, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror) or error.errno in _NOT_HERE:
        return (
            f"{host} is no address of this machine ({error.strerror}): say 127.0.0.1, or 0.0.0.0 "
            "for all of them, by REGISTRY_HOST"
        )
    if error.errno == errno.EACCES:
        return f"port {port} is kept for root: choose one from 1024 on with PORT=… (REGISTRY_PORT)"
    return f"port {port} on {host} is not free ({error.strerror}); choose another with PORT=…"


def _allow_files() -> None:
    """Let the process hold as many connections as it may; the usual soft limit is 1024."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))


@dataclass
class HttpServer:
    """Serves an application on a bound socket until cancelled, then lets requests end."""

    app: ASGIApp
    listener: socket.socket
    drain_seconds: float = 8.0
    _server: _Server | None = None

    async def started(self) -> None:
        """Wait until requests are being answered."""
        while self._server is None or not self._server.started:  # noqa: ASYNC110 - a flag is all
            await asyncio.sleep(START_POLL_SECONDS)

    async def run(self) -> None:
        """Serve; on cancellation stop listening and wait for the requests in hand."""
        config = uvicorn.Config(
            self.app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=int(self.drain_seconds),
            http=BoundedProtocol,
            timeout_keep_alive=30,
        )
        _allow_files()
        server = self._server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[self.listener]))
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.should_exit = True
            await serving
            raise
