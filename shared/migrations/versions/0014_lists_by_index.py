"""Households of a status and the feed of an area are found by an index each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_index(
        "ix_episodes_status",
        "episodes",
        ["status", "household_id", "valid_from"],
        postgresql_where=sa.text("known_to IS NULL"),
    )
    op.create_index("ix_transitions_area", "transitions", ["area_id", "seq"])


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_index("ix_transitions_area", "transitions")
    op.drop_index("ix_episodes_status", "episodes")
