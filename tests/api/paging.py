"""Lists that come in pages."""

from __future__ import annotations

from typing import Any

from tests.harness import Registry


async def pages(world: Registry, path: str, **params: Any) -> list[dict[str, Any]]:
    """Return the items of all pages of a list."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = await world.get(path, **params, **({"cursor": cursor} if cursor else {}))
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items
