"""The bench's fast loader leaves the rows that the doors and the worker leave."""

from __future__ import annotations

import os
from typing import Any

import asyncpg
import pytest

from tests import servers
from tests.bench import loader, measures, processes, reviews

# Everything but instants, ids of transitions and the order in which batches happened to come.
COLUMNS = {
    "household_events": "event_id, source, external_id, revision, type, household_id, "
    "effective_from, withdrawn, continues, payload::text, content_hash",
    "episodes": "household_id, valid_from, valid_to, known_to IS NULL AS stands, status, "
    "living_standard, standard, spell_from, spell_to, spell_event, assessment, area_id, "
    "area_type, ethnic_group, deprived, entry, renumbered_area, "
    "due_on",
    "transitions": "household_id, area_id, area_code, on_date, from_status, to_status, movements, "
    "standard_changed, cause_event, retracts IS NULL AS says, retracted_at IS NULL AS stands",
    "households": "household_id",
}
TALLIES = """
SELECT unit, day, key, sum(amount) FROM tally_entries e,
    unnest(e.units, e.days, e.keys, e.amounts) AS t (unit, day, key, amount)
GROUP BY unit, day, key HAVING sum(amount) <> 0 ORDER BY unit, day, key
"""
# Each of two hundred kinds so many times over, as the bench copies them.
HOUSEHOLDS = 1_200 if os.environ.get("REGISTRY_PROOF") else 600


async def rows(dsn: str) -> dict[str, list[Any]]:
    connection = await asyncpg.connect(dsn)
    found = {
        table: sorted(map(repr, await connection.fetch(f"SELECT {columns} FROM {table}")))
        for table, columns in COLUMNS.items()
    }
    found["tallies"] = await connection.fetch(TALLIES)
    await connection.close()
    return found


@pytest.mark.timeout(300)
async def test_loaded_households_equal_those_of_the_doors(
    dsn: str, server: servers.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "TEMPLATES", 200)
    monkeypatch.setattr(reviews, "KINDS", 200)
    monkeypatch.setattr(loader, "COPIES_TOGETHER", 2)
    await loader.fill(dsn, HOUSEHOLDS)
    other = await server.create()
    with processes.registry("embedded", other) as (address, _):
        await measures.bulk(address, other, "load", HOUSEHOLDS, reviews.YEARS)
    loaded, sent = await rows(dsn), await rows(other)
    await server.drop(other)
    assert len(loaded["households"]) == HOUSEHOLDS
    for table, expected in sent.items():
        assert loaded[table] == expected, table
