"""Areas are held against the register: more households in it than there are is a finding."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.kernel.clock import SystemClock
from shared.messages import AREAS_DUE, chunks
from shared.messaging.message import Message, encode

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Name the unit of each fact, and order a look at all that were posted."""
    op.add_column("area_facts", sa.Column("area_code", sa.Text(), nullable=True))
    op.execute("UPDATE area_facts SET area_code = payload ->> 'area_code' WHERE NOT withdrawn")
    op.create_index(op.f("ix_area_facts_code"), "area_facts", ["area_code"])
    # The receipts of these facts said `processed`, and go on to.
    op.execute(
        """
        INSERT INTO reviewed_subjects (subject, reviewed_through)
        SELECT DISTINCT 'area:' || f.area_code, k.at
        FROM area_facts f CROSS JOIN knowledge_clock k
        WHERE f.area_code IS NOT NULL ON CONFLICT DO NOTHING
        """
    )
    _wake(op.get_bind())


def _wake(bind) -> None:
    codes = bind.execute(
        sa.text("SELECT DISTINCT area_code FROM area_facts WHERE area_code IS NOT NULL ORDER BY 1")
    ).scalars()
    now = SystemClock().now()
    for chunk in chunks(list(codes)):
        message = Message.new(AREAS_DUE, now, {"area_codes": chunk})
        bind.execute(
            sa.text("INSERT INTO outbox (message_id, type, payload) VALUES (:id, :type, :payload)"),
            {"id": message.id, "type": message.type, "payload": encode(message).decode()},
        )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_index(op.f("ix_area_facts_code"), table_name="area_facts")
    op.drop_column("area_facts", "area_code")
