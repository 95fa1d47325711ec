"""Persons have tables of their own, sealed; what is stored already is sealed by `registry migrate`.

`household_members` stays: releases before write there until the last of their processes is gone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ID = sa.Text(collation="C")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "persons",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", _ID, nullable=False),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_persons")),
    )
    op.create_index(op.f("ix_persons_household_id"), "persons", ["household_id"])
    op.create_index(op.f("ix_persons_key_id"), "persons", ["key_id"])
    op.create_table(
        "person_parts",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", _ID, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("likeness", sa.LargeBinary(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("event_id", "position", name=op.f("pk_person_parts")),
    )
    for column in ("person_id", "household_id", "likeness"):
        op.create_index(op.f(f"ix_person_parts_{column}"), "person_parts", [column])
    op.create_table(
        "person_identifiers",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "event_id", "position", "number", name=op.f("pk_person_identifiers")
        ),
    )
    for column in ("person_id", "digest"):
        op.create_index(op.f(f"ix_person_identifiers_{column}"), "person_identifiers", [column])


def downgrade() -> None:
    """Bring the schema back; what is sealed cannot be read without it."""
    for table in ("person_identifiers", "person_parts", "persons"):
        op.drop_table(table)
