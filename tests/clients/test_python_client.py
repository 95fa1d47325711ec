"""The Python client walks the story of the README, and holds out when the registry is busy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.access.letting_in import let_in
from tests.clients.conftest import Served
from tests.facts import assessed

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def in_thread(work: Callable[[], Any]) -> Any:
    """Do what waits, while the registry of this process answers."""
    async with asyncio.timeout(120):
        return await asyncio.to_thread(work)


async def test_the_story_with_a_program_that_waits(served: Served, client: ModuleType) -> None:
    world, address = served
    known, secret = await let_in(world, "office", "VN")
    registry = client.Registry(
        address, client_id=known.client_id, client_secret=secret, purpose="yearly review"
    )

    def tell() -> str:
        review = assessed("PY-1", "2023-12-14", ethnic_group="Tày")
        told = registry.post_household_events({"events": [review]})
        assert told["accepted"] == 1
        return str(told["receipts"][0]["event_id"])

    def look(event_id: str) -> None:
        assert registry.get_receipt(event_id)["state"] == "processed"
        assert registry.get_household("PY-1", as_of=date(2024, 1, 1))["status"] == "poor"
        moved = registry.get_movement(
            "181", list_="poor", from_date="2023-01-01", to_date="2024-01-01"
        )
        assert moved["end"] == 1
        with pytest.raises(client.RegistryError) as refused:
            registry.get_household("PY-0")
        assert (refused.value.status, refused.value.code) == (404, "unknown_household")
        assert refused.value.request_id

    with registry:
        event_id = await in_thread(tell)
        await world.drain()
        await in_thread(lambda: look(event_id))


async def test_pages_and_lines(served: Served, client: ModuleType, tmp_path: Path) -> None:
    world, address = served
    known, secret = await let_in(world, "many", "VN")
    names = [f"PYL-{n}" for n in range(7)]

    def work() -> list[str]:
        with client.Registry(address, client_id=known.client_id, client_secret=secret) as registry:
            lines = (assessed(name, "2023-12-15") for name in names)
            assert registry.send_lines("household-events", lines)["accepted"] == 7
            file = tmp_path / "facts.ndjson"
            file.write_text("{}\n")
            judged = registry.import_file("household-events", file, dry_run=True)
            assert judged["rejected"] == 1
            return [
                item["household_id"]
                for item in registry.pages(registry.list_transitions, area="181", limit=2)
            ]

    await in_thread(work)
    await world.drain()
    async with client.AsyncRegistry(
        address, client_id=known.client_id, client_secret=secret
    ) as registry:
        listed = [
            item["household_id"]
            async for item in registry.pages(
                registry.list_households, area="181", as_of="2024-01-01", limit=2
            )
        ]
    assert set(names) <= set(listed) and len(listed) == len(set(listed))


async def test_who_follows_hears_of_each_change_once(served: Served, client: ModuleType) -> None:
    world, address = served
    known, secret = await let_in(world, "follower", "VN")
    heard: list[tuple[str, str]] = []
    async with client.AsyncRegistry(
        address, client_id=known.client_id, client_secret=secret
    ) as registry:
        begun = (await registry.list_transitions(limit=1000))["next_cursor"]

        async def listen(cursor: str | None) -> str:
            async for change in registry.follow(cursor):
                heard.append((change.kind, change.item["household_id"]))
                if change.item["household_id"].endswith("-last"):
                    return str(change.cursor)
            raise AssertionError("it never ends of itself")

        for part in ("a", "b"):
            listening = asyncio.create_task(listen(begun))
            await world.send(
                [assessed(f"PYF-{part}", "2023-12-15"), assessed(f"PYF-{part}-last", "2023-12-15")]
            )
            async with asyncio.timeout(60):
                begun = await listening
    names = [name for _, name in heard if name.startswith("PYF")]
    assert sorted(names) == ["PYF-a", "PYF-a-last", "PYF-b", "PYF-b-last"]
