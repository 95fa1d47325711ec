"""Traces of transitions, by which a webhook goes on with the trace of the fact behind it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transition_traces",
        sa.Column("transition_id", sa.Uuid(), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("transition_id", name=op.f("pk_transition_traces")),
    )
    op.create_index(op.f("ix_transition_traces_recorded_at"), "transition_traces", ["recorded_at"])


def downgrade() -> None:
    op.drop_table("transition_traces")
