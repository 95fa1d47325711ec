"""The tables could be distributed by household over machines, as docs/scale.md says.

Of the hot path PostgreSQL says so itself: in its plan of each statement every table of households
is looked up by `household_id`, or in one of the ways that the document lists.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest
from sqlalchemy import Table, UniqueConstraint

from services.worker.handlers.assess_households import AssessHouseholds
from shared.households.store import reads
from shared.kernel.database import Snapshot
from shared.migrations.tables import METADATA
from tests import facts
from tests.harness import NOON, SEEDS, Registry, registry

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "scale.md").read_text("utf-8")
ROWS = re.findall(r"^\| (`.+?) \| (\w+) \| (.+?) \|$", DOCUMENT, re.MULTILINE)
KEPT = {name: how for names, how, _ in ROWS for name in re.findall(r"`(\w+)`", names)}
OF_HOUSEHOLDS = {name for name, how in KEPT.items() if how == "distributed"}
# (table, columns) that a statement may look a row up by, beside the household.
OTHER_WAYS = {
    (table, frozenset(re.findall(r"\w+", columns)))
    for table, columns in re.findall(r"^- `(\w+)` by `([\w, ]+)`:", DOCUMENT, re.MULTILINE)
}
CONDITIONS = ("Index Cond", "Hash Cond", "Merge Cond", "Join Filter", "Filter", "Recheck Cond")
READ_OR_WRITTEN = re.compile(r"\s*(WITH|SELECT|INSERT|UPDATE|DELETE)\b")


def without_household(table: Table) -> list[str]:
    """Return the unique keys that lack the household, and whether the household may be missing."""
    keys = [table.primary_key.columns.keys()]
    keys += [u.columns.keys() for u in table.constraints if isinstance(u, UniqueConstraint)]
    keys += [[column.name for column in index.columns] for index in table.indexes if index.unique]
    lacking = [f"`{', '.join(key)}`" for key in keys if key and "household_id" not in key]
    return lacking + ["null"] * bool(table.c.household_id.nullable)


def test_every_table_is_placed_once_and_those_of_households_by_household() -> None:
    named = [name for names, _, _ in ROWS for name in re.findall(r"`(\w+)`", names)]
    assert sorted(named) == sorted(METADATA.tables)
    assert {how for _, how, _ in ROWS} == {"distributed", "reference", "whole"}
    for names, how, why in ROWS:
        tables = [METADATA.tables[name] for name in re.findall(r"`(\w+)`", names)]
        if how == "distributed":
            assert {"; ".join(without_household(table)) or "–" for table in tables} == {why}, names
        else:
            assert len(why) > 20 or not any("household_id" in table.c for table in tables), names


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def strange(plan: dict[str, Any]) -> set[str]:
    """Return the tables of households that a plan looks up in a way that is not listed."""
    every = list(nodes(plan))
    conditions = " ".join(str(node[name]) for node in every for name in CONDITIONS if name in node)
    bound: dict[str, set[str]] = {}
    for alias, column in [
        *re.findall(r"\b(\w+)\.(\w+)\)?(?:::\w+)? = ", conditions),
        *re.findall(r" = \(?(\w+)\.(\w+)\b", conditions),
    ]:
        bound.setdefault(alias, set()).add(column)
    return {
        node["Relation Name"]
        for node in every
        if node.get("Relation Name") in OF_HOUSEHOLDS and node["Node Type"] != "ModifyTable"
        if not _listed(node["Relation Name"], bound.get(node["Alias"], set()))
    }


def _listed(table: str, columns: set[str]) -> bool:
    return "household_id" in columns or any(
        table == other and columns >= ways for other, ways in OTHER_WAYS
    )


class Heard:
    """The statements of a connection, with the values of their first time."""

    def __init__(self) -> None:
        self.statements: dict[str, tuple[Any, ...]] = {}

    def __call__(self, query: asyncpg.connection.LoggedQuery) -> None:
        if READ_OR_WRITTEN.match(query.query):
            self.statements.setdefault(query.query, query.args)


async def hot_path(app: Registry) -> dict[str, tuple[Any, ...]]:
    """Assess a family, a new household and one with a later review, read; return the statements."""
    first = [
        facts.assessed("H-1", "2023-01-01"),
        facts.registered("H-2", "2023-01-01", continues="H-1"),
        facts.assessed("H-3", "2023-01-01"),
    ]
    later = [
        facts.assessed("H-3", "2024-01-01", **facts.RICH),
        facts.assessed("H-1", "2022-05-01", **facts.NEAR_POOR),
        facts.assessed("H-4", "2024-01-01"),
    ]
    await app.send(first)
    assert (await app.post("/v1/household-events", {"events": later})).status_code == 202
    heard, database = Heard(), app.context.database
    async with database.transaction() as tx:
        tx.add_query_logger(heard)
        await AssessHouseholds(SEEDS)(tx, ["H-1", "H-3", "H-4"])
        for known_at in (None, NOON):
            await reads.status(Snapshot(tx), "H-1", date(2024, 1, 1), known_at, basis="computed")
        await asyncio.sleep(0)  # what is heard is told between two steps of the loop
        tx.remove_query_logger(heard)
    return heard.statements


async def plan_of(tx: Snapshot, query: str, values: tuple[Any, ...]) -> dict[str, Any]:
    plan = await tx.fetchval(f"EXPLAIN (VERBOSE, FORMAT JSON) {query}", *values)
    found: dict[str, Any] = (orjson.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return found


@pytest.mark.asyncio
async def test_no_statement_of_the_hot_path_looks_up_other_households(dsn: str) -> None:
    async with registry(dsn) as app:
        statements = await hot_path(app)
        found: dict[str, set[str]] = {}
        async with app.context.database.transaction() as tx:
            await tx.execute("SET LOCAL enable_seqscan = off")
            for query, values in statements.items():
                found[" ".join(query.split())] = strange(await plan_of(tx, query, values))
            every = "SELECT FROM episodes e JOIN episodes o ON o.area_id = e.area_id"
            assert strange(await plan_of(tx, every, ())) == {"episodes"}
    assert len(found) > 25
    assert {query: tables for query, tables in found.items() if tables} == {}
