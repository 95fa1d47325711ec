"""Embedded on two cores: a worker process beside the one that serves callers, over one outbox.

The pipe between them carries nothing but "look now" and the end: messages stay in the outbox until
their work is committed. So either side may be killed at any moment. A worker that ends is started
again; when the doors are gone the pipe ends, and the worker with it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

NAME = "embedded-worker"
RESTART_SECONDS_MIN, RESTART_SECONDS_MAX = 0.2, 10.0
STOP_SECONDS = 20.0

log = structlog.get_logger()


@dataclass
class WorkerBeside:
    """The component that keeps a worker process running; `nudge` lets it look at the outbox."""

    dsn: str
    _process: Process | None = field(default=None, init=False)

    async def run(self) -> None:
        """Start the worker, and start it again whenever it ends."""
        wait = RESTART_SECONDS_MIN
        while True:
            started = asyncio.get_running_loop().time()
            self._process = process = await self._start()
            try:
                code = await process.wait()
            finally:
                self._process = None
                await _stop(process)
            lasted = asyncio.get_running_loop().time() - started
            wait = RESTART_SECONDS_MIN if lasted > RESTART_SECONDS_MAX else wait * 2
            log.warning("process.worker_ended", code=code)
            await asyncio.sleep(min(wait, RESTART_SECONDS_MAX))

    async def _start(self) -> Process:
        environment = {
            **os.environ,
            "REGISTRY_DATABASE_URL": self.dsn,
            "REGISTRY_HOST": "127.0.0.1",
        }
        for name in ("REGISTRY_PORT", "REGISTRY_DEMO", "REGISTRY_DATABASE_PASSWORD_FILE"):
            environment.pop(name, None)
        # In a session of its own: Ctrl-C reaches the doors, and they end the worker.
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services", "run", NAME),
            stdin=PIPE,
            env=environment,
            start_new_session=True,
        )

    def nudge(self) -> None:
        """Say that something was just committed to the outbox."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(ConnectionError, RuntimeError):
                self._process.stdin.write(b"\n")


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


@dataclass
class Lifeline:
    """The worker's end of the pipe: passes nudges on, and ends the process with the other side."""

    nudge: Callable[[], None]

    async def run(self) -> None:
        """Read until the other side is gone."""
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        try:
            while await reader.read(4096):
                self.nudge()
        finally:
            transport.close()
