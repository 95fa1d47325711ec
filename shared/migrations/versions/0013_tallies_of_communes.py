"""Tallies count communes, so that districts are summed too; when area facts came in is indexed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Every amount that every commit added, as `shared.households.tallies` counts them. The sums over
# them are made in the background.
_FILL = """
WITH placed AS NOT MATERIALIZED (
    SELECT *, coalesce(area_id, -1) AS unit FROM episodes),
held AS (
    SELECT unit, valid_from, valid_to, known_from, known_to,
        concat_ws('|', 'held', status, coalesce(area_type, ''), ethnic_group) AS key
    FROM placed WHERE status <> 'closed'
    UNION ALL
    SELECT unit, valid_from, valid_to, known_from, known_to,
        concat_ws('|', 'lacking', status, standard, code)
    FROM placed, unnest(deprived) AS d (code) WHERE status IN ('poor', 'near_poor')),
pairs AS (
    SELECT a.status AS was, a.unit AS origin, b.status, b.unit, b.valid_from,
        greatest(a.known_from, b.known_from) AS known_from,
        least(a.known_to, b.known_to) AS known_to,
        b.status IS DISTINCT FROM 'closed' AS goes_on
    FROM placed a JOIN placed b ON b.household_id = a.household_id AND b.valid_from = a.valid_to
        AND (a.known_to IS NULL OR b.known_from < a.known_to)
        AND (b.known_to IS NULL OR a.known_from < b.known_to)
    WHERE a.status IN ('poor', 'near_poor')),
flows AS (
    SELECT unit, valid_from, known_from, known_to, concat_ws('|', entry, status) AS key
    FROM placed WHERE entry IS NOT NULL AND status IN ('poor', 'near_poor')
    UNION ALL
    SELECT f.unit, p.valid_from, p.known_from, p.known_to, f.key
    FROM pairs p CROSS JOIN LATERAL (VALUES
        (origin, CASE WHEN NOT goes_on THEN concat_ws('|', 'closed', was) END),
        (unit, CASE WHEN goes_on AND status IS DISTINCT FROM was
            THEN concat_ws('|', 'left', was) END),
        (origin, CASE WHEN goes_on AND unit <> origin
            THEN concat_ws('|', 'moved_out', was, unit) END),
        (unit, CASE WHEN goes_on AND unit <> origin
            THEN concat_ws('|', 'moved_in', was, origin) END)) AS f (unit, key)
    WHERE f.key IS NOT NULL),
changes AS (
    SELECT unit, v.day, known_from, known_to, key, v.amount
    FROM held CROSS JOIN LATERAL (VALUES (valid_from, 1), (valid_to, -1)) AS v (day, amount)
    WHERE v.day IS NOT NULL
    UNION ALL
    SELECT unit, valid_from, known_from, known_to, key, 1 FROM flows)
INSERT INTO tally_entries (known_at, size, units, days, keys, amounts)
SELECT known_at, count(*), array_agg(unit), array_agg(day), array_agg(key), array_agg(amount)
FROM (
    SELECT k.known_at, unit, day, key, sum(amount * k.sign)\\:\\:int AS amount FROM changes c CROSS JOIN LATERAL (VALUES (c.known_from, 1), (c.known_to, -1)) AS k (known_at, sign)
WHERE k.known_at IS NOT NULL
    GROUP BY k.known_at, unit, day, key HAVING sum(amount * k.sign) <> 0) s
GROUP BY known_at
"""


def upgrade() -> None:
    """Bring the schema forward."""
    for table in ("tally_sums", "tally_runs", "tally_entries"):
        op.execute(f"DELETE FROM {table}")
    op.execute(_FILL)
    op.create_index(
        "ix_recordings_area_facts",
        "recordings",
        ["recorded_at"],
        postgresql_where=sa.text("door LIKE '%area-facts%'"),
    )


def downgrade() -> None:
    """Bring the schema back; the ledger of provinces was filled by 0006."""
    op.drop_index("ix_recordings_area_facts", "recordings")
    for table in ("tally_sums", "tally_runs", "tally_entries"):
        op.execute(f"DELETE FROM {table}")
