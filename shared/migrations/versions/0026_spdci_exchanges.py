"""Messages of SPDCI are answered by callbacks, and subscriptions told in its words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for what is to be called back."""
    op.create_table(
        "spdci_exchanges",
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("sender_id", sa.Text(), nullable=False),
        sa.Column("sender_uri", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("reference_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("correlation_id", name=op.f("pk_spdci_exchanges")),
    )
    op.create_index(
        "ix_spdci_exchanges_due",
        "spdci_exchanges",
        ["due_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_spdci_exchanges_transaction", "spdci_exchanges", ["transaction_id"])
    op.create_index(
        "uq_spdci_exchanges_message", "spdci_exchanges", ["client_id", "message_id"], unique=True
    )
    op.create_table(
        "spdci_subscriptions",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_spdci_subscriptions")),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("spdci_subscriptions")
    op.drop_index("uq_spdci_exchanges_message", table_name="spdci_exchanges")
    op.drop_index("ix_spdci_exchanges_transaction", table_name="spdci_exchanges")
    op.drop_index("ix_spdci_exchanges_due", table_name="spdci_exchanges")
    op.drop_table("spdci_exchanges")
