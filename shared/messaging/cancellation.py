"""Whether our own task was asked to end.

The broker client cancels its callers when a connection dies, and swallows some cancellations that
arrive during its calls; a loop that must end when told, and only then, has to ask.
"""

from __future__ import annotations

import asyncio


def requested() -> bool:
    """Say whether the running task was cancelled, even if the error got lost on the way."""
    task = asyncio.current_task()
    return bool(task and task.cancelling())


def check() -> None:
    """Raise `CancelledError` if the running task was cancelled."""
    if requested():
        raise asyncio.CancelledError


def stray(error: BaseException) -> bool:
    """Say whether the error is not a request to end this task."""
    return not (isinstance(error, asyncio.CancelledError) and requested())
