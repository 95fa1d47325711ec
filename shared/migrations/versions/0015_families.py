"""A family that only changes its number leaves no list; flows say what a new standard has a part in.

The households that are joined by `continues` are due, so that workers write the difference from now
on. What a new standard has a part in is added to the tallies of every past commit, so that a past
`known_at` is answered too; the sums over them are made anew in the background.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.kernel.clock import SystemClock
from shared.messages import HOUSEHOLDS_DUE, chunks
from shared.messaging.message import Message, encode

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_JOINED = sa.text("continues IS NOT NULL")
# What `shared.households.tallies` counts of pairs of episodes with two standards, at every commit.
_ADD = """
WITH pairs AS (
    SELECT a.status AS was, b.status, b.entry, b.valid_from, coalesce(b.area_id, -1) AS unit,
        greatest(a.known_from, b.known_from) AS known_from,
        least(a.known_to, b.known_to) AS known_to
    FROM episodes a JOIN episodes b ON b.household_id = a.household_id AND b.valid_from = a.valid_to
        AND (a.known_to IS NULL OR b.known_from < a.known_to)
        AND (b.known_to IS NULL OR a.known_from < b.known_to)
    WHERE a.standard <> b.standard),
flows AS (
    SELECT unit, valid_from, known_from, known_to,
        concat_ws('|', 'by_standard_' || entry, status) AS key
    FROM pairs WHERE entry IS NOT NULL AND status IN ('poor', 'near_poor')
    UNION ALL
    SELECT unit, valid_from, known_from, known_to, concat_ws('|', 'by_standard_left', was)
    FROM pairs WHERE was IN ('poor', 'near_poor') AND status <> was),
amounts AS (
    SELECT known_from AS known_at, unit, valid_from AS day, key, 1 AS amount FROM flows
    UNION ALL
    SELECT known_to, unit, valid_from, key, -1 FROM flows WHERE known_to IS NOT NULL)
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
_DUE = """
SELECT continues FROM household_events WHERE continues IS NOT NULL
UNION SELECT household_id FROM household_events
WHERE continues IS NOT NULL AND household_id IS NOT NULL ORDER BY 1
"""


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("episodes", sa.Column("renumbered_area", sa.Integer(), nullable=True))
    op.create_index(
        "ix_household_events_joined",
        "household_events",
        ["household_id"],
        postgresql_where=_JOINED,
    )
    fill(op.get_bind())


def fill(bind) -> None:
    added = bind.execute(sa.text(_ADD)).rowcount
    if added:
        for table in ("tally_sums", "tally_runs"):
            bind.execute(sa.text(f"DELETE FROM {table}"))
    now = SystemClock().now()
    for chunk in chunks(list(bind.execute(sa.text(_DUE)).scalars())):
        message = Message.new(HOUSEHOLDS_DUE, now, {"household_ids": chunk})
        bind.execute(
            sa.text("INSERT INTO outbox (message_id, type, payload) VALUES (:id, :type, :payload)"),
            {"id": message.id, "type": message.type, "payload": encode(message).decode()},
        )


def downgrade() -> None:
    """Bring the schema back; the tallies of standards stay, for nobody reads their keys."""
    op.drop_index("ix_household_events_joined", table_name="household_events")
    op.drop_column("episodes", "renumbered_area")
