"""A range of households folded anew and held against what is stored, a batch at a time.

Each range is a call of its own that takes nothing but text and gives nothing but text and numbers:
so ranges can be spread over processes, which all read one snapshot of the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.households.families import timelines as fold
from shared.households.recognised import recognised_timelines
from shared.households.store import announcements, households, rebuilding, timelines
from shared.households.store.rows import recognised_rows_of, rows_of
from shared.households.store.timelines import RECOGNISED
from shared.kernel.database import Snapshot, connect
from shared.law.store.seeds import POLICY, SeedCache

HOUSEHOLDS_TOGETHER = 1000
STATEMENT_SECONDS = 3600
# Areas and policy are parsed once per process.
_SEEDS = SeedCache()


@dataclass
class RangeVerdict:
    """What the comparison of a range says."""

    households: int = 0
    pending: int = 0
    differences: list[str] = field(default_factory=list)


def compare(dsn: str, snapshot: str, after: str, through: str) -> RangeVerdict:
    """Compare the households of (after, through] as the named snapshot has them."""
    return asyncio.run(_compare(dsn, snapshot, after, through))


async def _compare(dsn: str, name: str, after: str, through: str) -> RangeVerdict:
    database = await connect(
        dsn, name="rebuild-range", pool_max=1, statement_seconds=STATEMENT_SECONDS
    )
    try:
        async with database.rehearsal() as snapshot:
            await rebuilding.take(snapshot, name)
            ids, pending = await rebuilding.households(snapshot, after, through)
            verdict = RangeVerdict(len(ids), pending)
            for first in range(0, len(ids), HOUSEHOLDS_TOGETHER):
                batch = ids[first : first + HOUSEHOLDS_TOGETHER]
                verdict.differences += await _differences(snapshot, batch)
    finally:
        await database.close()
    return verdict


async def _differences(snapshot: Snapshot, ids: Sequence[str]) -> list[str]:
    areas, policy = await _SEEDS.areas(snapshot), await _SEEDS.read(snapshot, POLICY)
    announced = await announcements.peek(snapshot)
    facts = await households.load_events(snapshot, ids)
    lines = fold(facts, sorted({*ids, *facts}), policy)
    episodes, transitions = rows_of({name: lines[name] for name in ids}, areas, policy, announced)
    second = recognised_timelines(facts, lines, policy)
    decided = {name: second[name] for name in ids if name in second}
    recognised = recognised_rows_of(decided, episodes, areas, policy)
    stored = await timelines.current_episodes(snapshot, ids)
    stated = await timelines.current_episodes(snapshot, ids, RECOGNISED)
    differences = [
        line
        for household in ids
        for line in (
            *rebuilding.differing_episodes(stored.get(household, []), episodes[household]),
            *rebuilding.differing_episodes(
                stated.get(household, []), recognised.get(household, []), RECOGNISED.name
            ),
        )
    ]
    published = await rebuilding.standing(snapshot, ids)
    return differences + rebuilding.differing_transitions(published, transitions)
