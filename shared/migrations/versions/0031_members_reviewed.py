"""Members that were posted one by one are looked at by findings; a look at all is ordered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.kernel.clock import SystemClock
from shared.messages import MONEY_REVIEW_DUE, chunks
from shared.messaging.message import Message, encode

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_HOUSEHOLDS = "SELECT DISTINCT household_id FROM members WHERE household_id IS NOT NULL"


def upgrade() -> None:
    """Order a look at the households of these members."""
    op.execute(
        f"INSERT INTO households (household_id, folded_through) "
        f"SELECT household_id, '-infinity'::timestamptz FROM ({_HOUSEHOLDS}) m "
        "ON CONFLICT DO NOTHING"
    )
    # The receipts of these facts said `processed`, and go on to.
    op.execute(
        f"INSERT INTO reviewed_subjects (subject, reviewed_through) "
        f"SELECT 'household:' || m.household_id, k.at FROM ({_HOUSEHOLDS}) m "
        "CROSS JOIN knowledge_clock k ON CONFLICT DO NOTHING"
    )
    _wake(op.get_bind())


def _wake(bind) -> None:
    ids = bind.execute(sa.text(f"{_HOUSEHOLDS} ORDER BY 1")).scalars()
    now = SystemClock().now()
    for chunk in chunks(list(ids)):
        data = {"fund_ids": [], "household_ids": list(chunk)}
        message = Message.new(MONEY_REVIEW_DUE, now, data)
        bind.execute(
            sa.text("INSERT INTO outbox (message_id, type, payload) VALUES (:id, :type, :payload)"),
            {"id": message.id, "type": message.type, "payload": encode(message).decode()},
        )


def downgrade() -> None:
    """Leave them: rows of households and subjects that nobody asks about do no harm."""
