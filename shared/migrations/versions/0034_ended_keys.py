"""Documents are signed: of keys that ended the public part is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for the public parts of keys."""
    op.create_table(
        "ended_keys",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_ended_keys")),
    )


def downgrade() -> None:
    """Forget them: what they signed cannot be verified any more."""
    op.drop_table("ended_keys")
