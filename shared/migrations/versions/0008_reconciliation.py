"""How far each kind of work has been seen done, and the stretches that such a look reads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FACTS = (
    "area_facts",
    "articles",
    "disbursements",
    "funds",
    "household_events",
    "reference_figures",
    "support_records",
)
_STRETCHES = {
    **{f"ix_{table}_recording": (table, "recording_id") for table in _FACTS},
    "ix_transitions_recorded_at": ("transitions", "recorded_at"),
}


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "reconciliation",
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("done_through", sa.DateTime(timezone=True), nullable=False),
        sa.Column("oldest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("items", sa.Integer(), server_default="0", nullable=False),
        sa.Column("looked_through", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("work", name=op.f("pk_reconciliation")),
    )
    op.create_index("ix_recordings_recorded_at", "recordings", ["recorded_at"])
    for name, (table, column) in _STRETCHES.items():
        op.create_index(
            name,
            table,
            [column],
            postgresql_using="brin",
            postgresql_with={"autosummarize": "true"},
        )


def downgrade() -> None:
    """Bring the schema back."""
    for name, (table, _) in _STRETCHES.items():
        op.drop_index(name, table_name=table)
    op.drop_index("ix_recordings_recorded_at", table_name="recordings")
    op.drop_table("reconciliation")
