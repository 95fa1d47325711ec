"""Work that may take too long, in a process of its own that is killed when it does.

A thread cannot be ended: a slow text that was refused after a minute burned a core for as long as
it liked. A child process ends with its deadline, and its memory returns to the system with it.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MEMORY_BYTES_MAX = 2 * 1024**3
_LENGTH = struct.Struct(">Q")


class TooSlow(Exception):
    """The work did not end in its time; it is ended now."""


class ChildDied(ConnectionError):
    """The child ended by itself: out of memory, or killed from outside."""


@dataclass
class Child:
    """One child process, started when it is first needed and again after it was killed.

    What it is called with must be importable by name; results are pickled. Calls take turns.
    """

    name: str
    _process: asyncio.subprocess.Process | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def call(
        self, seconds: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what the function returns or raise what it raises; `TooSlow` past its time."""
        async with self._turn:
            process = await self._started()
            try:
                async with asyncio.timeout(seconds):
                    good, result = await _exchange(process, (function, args, kwargs))
            except BaseException as error:
                # Also when the caller was cancelled: the answer to come would be another's.
                await self.end()
                if isinstance(error, TimeoutError):
                    raise TooSlow(self.name) from None
                if isinstance(error, EOFError | BrokenPipeError | ConnectionResetError):
                    raise ChildDied(self.name) from error
                raise
        if good:
            return result  # type: ignore[no-any-return]
        raise result

    async def run(self) -> None:
        """Be a component: leave no process behind when the others stop."""
        try:
            await asyncio.Event().wait()
        finally:
            await self.end()

    async def end(self) -> None:
        """Kill the child, whatever it does."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await asyncio.shield(process.wait())

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            # Without our settings: what reads strangers' texts need not know our passwords.
            environment = {k: v for k, v in os.environ.items() if not k.startswith("REGISTRY_")}
            environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "shared.runtime.child"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=environment,
                start_new_session=True,
            )
        return self._process


async def _exchange(process: asyncio.subprocess.Process, call: Any) -> tuple[bool, Any]:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    body = pickle.dumps(call)
    process.stdin.write(_LENGTH.pack(len(body)) + body)
    await process.stdin.drain()
    (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
    answer: tuple[bool, Any] = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 - of our own child
    return answer


def _serve() -> None:
    """Answer calls from stdin on stdout until it is closed."""
    _limit()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anybody prints must not come between the answers
    calls = sys.stdin.buffer
    while head := calls.read(_LENGTH.size):
        function, args, kwargs = pickle.loads(calls.read(_LENGTH.unpack(head)[0]))  # noqa: S301 - of our own parent
        try:
            answer = (True, function(*args, **kwargs))
        except Exception as error:
            answer = (False, error)
        body = pickle.dumps(answer)
        answers.write(_LENGTH.pack(len(body)) + body)
        answers.flush()


def _limit() -> None:
    # Not every system has every limit; the parent's deadline holds on all of them.
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))


if __name__ == "__main__":
    _serve()
