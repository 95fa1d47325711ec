"""What every route does before it asks the store: which instant, which communes, which caller."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from starlette.requests import Request

from shared.areas.reach import granted, on_day
from shared.areas.tree import AreaTree, Unit
from shared.http.auth import Caller
from shared.http.context import Context
from shared.http.problems import Problem, not_found
from shared.kernel import knowledge
from shared.kernel.database import Snapshot
from shared.kernel.errors import UnknownArea
from shared.law.standards import Policy

_HOUSEHOLD_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@asynccontextmanager
async def reading(
    context: Context, known_at: datetime | None
) -> AsyncIterator[tuple[Snapshot, datetime]]:
    """Give one snapshot and its settled instant; an unsettled `known_at` is refused first."""
    settled = await settled_at(context, known_at)
    async with context.database.snapshot() as snapshot:
        yield snapshot, settled or await knowledge.settled(snapshot)


async def settled_at(context: Context, known_at: datetime | None) -> datetime | None:
    """Return the watermark if `known_at` is given and settled, None if it is absent."""
    if known_at is None:
        return None
    return await knowledge.check_settled(context.database, known_at)


def echoes(as_of: date | None, known_at: datetime | None, settled: datetime) -> dict[str, Any]:
    """Return the clock echoes of an answer, which its ETag leaves out."""
    clock: dict[str, Any] = {} if as_of is None else {"as_of": as_of}
    return {**clock, "known_at": known_at, "settled_at": settled}


async def policy_known(context: Context, known_at: datetime | None) -> Policy:
    """Return the law in force, or the one that was known at an instant."""
    if known_at is None:
        return await context.policy.current()
    return await context.policy.at(known_at)


def household_of(request: Request) -> str:
    """Return the household id of the path; one that cannot exist is simply not known."""
    household_id: str = request.path_params["household_id"]
    if not _HOUSEHOLD_ID.fullmatch(household_id):
        raise unknown_household()
    return household_id


def unknown_household() -> Problem:
    """Return the one answer for households that do not exist or may not be seen."""
    return not_found("unknown_household", "no such household is known")


async def check_visible(context: Context, caller: Caller, area_id: int | None, day: date) -> None:
    """Refuse, as if it did not exist, a household outside the caller's area."""
    if not caller.nationwide:
        reach = granted(await context.areas.tree(), caller.area, day)
        if reach is not None and area_id not in reach:
            raise unknown_household()


def within(tree: AreaTree, caller: Caller, unit: Unit, day: date) -> list[int] | None:
    """Return the communes of `unit` on `day` (None: all); `unknown_area` outside the caller's."""
    asked, reach = on_day(tree, unit, day), granted(tree, caller.area, day)
    if reach is not None and (not asked or not asked <= reach):
        raise UnknownArea(unit.code)
    return None if asked is None else sorted(asked)


def reached(tree: AreaTree, caller: Caller, code: str | None, day: date) -> list[int] | None:
    """Return the communes that a list about `day` may show: asked for, and the caller's."""
    if code is not None:
        return within(tree, caller, tree.on(code, day), day)
    reach = granted(tree, caller.area, day)
    return None if reach is None else sorted(reach)
