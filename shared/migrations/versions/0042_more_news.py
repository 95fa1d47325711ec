"""Webhooks tell of exit windows and articles: what came since an instant is found by it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_TABLES = {
    "exit_notices": (("told", "told_at"), ("withdrawn", "withdrawn_at")),
    "figures": (("read", "known_from"), ("changed", "known_to")),
}


def upgrade() -> None:
    """Index the instants at which a notice or a figure began and ended to hold."""
    for table, ((begun, since), (ended, until)) in _TABLES.items():
        op.create_index(f"ix_{table}_{begun}", table, [since])
        there = sa.text(f"{until} IS NOT NULL")
        op.create_index(f"ix_{table}_{ended}", table, [until], postgresql_where=there)


def downgrade() -> None:
    """Bring the schema back."""
    for table, kinds in _TABLES.items():
        for name, _ in kinds:
            op.drop_index(f"ix_{table}_{name}", table_name=table)
