"""Exchanges of SPDCI carry their trace to whoever calls back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("spdci_exchanges", sa.Column("traceparent", sa.Text(), nullable=True))


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_column("spdci_exchanges", "traceparent")
