"""Ethnic groups by the names of the state's list: one group, one spelling, in what is stored too.

What was answered stays as it was answered: the events are folded, and the households that they
concern are due, so that workers write the difference from now on.
"""

from __future__ import annotations

from hashlib import sha256

import orjson
import sqlalchemy as sa
import yaml
from alembic import op

from shared.kernel.clock import SystemClock
from shared.kernel.errors import DomainError
from shared.law.ethnic_groups import read_ethnic_groups
from shared.law.store.files import ROOT
from shared.messages import HOUSEHOLDS_DUE, chunks
from shared.messaging.message import Message, encode

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MEMBERS = """
    SELECT coalesce(jsonb_agg(m.member ORDER BY m.position), '[]') FROM household_members m
    WHERE m.event_id = e.event_id"""


def upgrade() -> None:
    """Fold what is stored; a text that names no group stays, for nobody knows what was meant."""
    fold(op.get_bind())


def fold(bind) -> None:
    groups = read_ethnic_groups(
        yaml.safe_load((ROOT / "policy" / "ethnic_groups.yaml").read_text("utf-8"))
    )
    texts = bind.execute(
        sa.text("SELECT DISTINCT payload ->> 'ethnic_group' FROM household_events")
    ).scalars()
    names = {text: name for text in texts if (name := _name(groups, text)) not in (None, text)}
    due = set()
    for text, name in names.items():
        rows = bind.execute(
            sa.text(
                "SELECT e.event_id, e.household_id, e.payload, e.content_hash, "
                f"({_MEMBERS}) AS members FROM household_events e "
                "WHERE e.payload ->> 'ethnic_group' = :text"
            ),
            {"text": text},
        ).all()
        for row in rows:
            _fold_row(bind, row, name)
            due.add(row.household_id)
    _wake(bind, sorted(due - {None}))


def _name(groups, text):
    try:
        return None if text is None else groups.named(text)
    except DomainError:
        return None


def _fold_row(bind, row, name) -> None:
    """Fold one revision; sent again in either spelling, it is the duplicate that it was."""
    content = dict(row.payload) | ({"members": row.members} if row.members else {})
    known = _digest(content) == bytes(row.content_hash)
    digest = _digest(content | {"ethnic_group": name}) if known else bytes(row.content_hash)
    bind.execute(
        sa.text(
            "UPDATE household_events SET content_hash = :digest, "
            "payload = jsonb_set(payload, '{ethnic_group}', to_jsonb(CAST(:name AS text))) "
            "WHERE event_id = :event_id"
        ),
        {"digest": digest, "name": name, "event_id": row.event_id},
    )


def _digest(content) -> bytes:
    return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()


def _wake(bind, household_ids) -> None:
    now = SystemClock().now()
    for chunk in chunks(household_ids):
        message = Message.new(HOUSEHOLDS_DUE, now, {"household_ids": chunk})
        bind.execute(
            sa.text("INSERT INTO outbox (message_id, type, payload) VALUES (:id, :type, :payload)"),
            {"id": message.id, "type": message.type, "payload": encode(message).decode()},
        )
