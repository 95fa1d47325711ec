"""Whose import it is: a client sees its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("imports", sa.Column("client_id", sa.Text(), nullable=True))


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_column("imports", "client_id")
