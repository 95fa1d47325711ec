"""An order: a list with both clocks set, checked by what the list itself refuses."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from services.api.exports.answers import EXPORTED
from services.api.exports.questions import Pages, read_address
from shared.exports.export import Export, Format
from shared.http.ask import Ask
from shared.http.audit import concern, named_in
from shared.http.problems import forbidden
from shared.kernel import knowledge


async def order_of(ask: Ask, question: str, form: Format) -> Export:
    """Return what is to be made for a caller; refuse what it may not ask, or nobody can."""
    now, context = ask.context.clock.now(), ask.context
    asked = read_address(question)
    scope = asked.listing.question.scope
    if scope is None or scope not in ask.caller.scopes:
        raise forbidden(scope or EXPORTED[0])
    settled = await _settled(ask, asked.given["known_at"])
    await Pages(asked, context, ask.caller).check()
    concern(ask.request, named_in(asked.in_path))
    settled_question, known_at = asked.settled(context, settled)
    return Export(
        uuid4(),
        ask.caller,
        scope,
        settled_question,
        form,
        known_at,
        state="waiting",
        attempts=0,
        rows=0,
        size=0,
        digest=None,
        fault=None,
        created_at=now,
        ended_at=None,
        expires_at=now + timedelta(hours=context.settings.export_hours),
    )


async def _settled(ask: Ask, known_at: datetime | None) -> datetime:
    """Return the instant that is settled now; refuse a `known_at` that is not."""
    if known_at is not None:
        return await knowledge.check_settled(ask.context.database, known_at)
    async with ask.context.database.statement() as snapshot:
        return await knowledge.settled(snapshot)
