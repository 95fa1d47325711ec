"""Episodes are sought by place and day: of a province those that stand, not those of all its years."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_CURRENT = sa.text("known_to IS NULL")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_index(
        "ix_episodes_area_day",
        "episodes",
        ["area_id", "valid_to"],
        postgresql_where=_CURRENT,
    )
    op.drop_index("ix_episodes_area", table_name="episodes")


def downgrade() -> None:
    """Bring the schema back."""
    op.create_index("ix_episodes_area", "episodes", ["area_id"], postgresql_where=_CURRENT)
    op.drop_index("ix_episodes_area_day", table_name="episodes")
