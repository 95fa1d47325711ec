"""Where households went since a year began is summed up by the ledger, at every past commit too.

The amounts are added to the entries of those commits, and those of households in no class; the sums
over them are made anew in the background. Until they are, questions are answered from the episodes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

# What `shared.households.status_flows` counts, at every commit.
_BEFORE = """z.household_id = b.household_id AND z.valid_from < b.first_day
    AND (z.valid_to IS NULL OR z.valid_to >= b.first_day) AND z.stands <> 'closed'
    AND (z.known_to IS NULL OR b.known_from < z.known_to)
    AND (b.known_to IS NULL OR z.known_from < b.known_to)"""
_ADD = f"""
WITH begun AS NOT MATERIALIZED (
    SELECT household_id, valid_from, valid_to, known_from, known_to, status,
        coalesce(area_id, -1) AS unit, coalesce(status, 'unclassed') AS stands,
        date_trunc('year', valid_from)::date AS first_day,
        CASE WHEN extract(year FROM valid_to) = extract(year FROM valid_from)
            THEN valid_to END AS ends
    FROM episodes),
unsure AS MATERIALIZED (
    SELECT * FROM begun b WHERE stands <> 'closed' AND NOT EXISTS (
        SELECT FROM begun z WHERE {_BEFORE} AND z.known_from <= b.known_from
            AND (z.known_to IS NULL OR z.known_to >= b.known_to))),
changes AS (
    SELECT unit, valid_from, valid_to AS ends, known_from, known_to, 'unclassed' AS key, 1 AS amount
    FROM begun WHERE status IS NULL
    UNION ALL
    SELECT unit, valid_from, ends, known_from, known_to, 'stood_here|elsewhere|' || stands, 1
    FROM unsure
    UNION ALL
    SELECT b.unit, b.valid_from, b.ends, greatest(b.known_from, z.known_from),
        least(b.known_to, z.known_to), 'stood_here|elsewhere|' || b.stands, -1
    FROM unsure b JOIN begun z ON {_BEFORE}
    UNION ALL
    SELECT f.unit, b.valid_from, b.ends, greatest(b.known_from, z.known_from),
        least(b.known_to, z.known_to), concat_ws('|', f.kind, z.stands, b.stands, f.other), 1
    FROM begun b JOIN begun z ON {_BEFORE} CROSS JOIN LATERAL (VALUES
        (z.unit, CASE WHEN (b.stands = 'closed' OR b.unit = z.unit)
            AND b.stands <> z.stands THEN 'stood_here' END, NULL),
        (z.unit, CASE WHEN b.stands <> 'closed' AND b.unit <> z.unit THEN 'stood_out' END, b.unit),
        (b.unit, CASE WHEN b.stands <> 'closed' AND b.unit <> z.unit THEN 'stood_in' END, z.unit),
        (b.unit, CASE WHEN b.stands <> 'closed' AND b.unit <> z.unit
            AND b.stands <> z.stands THEN 'stood_anywhere' END, NULL)) AS f (unit, kind, other)
    WHERE (b.unit <> z.unit OR b.stands <> z.stands) AND f.kind IS NOT NULL),
amounts AS (
    SELECT k.known_at, c.unit, d.day, c.key, c.amount * d.sign * k.sign AS amount FROM changes c
    CROSS JOIN LATERAL (VALUES (valid_from, 1), (ends, -1)) AS d (day, sign)
    CROSS JOIN LATERAL (VALUES (known_from, 1), (known_to, -1)) AS k (known_at, sign)
    WHERE d.day IS NOT NULL AND k.known_at IS NOT NULL)
INSERT INTO tally_entries AS t (known_at, size, units, days, keys, amounts)
SELECT known_at, count(*), array_agg(unit), array_agg(day), array_agg(key), array_agg(amount)
FROM (
    SELECT known_at, unit, day, key, sum(amount)::int AS amount FROM amounts
    GROUP BY known_at, unit, day, key HAVING sum(amount) <> 0) c
GROUP BY known_at
ON CONFLICT (known_at) DO UPDATE SET size = t.size + EXCLUDED.size,
    units = t.units || EXCLUDED.units, days = t.days || EXCLUDED.days,
    keys = t.keys || EXCLUDED.keys, amounts = t.amounts || EXCLUDED.amounts
"""


def upgrade() -> None:
    """Bring the schema forward."""
    fill(op.get_bind())


def fill(bind) -> None:
    """Add what is counted from now on to the entries; their sums are made anew."""
    if bind.execute(sa.text(_ADD)).rowcount:
        for table in ("tally_sums", "tally_runs"):
            bind.execute(sa.text(f"DELETE FROM {table}"))


def downgrade() -> None:
    """The amounts stay: nobody reads their keys, and each is taken away as it was added."""
