"""Webhooks tell of money and findings: what was looked through, and what is told to whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Let subscriptions of today look from now on."""
    op.add_column("subscriptions", sa.Column("looked_through", _AT, nullable=True))
    op.execute("UPDATE subscriptions SET looked_through = (SELECT at FROM knowledge_clock)")
    op.alter_column("subscriptions", "looked_through", nullable=False)
    op.add_column("deliveries", sa.Column("told", sa.Text(), nullable=True))
    for name in ("area_id", "holder_id"):
        op.add_column("deliveries", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("deliveries", sa.Column("scope", sa.Text(), nullable=True))
    op.create_index("ix_findings_raised", "findings", ["known_from"])
    op.create_index(
        "ix_findings_withdrawn",
        "findings",
        ["known_to"],
        postgresql_where=sa.text("known_to IS NOT NULL"),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_index("ix_findings_withdrawn", table_name="findings")
    op.drop_index("ix_findings_raised", table_name="findings")
    for name in ("scope", "holder_id", "area_id", "told"):
        op.drop_column("deliveries", name)
    op.drop_column("subscriptions", "looked_through")
