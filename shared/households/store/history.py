"""The history of results: that it is frozen, does not overlap, and was closed once at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Table, Text

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA
from shared.kernel.retention import KNOWLEDGE

# What everything known at an instant amounted to, to be recomputed and compared for ever after.
HISTORY_DIGESTS = Table(
    "history_digests",
    METADATA,
    Column("known_at", DateTime(timezone=True), primary_key=True),
    Column("episodes", BigInteger, nullable=False),
    Column("transitions", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows were known at an instant, and a digest over them that no order changes."""

    known_at: datetime
    episodes: int
    transitions: int
    digest: str


def episode_digest(known_to: str = "known_to") -> str:
    """Return the SQL of an episode's part in a digest."""
    return f"""hashtextextended(concat_ws('|', household_id,
        valid_from, valid_to, known_from, {known_to},
        status, living_standard, standard, spell_from, spell_to, spell_event, assessment,
        area_id, area_type, ethnic_group, deprived, entry, renumbered_area), 0)::numeric"""


async def digest(snapshot: Snapshot, known_at: datetime) -> Digest:
    """Recompute the digest of all that was known at an instant.

    What was closed or retracted later was still open then, so later ends are masked. A column that
    is null has no part in it, so one that is added last leaves older digests as they were. What was
    removed (`shared.kernel.retention`) counts by the sum that was kept of it.
    """
    row = await snapshot.fetchrow(
        f"""
        WITH removed AS (
            SELECT coalesce(sum(rows), 0) AS n, coalesce(sum(digest), 0) AS h
            FROM retentions WHERE subject = '{KNOWLEDGE}'),
        e AS (
            SELECT count(*) + (SELECT n FROM removed) AS n, coalesce(sum(
                {episode_digest("CASE WHEN known_to <= $1 THEN known_to END")}), 0)
                + (SELECT h FROM removed) AS h
            FROM episodes WHERE known_from <= $1),
        t AS (
            SELECT count(*) AS n, coalesce(sum(hashtextextended(concat_ws('|', seq, transition_id,
                household_id, area_code, on_date, from_status, to_status, movements,
                standard_changed, cause_event, recorded_at, retracts,
                CASE WHEN retracted_at <= $1 THEN retracted_at END), 0)::numeric), 0) AS h
            FROM transitions WHERE recorded_at <= $1)
        SELECT e.n::bigint, t.n, md5(e.h::text || '/' || t.h::text) FROM e, t
        """,
        known_at,
    )
    return Digest(known_at, *(row or (0, 0, "")))


async def frozen(snapshot: Snapshot) -> list[Digest]:
    """Return every digest recorded so far."""
    rows = await snapshot.fetch("SELECT * FROM history_digests ORDER BY known_at")
    return [Digest(*row) for row in rows]


async def forget(tx: Transaction, before: datetime) -> None:
    """Remove the digests of instants of which not all rows are kept."""
    await tx.execute("DELETE FROM history_digests WHERE known_at < $1", before)


async def freeze(tx: Transaction, digest: Digest) -> None:
    """Record a digest."""
    await tx.execute(
        "INSERT INTO history_digests (known_at, episodes, transitions, digest) "
        "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        digest.known_at,
        digest.episodes,
        digest.transitions,
        digest.digest,
    )


def _overlap(table: str) -> str:
    return f"""
        SELECT count(*) FROM {table} a JOIN {table} b
            ON a.household_id = b.household_id AND a.ctid < b.ctid
        WHERE (a.valid_to IS NULL OR b.valid_from < a.valid_to)
            AND (b.valid_to IS NULL OR a.valid_from < b.valid_to)
            AND (a.known_to IS NULL OR b.known_from < a.known_to)
            AND (b.known_to IS NULL OR a.known_from < b.known_to)"""


async def faults(snapshot: Snapshot) -> list[str]:
    """Return what is impossible in a sound history: overlaps, and ends that happened twice."""
    checks = {
        "episodes of one household overlap in valid and system time": _overlap("episodes"),
        "recognised episodes overlap in valid and system time": _overlap("recognised_episodes"),
        "transitions were not retracted exactly as often as they say": """
            SELECT count(*) FROM transitions t
            LEFT JOIN (SELECT retracts, household_id, count(*) AS n, min(recorded_at) AS at
                FROM transitions WHERE retracts IS NOT NULL GROUP BY 1, 2) r
                ON r.retracts = t.transition_id AND r.household_id = t.household_id
            WHERE t.retracts IS NULL AND (coalesce(r.n, 0) > 1
                OR t.retracted_at IS DISTINCT FROM r.at)""",
        "retractions point to nothing": """
            SELECT count(*) FROM transitions r WHERE r.retracts IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM transitions t WHERE t.transition_id = r.retracts
                    AND t.household_id = r.household_id)""",
        "instants run against the order of the feed": """
            SELECT count(*) FROM (SELECT recorded_at, lag(recorded_at) OVER (ORDER BY seq) AS before
                FROM transitions) s WHERE recorded_at < before""",
    }
    sentences = []
    for sentence, sql in checks.items():
        if number := await snapshot.fetchval(sql):
            sentences.append(f"{number} times: {sentence}")
    return sentences
