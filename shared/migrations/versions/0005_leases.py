"""A start in the crash ledger is a lease: it counts as a crash only when nobody renews it.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What the ledger holds are counts of starts, which say nothing about who is still at work.
    op.execute("DELETE FROM crash_ledger")
    op.drop_constraint("pk_crash_ledger", "crash_ledger", type_="primary")
    op.drop_column("crash_ledger", "starts")
    op.add_column("crash_ledger", sa.Column("lease", sa.Uuid(), nullable=False))
    op.add_column(
        "crash_ledger",
        sa.Column(
            "renewed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
    )
    op.create_primary_key(
        "pk_crash_ledger", "crash_ledger", ["route", "message_id", "item", "lease"]
    )


def downgrade() -> None:
    op.execute("DELETE FROM crash_ledger")
    op.drop_constraint("pk_crash_ledger", "crash_ledger", type_="primary")
    op.drop_column("crash_ledger", "renewed_at")
    op.drop_column("crash_ledger", "lease")
    op.add_column("crash_ledger", sa.Column("starts", sa.Integer(), nullable=False))
    op.create_primary_key("pk_crash_ledger", "crash_ledger", ["route", "message_id", "item"])
