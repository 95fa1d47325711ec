"""A body whose next part does not come is given up; behind the body nothing is hurried."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.http import dawdling
from shared.http.problems import Problem


async def test_a_part_that_does_not_come_is_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dawdling, "SILENT_SECONDS", 0.05)
    parts: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    prompt = dawdling.Prompt(parts.get)
    parts.put_nowait({"type": "http.request", "body": b"{", "more_body": True})
    assert (await prompt.receive())["body"] == b"{"
    with pytest.raises(Problem) as refused:
        await prompt.receive()
    assert (refused.value.status, refused.value.code) == (408, "body_late")


async def test_the_end_of_the_connection_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    parts: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    prompt = dawdling.Prompt(parts.get)
    parts.put_nowait({"type": "http.request", "body": b"{}"})
    assert (await prompt.receive())["body"] == b"{}"
    # Were it bounded, no wait would be allowed any more.
    monkeypatch.setattr(dawdling, "SILENT_SECONDS", 0.0)
    waiting = asyncio.create_task(prompt.receive())
    await asyncio.sleep(0)
    parts.put_nowait({"type": "http.disconnect"})
    assert (await waiting)["type"] == "http.disconnect"
