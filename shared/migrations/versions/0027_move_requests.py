"""Requests for moves of households, and their refusals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_ID = sa.Text(collation="C")


def _facts(name: str, *columns: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("source", _ID, nullable=False),
        sa.Column("external_id", _ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        *columns,
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("source", "external_id", "revision", name=op.f(f"uq_{name}_source_external_id_revision")),
    )
    op.create_index(
        f"ix_{name}_recording",
        name,
        ["recording_id"],
        postgresql_using="brin",
        postgresql_with={"autosummarize": "true"},
    )


def upgrade() -> None:
    """Bring the schema forward."""
    _facts(
        "move_requests",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("household_id", _ID, nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
    )
    op.create_index("ix_move_requests_household", "move_requests", ["household_id"])
    op.create_index("ix_move_requests_request", "move_requests", ["request_id"])
    op.create_index("ix_move_requests_area", "move_requests", ["area_id"])
    _facts(
        "move_refusals",
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("refused_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
    )
    op.create_index("ix_move_refusals_request", "move_refusals", ["request_id"])


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("move_refusals")
    op.drop_table("move_requests")
