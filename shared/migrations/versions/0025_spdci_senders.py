"""Clients speak SPDCI under names of their own, and sign with keys that are kept here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for senders."""
    op.create_table(
        "spdci_senders",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("sender_id", sa.Text(), nullable=False),
        sa.Column("keys", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signs", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_spdci_senders")),
        sa.UniqueConstraint("sender_id", name=op.f("uq_spdci_senders_sender_id")),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("spdci_senders")
