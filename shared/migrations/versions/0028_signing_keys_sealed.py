"""The private parts of the keys that tokens are signed with are wrapped; `registry migrate` does it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("signing_keys", sa.Column("key_id", sa.Text(), nullable=True))
    op.add_column("signing_keys", sa.Column("wrapped", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Bring the schema back; keys that are wrapped are lost, so sign with a new one."""
    op.execute("DELETE FROM signing_keys")
    op.drop_column("signing_keys", "wrapped")
    op.drop_column("signing_keys", "key_id")
