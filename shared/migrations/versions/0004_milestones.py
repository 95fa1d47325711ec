"""That the demo was loaded is a milestone; it stood among the versions of the law."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "milestones",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "reached_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_milestones")),
    )
    op.execute(
        "INSERT INTO milestones (name, reached_at) "
        "SELECT 'demo_loaded', recorded_at FROM seed_versions WHERE kind = 'demo'"
    )
    op.execute("DELETE FROM seed_versions WHERE kind = 'demo'")
