"""Before an exit window ends it is told; windows that end soon are due as soon as this runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep what was told, and find windows by the day on which they run out."""
    op.create_table(
        "exit_notices",
        sa.Column("notice_id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("household_id", sa.Text(collation="C"), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_exit_notices")),
    )
    op.create_index(
        "uq_exit_notices_standing",
        "exit_notices",
        ["household_id", "last_day", "days_before"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "ix_episodes_exit_windows",
        "episodes",
        ["valid_to"],
        postgresql_where=sa.text("known_to IS NULL AND status = 'recently_exited'"),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_index("ix_episodes_exit_windows", table_name="episodes")
    op.drop_table("exit_notices")
