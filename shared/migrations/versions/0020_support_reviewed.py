"""Households that support was recorded of are reviewed; their findings are due with the next law."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take such households down: those of before are recomputed with all others."""
    op.execute(
        """
        INSERT INTO households (household_id, folded_through)
        SELECT DISTINCT household_id, '-infinity'::timestamptz
        FROM support_records WHERE household_id IS NOT NULL ON CONFLICT DO NOTHING
        """
    )
    # The receipts of their records said `processed`, and go on to.
    op.execute(
        """
        INSERT INTO reviewed_subjects (subject, reviewed_through)
        SELECT DISTINCT 'household:' || s.household_id, k.at
        FROM support_records s CROSS JOIN knowledge_clock k
        WHERE s.household_id IS NOT NULL ON CONFLICT DO NOTHING
        """
    )


def downgrade() -> None:
    """Leave them: rows of households and subjects that nobody asks about do no harm."""
