"""What an article's figures are checked by is kept, so that checking need not read again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column(
        "article_readings",
        sa.Column("cues", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
