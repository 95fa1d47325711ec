"""Exports: what was ordered as a file, and the parts of the files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table('exports',
    sa.Column('export_id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Text(), nullable=False),
    sa.Column('client_name', sa.Text(), nullable=False),
    sa.Column('scopes', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('area_code', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('format', sa.Text(), nullable=False),
    sa.Column('known_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('rows', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('size', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=True),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease', sa.Uuid(), nullable=True),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('export_id', name=op.f('pk_exports'))
    )
    op.create_index('ix_exports_client', 'exports', ['client_id'], unique=False)
    op.create_index('ix_exports_expires', 'exports', ['expires_at'], unique=False)
    op.create_index('ix_exports_unmade', 'exports', ['created_at'], unique=False, postgresql_where=sa.text("state IN ('waiting', 'running')"))
    op.create_table('export_parts',
    sa.Column('export_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['export_id'], ['exports.export_id'], name=op.f('fk_export_parts_export_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('export_id', 'number', name=op.f('pk_export_parts'))
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("export_parts")
    op.drop_table("exports")
