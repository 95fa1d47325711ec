"""Bench of allocation by household norm: a million eligible households in one run, and their lines.

The households are made directly in the tables, set-based, because a million through the door would
take minutes and is measured elsewhere. They are what the door and the worker would have left: an
assessment each, a current episode, for one in twenty an older one that was corrected; and 100,000
more households that an earlier run of another fund supported and paid.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from time import perf_counter
from typing import Any

import psutil
import yaml

from shared.areas.store import units
from shared.kernel.database import Database, Transaction, connect
from shared.money.household_norm import HouseholdNorm, read
from shared.money.store.household_norm import Filled, NormRun, fill
from shared.money.store.line_reads import Expander, stream
from shared.money.store.norm_conditions import RuleMeaning
from tests.builders import POLICY_FILE, policy

AS_OF, KNOWN_AT = date(2023, 12, 31), datetime(2024, 1, 15, tzinfo=UTC)
HOLDER = "20"  # Lạng Sơn, as it was then
SUPPORTED = 100_000
WAIVED = (
    "household.separate_since",
    "household.social_protection_member",
    "household.special_difficulty",
    "household.disaster_area",
)

# $1: how many; $2: their communes. A household's number decides all that is said of it.
_HOUSEHOLDS = """
INSERT INTO household_events (event_id, recording_id, source, external_id, revision, type,
    household_id, effective_from, withdrawn, payload, content_hash)
SELECT md5('e' || n)::uuid, 1, 'bench', 'bench/' || n, 1, 'assessed', 'B-' || md5(n::text),
    '2023-12-14', false, jsonb_build_object('type', 'assessed', 'source', 'bench',
        'external_id', 'bench/' || n, 'household_id', 'B-' || md5(n::text),
        'assessed_on', '2023-10-12', 'effective_from', '2023-12-14', 'income_vnd', 900000,
        'deprived', jsonb_build_array('housing_quality', 'housing_area', 'water', 'toilet'),
        'household_size', 4, 'merit_member', n % 20 = 0), '\\x00'
FROM generate_series(1, $1::int) n
"""
_EPISODES = """
INSERT INTO episodes (household_id, valid_from, known_from, known_to, status, standard, spell_from,
    spell_event, assessment, area_id, area_type, ethnic_group, deprived)
SELECT 'B-' || md5(n::text), '2023-12-14', '2023-12-20',
    CASE WHEN later THEN timestamptz '2024-02-01' END,
    CASE WHEN n % 3 = 0 THEN 'near_poor' ELSE 'poor' END, 'VN-2022-2025', '2023-12-14',
    md5('e' || n)::uuid, md5('e' || n)::uuid, ($2::int[])[1 + n % cardinality($2::int[])], 'rural',
    (ARRAY['Kinh', 'Tày', 'Nùng', 'Dao'])[1 + n % 4], ARRAY['D07', 'D08', 'D09', 'D10']
FROM generate_series(1, $1::int) n, LATERAL (SELECT n % 20 = 7 AS later) l
"""
_EARLIER_RUN = """
INSERT INTO allocation_runs (run_id, fund_id, rule, as_of, known_at, mode, request, request_hash,
    requested_at, state, completed_at, content, allocated_from_vnd, allocated_vnd, unallocated_vnd)
VALUES ('earlier', 'other', 'housing_p5_repair', '2023-06-30', '2023-06-30', 'commit', '{}', '',
    '2023-07-01', 'completed', '2023-07-01', 'housing', 0, 0, 0)
"""
_EARLIER_LINES = """
INSERT INTO allocation_lines (run_id, line, amount_vnd, outcome, content)
SELECT 'earlier', 'B-' || md5(n::text), 20000000, 'allocated', 'housing'
FROM generate_series($1::int + 1, $1::int + $2::int) n
"""
_EARLIER_PAYMENTS = """
INSERT INTO disbursements (event_id, recording_id, source, external_id, revision, withdrawn, run_id,
    line, amount_vnd, paid_on, kind, payload, content_hash)
SELECT md5('d' || n)::uuid, 1, 'bench', 'paid/' || n, 1, false, 'earlier', 'B-' || md5(n::text),
    14000000, '2023-08-01', 'paid', '{}', ''
FROM generate_series($1::int + 1, $1::int + $2::int) n
"""


async def allocation_household_norm(dsn: str, households: int = 1_000_000) -> dict[str, Any]:
    """Return seconds of a run over `households` eligible ones, beside a bare copy of its lines."""
    database = await connect(dsn, name="bench", pool_max=2, statement_seconds=600.0)
    rule = _rule()
    try:
        area_ids = await _set_up(database, households)
        started, filled = perf_counter(), await _run(database, rule, area_ids, households)
        seconds = perf_counter() - started
        bare = await _bare(database)
        rate, size = await _streamed(database, rule)
    finally:
        await database.close()
    return {
        "eligible": filled.result.totals["allocated"] + filled.result.totals["fund_exhausted"],
        "lines": filled.result.totals["lines"],
        "seconds": round(seconds, 1),
        "bare_seconds": round(bare, 1),
        "ratio": round(bare / seconds, 2),
        "ndjson_lines_a_second": round(rate),
        "ndjson_mb": round(size / 1e6),
        "max_mb": round(psutil.Process(os.getpid()).memory_info().rss / 1e6),
    }


def _rule() -> HouseholdNorm:
    document = yaml.safe_load((POLICY_FILE.parent / "allocation_rules.yaml").read_text("utf-8"))
    (entry,) = (e for e in document["rules"] if e["id"] == "housing_p5_new")
    return read(entry)


async def _set_up(database: Database, households: int) -> list[int]:
    async with database.transaction() as tx:
        tree = await units.tree(tx)
        area_ids = sorted(tree.members(tree.on(HOLDER, AS_OF), AS_OF))
        count = households + SUPPORTED
        await tx.execute(
            "INSERT INTO recordings (recording_id, recorded_at, door) VALUES (1, $1, 'bench')",
            datetime(2023, 12, 20, tzinfo=UTC),
        )
        await tx.execute(_HOUSEHOLDS, count, timeout=600)
        await tx.execute(_EPISODES, count, area_ids, timeout=600)
        await tx.execute(_EARLIER_RUN)
        await tx.execute(_EARLIER_LINES, households, SUPPORTED, timeout=600)
        await tx.execute(_EARLIER_PAYMENTS, households, SUPPORTED, timeout=600)
    async with database.statement() as connection:
        # By the time that a million came in by the door both would have happened by themselves.
        await connection.execute("VACUUM ANALYZE", timeout=600)
        await connection.execute("CHECKPOINT", timeout=600)
    return area_ids


async def _run(
    database: Database, rule: HouseholdNorm, area_ids: list[int], households: int
) -> Filled:
    meaning = RuleMeaning(policy().standards, {"poor_district": area_ids})
    available = rule.unit_norm_vnd * (households // 2) + 1
    ledger_at = datetime(2024, 3, 1, tzinfo=UTC)
    asked = NormRun("million", AS_OF, KNOWN_AT, ledger_at, area_ids, available)
    async with database.transaction() as tx:
        return await fill(tx, rule, meaning, asked, WAIVED)


async def _bare(database: Database) -> float:
    async with database.transaction() as tx:
        await _scanning(tx)
        await tx.execute("CREATE TABLE bare_lines (LIKE allocation_lines INCLUDING ALL)")
        started = perf_counter()
        await tx.execute(
            "INSERT INTO bare_lines SELECT * FROM allocation_lines WHERE run_id = 'million'",
            timeout=600,
        )
    seconds = perf_counter() - started
    async with database.transaction() as tx:
        await tx.execute("DROP TABLE bare_lines")
    return seconds


async def _scanning(tx: Transaction) -> None:
    await tx.execute("SET LOCAL enable_seqscan = on")


async def _streamed(database: Database, rule: HouseholdNorm) -> tuple[float, int]:
    expander = Expander(rule, WAIVED)
    size, count, started = 0, 0, perf_counter()
    async for chunk in stream(database, "million", expander):
        size += len(chunk)
        count += chunk.count(b"\n")
    return count / (perf_counter() - started), size
