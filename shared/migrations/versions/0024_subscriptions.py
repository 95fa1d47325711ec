"""Clients subscribe to changes; what each was sent is kept beside its place in the feed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table('deliveries',
    sa.Column('delivery_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('subscription_id', sa.Uuid(), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=True),
    sa.Column('household_id', sa.Text(collation='C'), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('fault', sa.Text(), nullable=True),
    sa.Column('milliseconds', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('delivery_id', name=op.f('pk_deliveries'))
    )
    op.create_index('ix_deliveries_due', 'deliveries', ['subscription_id', 'due_at'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('ix_deliveries_parked', 'deliveries', ['subscription_id'], unique=False, postgresql_where=sa.text("state = 'parked'"))
    op.create_index('ix_deliveries_planned', 'deliveries', ['planned_at'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('ix_deliveries_sent', 'deliveries', ['sent_at'], unique=False, postgresql_where=sa.text("state = 'delivered'"))
    op.create_index('ix_deliveries_subscription', 'deliveries', ['subscription_id', 'number'], unique=False)
    op.create_index('ix_deliveries_waiting', 'deliveries', ['subscription_id', 'household_id', 'number'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('subscription_secrets',
    sa.Column('subscription_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('subscription_id', 'number', name=op.f('pk_subscription_secrets'))
    )
    op.create_table('subscriptions',
    sa.Column('subscription_id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Text(), nullable=False),
    sa.Column('callback_url', sa.Text(), nullable=False),
    sa.Column('types', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('area_code', sa.Text(), nullable=False),
    sa.Column('movement_kind', sa.Text(), nullable=True),
    sa.Column('list', sa.Text(), nullable=True),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pause_reason', sa.Text(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('place', sa.BigInteger(), nullable=False),
    sa.Column('epoch', sa.BigInteger(), nullable=False),
    sa.Column('failures', sa.Integer(), server_default='0', nullable=False),
    sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rest_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease', sa.Uuid(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('subscription_id', name=op.f('pk_subscriptions'))
    )
    op.create_index('ix_subscriptions_client', 'subscriptions', ['client_id'], unique=False)


def downgrade() -> None:
    """Bring the schema back."""
    for table in ("subscription_secrets", "subscriptions", "deliveries"):
        op.drop_table(table)
