"""Work in a child process: answered, refused, ended."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.runtime.child import Child, ChildDied, TooSlow


@pytest_asyncio.fixture
async def child() -> AsyncIterator[Child]:
    child = Child("test")
    yield child
    await child.end()


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_it_answers_and_is_kept(child: Child) -> None:
    assert await child.call(60, divmod, 7, 2) == (3, 1)
    assert await child.call(60, os.getpid) == await child.call(60, os.getpid) != os.getpid()


async def test_what_it_raises_is_raised_here_and_it_lives_on(child: Child) -> None:
    pid = await child.call(60, os.getpid)
    with pytest.raises(ZeroDivisionError):
        await child.call(60, divmod, 1, 0)
    assert await child.call(60, os.getpid) == pid


async def test_what_is_too_slow_is_ended_with_its_process(child: Child) -> None:
    pid = await child.call(60, os.getpid)
    with pytest.raises(TooSlow):
        await child.call(0.2, time.sleep, 3600)
    assert not runs(pid)
    assert await child.call(60, divmod, 7, 2) == (3, 1)


async def test_whoever_gives_up_leaves_nothing_running(child: Child) -> None:
    pid = await child.call(60, os.getpid)
    waiting = asyncio.create_task(child.call(3600, time.sleep, 3600))
    await asyncio.sleep(0.1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert not runs(pid)


async def test_one_that_dies_is_nobodys_fault(child: Child) -> None:
    with pytest.raises(ChildDied):
        await child.call(60, os._exit, 1)
    assert await child.call(60, divmod, 7, 2) == (3, 1)


async def test_it_knows_no_settings_of_ours(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_DATABASE_URL", "postgresql://u:secret@host/x")
    assert await child.call(60, os.getenv, "REGISTRY_DATABASE_URL") is None


async def test_what_is_printed_does_not_come_between(child: Child) -> None:
    assert await child.call(60, print, "words") is None
    assert await child.call(60, divmod, 7, 2) == (3, 1)
