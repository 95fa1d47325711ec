"""An official's year: the guide's commands, pasted from top to bottom, hold what it says."""

from __future__ import annotations

import asyncio
import json
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from shared.access.store import signing_keys
from tests.harness import Registry
from tests.pasting import Curl, commands_of
from tests.waiting import STANDSTILL_SECONDS

pytestmark = pytest.mark.asyncio(loop_scope="module")

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "officials-year.md"
STEPS = (
    "review-round",
    "decision-list",
    "year-end",
    "certificate",
    "entitlements",
    "disbursements",
    "exit-windows",
    "changeover",
)

CLOCKED = ("/v1/areas/", "/v1/households/", "/v1/exit-windows")


def at(value: Any, step: str) -> Any:
    if step == "length":
        return len(value)
    return value[int(step)] if isinstance(value, list) else value[step]


async def pasted(world: Registry, curl: Curl) -> Any:
    """Return what a command answers, once no run in it is pending."""
    async with asyncio.timeout(STANDSTILL_SECONDS):
        while True:
            answer = await curl.paste(world.client)
            assert answer.is_success, (curl.address, answer.text)
            told = {} if curl.path.endswith(".pdf") else answer.json()
            if curl.body or told.get("state") != "pending":
                return told
            await asyncio.sleep(0.05)


async def test_the_year_from_review_to_changeover_is_as_the_guide_tells(world: Registry) -> None:
    async with world.context.database.transaction() as tx:
        await signing_keys.ensure(tx, world.context.keys.ring(), world.clock.now())
    relaying = asyncio.create_task(world.relay.run())
    signature, asked, held = "", [], 0
    for curl, comments in commands_of(GUIDE):
        told = await pasted(world, curl.filled(SIGNATURE=signature))
        asked.append(curl.path)
        for path, _, value in (comment.partition(" = ") for comment in comments):
            if value:
                assert reduce(at, path.split("."), told) == json.loads(value), (curl.address, path)
                held += 1
        signature = told.get("signature") or signature
        if told and curl.path.startswith(CLOCKED):
            assert told["settled_at"], curl.address
    relaying.cancel()
    await asyncio.gather(relaying, return_exceptions=True)
    order = [next(n for n, path in enumerate(asked) if step in path) for step in STEPS]
    assert order == sorted(order)
    assert held >= 30
