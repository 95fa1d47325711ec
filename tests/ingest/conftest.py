"""A registry per test that need not parse the same areas and law again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from shared.law.store.seed_cache import SeedCache
from tests.harness import Registry, registry

_PARSED: list[SeedCache] = []


def lend_seeds(app: Registry) -> None:
    """Give a registry what the first one parsed; both look it up by digest."""
    seeds = app.context.seeds
    if not _PARSED:
        _PARSED.append(seeds)
    seeds._tree, seeds._parsed = _PARSED[0]._tree, _PARSED[0]._parsed


@pytest_asyncio.fixture
async def app(dsn: str) -> AsyncIterator[Registry]:
    """A whole embedded registry on a fresh database."""
    async with registry(dsn) as running:
        lend_seeds(running)
        yield running
