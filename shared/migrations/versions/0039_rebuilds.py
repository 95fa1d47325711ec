"""Rebuilds: when everything was recomputed, and whether it came out the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table('rebuilds',
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('households', sa.BigInteger(), nullable=False),
    sa.Column('runs', sa.BigInteger(), nullable=False),
    sa.Column('differences', sa.BigInteger(), nullable=False),
    sa.Column('faults', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('began_at', name=op.f('pk_rebuilds'))
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("rebuilds")
