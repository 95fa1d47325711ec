"""What a batch closes is looked up by household, though nothing is known of the tables yet."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import orjson
import pytest

from shared.households.store import exit_notices, timelines
from shared.households.store.rows import EpisodeRow
from shared.kernel import knowledge
from shared.kernel.database import Transaction
from tests.harness import Registry
from tests.households.test_distribution import Heard, nodes

HOUSEHOLDS, BATCH = 2000, 200
LEFT, ENDS = date(2022, 1, 1), date(2025, 1, 1)
# A household has two episodes and a notice; each may be looked at more than once.
LOOKED_AT = BATCH * 10


def of_window(name: str) -> list[EpisodeRow]:
    """Return a household that left a list, and what it is when its window has run out."""
    exited = EpisodeRow(
        name,
        LEFT,
        ENDS,
        "recently_exited",
        None,
        "2022-2026",
        LEFT,
        ENDS,
        UUID(int=1),
        UUID(int=1),
        1,
        "rural",
        None,
        None,
        None,
        None,
        None,
    )
    return [exited, exited._replace(valid_from=ENDS, valid_to=None, status="non_poor")]


@pytest.mark.asyncio
async def test_a_batch_looks_at_its_own_rows_alone(app: Registry) -> None:
    names = [f"H-{number:05}" for number in range(HOUSEHOLDS)]
    rows = [row for name in names for row in of_window(name)]
    database, announced = app.context.database, date(2024, 12, 20)
    async with database.transaction() as tx:
        for table in ("episodes", "exit_notices"):
            await tx.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        at = await knowledge.tick(tx)
        await timelines.open_episodes(tx, rows, at)
        told = await exit_notices.tell(tx, names, announced, [90, 30], at)
    assert sum(len(notice.told) for notice in told.values()) == HOUSEHOLDS
    heard, own = Heard(), rows[: 2 * BATCH]
    async with database.transaction() as tx:
        at = await knowledge.tick(tx)
        tx.add_query_logger(heard)
        await exit_notices.tell(tx, names[:BATCH], announced, [90, 30], at)
        await timelines.close_episodes(tx, own, at)
        await asyncio.sleep(0)  # what is heard is told between two steps of the loop
        tx.remove_query_logger(heard)
    assert len(heard.statements) == 3
    async with database.rehearsal() as tx:
        await tx.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off")
        await tx.execute("SET LOCAL enable_mergejoin = off")
        for query, values in heard.statements.items():
            assert await looked_at(tx, query, values) < LOOKED_AT, query


async def looked_at(tx: Transaction, query: str, values: tuple[Any, ...]) -> int:
    """Return how many rows a statement has in hand, those that it passes over among them."""
    plan = await tx.fetchval(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}", *values)
    [explained] = orjson.loads(plan) if isinstance(plan, str) else plan
    return max(
        int(node["Actual Loops"] * (node["Actual Rows"] + passed_over(node)))
        for node in nodes(explained["Plan"])
    )


def passed_over(node: dict[str, Any]) -> int:
    return sum(int(number) for name, number in node.items() if name.startswith("Rows Removed by"))
