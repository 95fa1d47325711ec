"""Timelines by what was decided are kept beside the computed ones, of households that differ.

Those of which a finding says so are due, with their families, so that workers write them: what was
recognised is known from now on, and at an earlier `known_at` the computed class stands in.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.kernel.clock import SystemClock
from shared.kernel.metadata import Key
from shared.messages import HOUSEHOLDS_DUE, chunks
from shared.messaging.message import Message, encode

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_DUE = sa.text(
    "SELECT DISTINCT substr(subject, length('household:') + 1) FROM findings "
    "WHERE kind = 'decision_differs' AND known_to IS NULL AND subject LIKE 'household:%' ORDER BY 1"
)


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "recognised_episodes",
        sa.Column("household_id", Key, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("known_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("living_standard", sa.Text(), nullable=True),
        sa.Column("standard", sa.Text(), nullable=True),
        sa.Column("spell_from", sa.Date(), nullable=True),
        sa.Column("spell_to", sa.Date(), nullable=True),
        sa.Column("spell_event", sa.Uuid(), nullable=True),
        sa.Column("assessment", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("area_type", sa.Text(), nullable=True),
        sa.Column("ethnic_group", sa.Text(), nullable=True),
        sa.Column("deprived", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("renumbered_area", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "known_to > known_from", name=op.f("ck_recognised_episodes_known_period")
        ),
        sa.CheckConstraint(
            "valid_to > valid_from", name=op.f("ck_recognised_episodes_valid_period")
        ),
    )
    op.create_index("ix_recognised_episodes_area", "recognised_episodes", ["area_id"])
    op.create_index(
        "ix_recognised_episodes_household", "recognised_episodes", ["household_id", "known_from"]
    )
    op.create_index(
        "uq_recognised_episodes_current",
        "recognised_episodes",
        ["household_id", "valid_from"],
        unique=True,
        postgresql_where=sa.text("known_to IS NULL"),
    )
    _wake(op.get_bind())


def _wake(bind) -> None:
    now = SystemClock().now()
    for chunk in chunks(list(bind.execute(_DUE).scalars())):
        message = Message.new(HOUSEHOLDS_DUE, now, {"household_ids": chunk})
        bind.execute(
            sa.text("INSERT INTO outbox (message_id, type, payload) VALUES (:id, :type, :payload)"),
            {"id": message.id, "type": message.type, "payload": encode(message).decode()},
        )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("recognised_episodes")
