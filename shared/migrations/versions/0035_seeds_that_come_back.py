"""A version of a seed document that comes back is a row of its own: the past keeps what it had."""

from __future__ import annotations

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tell versions apart by when they were loaded, not by what they say."""
    op.drop_constraint("pk_seed_versions", "seed_versions")
    op.create_primary_key("pk_seed_versions", "seed_versions", ["kind", "recorded_at"])
