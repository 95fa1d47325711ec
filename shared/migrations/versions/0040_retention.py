"""Retention: what was removed on purpose, and where audit chains begin since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table('retentions',
    sa.Column('retention_id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('kept_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ordered_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('rows', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('digest', sa.Numeric(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('retention_id', name=op.f('pk_retentions'))
    )
    op.create_index('ix_retentions_subject', 'retentions', ['subject', 'kept_from'], unique=False)
    op.add_column('audit_chains', sa.Column('cut_seq', sa.BigInteger(), nullable=True))
    op.add_column('audit_chains', sa.Column('cut_link', sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_column("audit_chains", "cut_link")
    op.drop_column("audit_chains", "cut_seq")
    op.drop_table("retentions")
