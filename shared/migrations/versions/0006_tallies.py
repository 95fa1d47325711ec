"""The ledger of tallies, filled with what the episodes of an older database say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Every amount that every commit added, as `shared.households.tallies` counts them: two minutes for
# a million households of five reviews. The sums over them are made in the background.
_FILL = """
WITH RECURSIVE above AS (
    SELECT a.area_id, a.level, a.parent_code, a.valid_from, a.area_id AS unit FROM areas a
    WHERE a.level = 'commune'
    UNION ALL
    SELECT b.area_id, a.level, a.parent_code, a.valid_from, a.area_id FROM above b
    JOIN areas a ON a.code = b.parent_code AND a.valid_from <= b.valid_from
        AND (a.valid_to IS NULL OR b.valid_from < a.valid_to)
    WHERE b.level <> 'province'),
provinces AS MATERIALIZED (SELECT area_id, unit FROM above WHERE level = 'province'),
placed AS MATERIALIZED (
    SELECT e.household_id, e.valid_from, e.valid_to, e.known_from, e.known_to, e.status, e.standard,
        e.area_type, e.ethnic_group, e.deprived, e.entry, coalesce(p.unit, -1) AS unit
    FROM episodes e LEFT JOIN provinces p USING (area_id)),
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
        least(a.known_to, b.known_to) AS known_to
    FROM placed a JOIN placed b ON b.household_id = a.household_id AND b.valid_from = a.valid_to
        AND (a.known_to IS NULL OR b.known_from < a.known_to)
        AND (b.known_to IS NULL OR a.known_from < b.known_to)
    WHERE a.status IN ('poor', 'near_poor')),
flows AS (
    SELECT unit, valid_from, known_from, known_to, concat_ws('|', entry, status) AS key
    FROM placed WHERE entry IS NOT NULL AND status IN ('poor', 'near_poor')
    UNION ALL
    SELECT origin, valid_from, known_from, known_to, concat_ws('|', 'closed', was)
    FROM pairs WHERE status = 'closed'
    UNION ALL
    SELECT unit, valid_from, known_from, known_to, concat_ws('|', 'left', was)
    FROM pairs WHERE status IS DISTINCT FROM 'closed' AND status IS DISTINCT FROM was
    UNION ALL
    SELECT origin, valid_from, known_from, known_to, concat_ws('|', 'moved_out', was, unit)
    FROM pairs WHERE status IS DISTINCT FROM 'closed' AND unit <> origin
    UNION ALL
    SELECT unit, valid_from, known_from, known_to, concat_ws('|', 'moved_in', was, origin)
    FROM pairs WHERE status IS DISTINCT FROM 'closed' AND unit <> origin),
changes AS (
    SELECT unit, valid_from AS day, known_from, known_to, key, 1 AS amount FROM held
    UNION ALL
    SELECT unit, valid_to, known_from, known_to, key, -1 FROM held WHERE valid_to IS NOT NULL
    UNION ALL
    SELECT unit, valid_from, known_from, known_to, key, 1 FROM flows),
recounted AS (
    SELECT known_from AS known_at, unit, day, key, amount FROM changes
    UNION ALL
    SELECT known_to, unit, day, key, -amount FROM changes WHERE known_to IS NOT NULL)

INSERT INTO tally_entries (known_at, size, units, days, keys, amounts)
SELECT known_at, count(*), array_agg(unit), array_agg(day), array_agg(key), array_agg(amount)
FROM (
    SELECT known_at, unit, day, key, sum(amount)\\:\\:int AS amount FROM recounted
    GROUP BY known_at, unit, day, key HAVING sum(amount) <> 0) c
GROUP BY known_at
"""


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "tally_entries",
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("units", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("days", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("amounts", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint("known_at", name=op.f("pk_tally_entries")),
    )
    op.create_table(
        "tally_runs",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("through", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("level", "through", name=op.f("pk_tally_runs")),
    )
    op.create_table(
        "tally_sums",
        sa.Column("unit", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("through", sa.DateTime(timezone=True), nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("amounts", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("days", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("day_keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("day_amounts", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint("unit", "level", "through", "year", name=op.f("pk_tally_sums")),
    )
    op.execute(_FILL)
