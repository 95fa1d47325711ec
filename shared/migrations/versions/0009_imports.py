"""Imports keep the headings of their sheets, what was noticed, and a sign of life."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward; what was refused before is of the one sheet that was read."""
    op.add_column("imports", sa.Column("seen_at", sa.DateTime(timezone=True)))
    op.add_column("imports", sa.Column("format", sa.Text()))
    op.add_column("imports", sa.Column("sheets", postgresql.JSONB(astext_type=sa.Text())))
    op.add_column("imports", sa.Column("notices", postgresql.JSONB(astext_type=sa.Text())))
    op.add_column(
        "import_rejected", sa.Column("sheet", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "import_rejected", sa.Column("detail_vi", sa.Text(), server_default="", nullable=False)
    )
    op.drop_constraint("pk_import_rejected", "import_rejected", type_="primary")
    op.create_primary_key(
        "pk_import_rejected", "import_rejected", ["import_id", "sheet", "row", "fault"]
    )
