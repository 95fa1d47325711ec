"""What the routes about money share: whose money a caller sees, which day, which parameters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from asyncpg import Record
from starlette.requests import Request

from services.api import views
from services.api.refusals import unknown_fund, unknown_run
from shared.areas.reach import ever, granted
from shared.areas.tree import AreaTree, Unit
from shared.http import parameters
from shared.http.auth import Caller
from shared.http.context import Context
from shared.http.parameters import Parameter, Refused
from shared.kernel.clock import VIETNAM
from shared.kernel.database import Snapshot
from shared.kernel.errors import UnknownArea
from shared.law.percent import Rate, rate
from shared.money.progress import LEVELS, Money
from shared.money.store import fund_reads, run_reads

SOURCES = ("central", "local", "mobilised")
YEAR_MIN, YEAR_MAX = 2011, 2100
LEVEL = parameters.choice(
    LEVELS,
    "Sum up to units of this level; a unit above it stands for itself, and where a map has no such "
    "level the next one above does. Default: the units of the lines themselves.",
)
AREA = parameters.text("Code of a unit, of whichever map; the holder is it or lies in it.")
PROGRAM = parameters.text("Only money of this programme, such as NTP-SPR-2021-2025.")
COMPONENT = parameters.text("Only money of this component, such as P5.")
SOURCE = parameters.choice(SOURCES, "Only money from this source.")
FUND = parameters.text("Only of the fund with this id.")
RUN = parameters.text("Only of the allocation run with this id.")


def whole(description: str, least: int, most: int, default: int | None = None) -> Parameter:
    """Declare a parameter that takes a whole number."""

    def read_whole(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) <= 9):
            raise Refused("invalid_integer", "not a whole number")
        if not least <= int(text) <= most:
            raise Refused("out_of_range", f"numbers go from {least} to {most}")
        return int(text)

    schema: dict[str, Any] = {"type": "integer", "minimum": least, "maximum": most}
    if default is not None:
        schema["default"] = default
    return Parameter(read_whole, schema, description, default=default)


YEAR = whole("Only money of this year.", YEAR_MIN, YEAR_MAX)


def holders(tree: AreaTree, caller: Caller, code: str | None, today: date) -> list[int] | None:
    """Return the units whose money may be shown: in the unit asked for, and the caller's.

    None: all of them. A unit that reaches beyond the caller's area is `unknown_area`.
    """
    own = granted(tree, caller.area, today)
    if code is None:
        return inside(tree, own)
    asked = ever(tree, code)
    if own is not None and (not asked or not asked <= own):
        raise UnknownArea(code)
    return inside(tree, asked)


def inside(tree: AreaTree, communes: frozenset[int] | None) -> list[int] | None:
    """Return these communes and every unit above that consists of them alone."""
    if communes is None:
        return None
    above = (unit for unit in tree.units if unit.level != "commune")
    whole_ones = {u.area_id for u in above if (own := _last_members(tree, u)) and own <= communes}
    return sorted(communes | whole_ones)


def _last_members(tree: AreaTree, unit: Unit) -> frozenset[int]:
    last = date.max if unit.valid_to is None else unit.valid_to - timedelta(days=1)
    return tree.members(unit, last)


def today(context: Context, known_at: datetime | None) -> date:
    """Return the day from which an answer looks back: an old answer keeps that of its instant."""
    return context.clock.today() if known_at is None else day_of(known_at)


def day_of(instant: datetime) -> date:
    """Return the civil date in Viet Nam at an instant."""
    return instant.astimezone(VIETNAM).date()


async def fund_of(
    snapshot: Snapshot, request: Request, known_at: datetime | None, reach: Sequence[int] | None
) -> Record:
    """Return the fund of the path with its sums; `unknown_fund` also for one out of reach."""
    fund_id: str = request.path_params["fund_id"]
    found = None
    if _possible(fund_id):
        found = await fund_reads.find(snapshot, known_at, fund_id, reach)
    if found is None:
        raise unknown_fund()
    return found


async def run_of(
    snapshot: Snapshot, run_id: str, known_at: datetime | None, reach: Sequence[int] | None
) -> Record:
    """Return a run; `unknown_run` also for one whose fund is held out of reach."""
    found = None
    if _possible(run_id):
        found = await run_reads.find(snapshot, known_at, run_id, reach)
    if found is None:
        raise unknown_run()
    return found


def _possible(name: str) -> bool:
    """Say whether an id of a path can exist; PostgreSQL takes no NUL."""
    return name.isprintable() and len(name) <= parameters.TEXT_MAX


def area(tree: AreaTree, area_id: int | None) -> dict[str, Any] | None:
    """Show the unit that money was given to, as it was when it was given."""
    return None if area_id is None else views.unit(tree.by_id(area_id))


def money(sums: Money) -> dict[str, int]:
    """Show sums of allocated money."""
    return {
        "allocated_vnd": sums.allocated,
        "paid_vnd": sums.paid,
        "returned_vnd": sums.returned,
        "net_paid_vnd": sums.net_paid,
    }


def paid_rates(sums: Money) -> dict[str, Rate | None]:
    """Show what was paid of allocated money, and what came back of that."""
    return {
        "paid": rate(sums.paid, sums.allocated),
        "returned": rate(sums.returned, sums.paid),
        "net_paid": rate(sums.net_paid, sums.allocated),
    }


def rates(amount: int, sums: Money) -> dict[str, Rate | None]:
    """Show what was allocated of an amount, and what was paid of that."""
    return {"allocated": rate(sums.allocated, amount), **paid_rates(sums)}


def of_row(row: Record) -> Money:
    """Return the sums that a row holds."""
    return Money(row["allocated"], row["paid"], row["returned"])


def is_active(run: Record) -> bool:
    """Say whether a run holds money: committed, completed and not superseded."""
    held = run["state"] == "completed" and run["mode"] == "commit"
    return held and run["superseded_by"] is None


def line_of(row: Record) -> dict[str, Any]:
    """Show which line of which run a row is about: an area's, or a household's."""
    of_household = row["content"] is not None
    return {
        "run_id": row["run_id"],
        "fund_id": row["fund_id"],
        "line": row["line"],
        "area_code": None if of_household else row["line"],
        "household_id": row["line"] if of_household else None,
    }
