"""Members of households a row each, and decisions on persons that look like one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
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
        "members",
        sa.Column("household_id", _ID, nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
    )
    op.create_index("ix_members_household", "members", ["household_id"])
    _facts(
        "person_decisions",
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("other_person_id", sa.Uuid(), nullable=True),
        sa.Column("same", sa.Boolean(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
    )
    op.create_index(
        "ix_person_decisions_persons", "person_decisions", ["person_id", "other_person_id"]
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("person_decisions")
    op.drop_table("members")
