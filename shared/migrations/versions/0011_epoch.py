"""A restore begins another epoch of the feed; what nobody can read is discarded with a reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column(
        "knowledge_clock", sa.Column("epoch", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("quarantine", sa.Column("discarded_by", sa.Text(), nullable=True))
    op.add_column("quarantine", sa.Column("discarded_because", sa.Text(), nullable=True))
    op.drop_constraint(op.f("ck_quarantine_state"), "quarantine", type_="check")
    op.create_check_constraint(
        op.f("ck_quarantine_state"), "quarantine", "state IN ('open', 'replayed', 'resolved', 'discarded')"
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.execute("UPDATE quarantine SET state = 'resolved' WHERE state = 'discarded'")
    op.drop_constraint(op.f("ck_quarantine_state"), "quarantine", type_="check")
    op.create_check_constraint(
        op.f("ck_quarantine_state"), "quarantine", "state IN ('open', 'replayed', 'resolved')"
    )
    op.drop_column("quarantine", "discarded_because")
    op.drop_column("quarantine", "discarded_by")
    op.drop_column("knowledge_clock", "epoch")
