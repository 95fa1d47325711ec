"""Households that are due for another reason than a new fact: a day that began, or a new law."""

from __future__ import annotations

from datetime import datetime

from shared.households.store import announcements, exit_notices
from shared.households.store.households import LAW_LOADED
from shared.kernel.database import Snapshot
from shared.kernel.reconciliation import Late, not_aside
from shared.law.store.seeds import POLICY, SeedCache

_NOT_ASIDE = not_aside("h.household_id")


async def by_day(
    snapshot: Snapshot, since: datetime | None, until: datetime, limit: int
) -> list[Late]:
    """Return those whose change of status fell on a day that was announced, and was not told."""
    rows = await snapshot.fetch(
        f"""
        SELECT DISTINCT h.household_id, a.announced_through::timestamptz
        FROM announcements a JOIN episodes h ON h.due_on <= a.announced_through
        WHERE h.known_to IS NULL AND {_NOT_ASIDE} ORDER BY h.household_id LIMIT $1
        """,
        limit,
    )
    return [Late(*row) for row in rows]


async def by_window(
    seeds: SeedCache, snapshot: Snapshot, since: datetime | None, until: datetime, limit: int
) -> list[Late]:
    """Return those with an exit window that was to be told of by the announced day, and was not."""
    announced = await announcements.peek(snapshot)
    policy = await seeds.read(snapshot, POLICY)
    ids = await exit_notices.due(snapshot, announced, policy.exit_window_notice_days, limit)
    rows = await snapshot.fetch(
        f"""
        SELECT h.household_id, a.announced_through::timestamptz
        FROM announcements a CROSS JOIN unnest($1::text[]) AS h (household_id)
        WHERE {_NOT_ASIDE}
        """,
        ids,
    )
    return [Late(*row) for row in rows]


async def by_law(
    snapshot: Snapshot, since: datetime | None, until: datetime, limit: int
) -> list[Late]:
    """Return those not folded since law or areas were last loaded, if that was after `since`."""
    rows = await snapshot.fetch(
        f"""
        WITH law AS ({LAW_LOADED})
        SELECT h.household_id, law.at
        FROM law JOIN households h
            -- A name that only money knows was locked and never folded: law judges nothing of it.
            ON h.folded_through < law.at AND h.folded_through > '-infinity'
        WHERE law.at > coalesce($1, '-infinity'::timestamptz) AND law.at <= $2 AND {_NOT_ASIDE}
        ORDER BY h.household_id LIMIT $3
        """,
        since,
        until,
        limit,
    )
    return [Late(*row) for row in rows]
