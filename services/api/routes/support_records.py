"""Support without a run: what was given to households and in areas, and its totals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Any, NamedTuple
from uuid import UUID

from asyncpg import Record
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api import asking, funding
from services.api.examples import support_records as examples
from services.api.routes.funds import PROBLEMS
from services.api.schemas import support_records as schemas
from shared.areas.tree import AreaTree, Unit
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import FUNDS_READ, authorize
from shared.http.context import context_of
from shared.http.openapi import PlainRoute
from shared.http.parameters import KNOWN_AT, LIMIT, read, write_cursor
from shared.http.undeclared import operation
from shared.money.progress import unit_at
from shared.money.store import support_record_reads
from shared.money.store.support_record_reads import Asked

router = APIRouter(tags=["support records"], route_class=PlainRoute)

_AREA = parameters.text("Code of a unit, of whichever map; the support was given in it.")
_KIND = parameters.text("Only support of this kind.")
_LIST = {
    "fund": funding.FUND,
    "area": _AREA,
    "kind": _KIND,
    "program": funding.PROGRAM,
    "household": parameters.text("Only support of the household with this id."),
    "from_date": parameters.day("Only support on this day or later."),
    "to_date": parameters.day("Only support on this day or earlier."),
    "known_at": KNOWN_AT,
    "cursor": parameters.cursor(date.fromisoformat, UUID),
    "limit": LIMIT,
}


@router.get(
    "/v1/support-records",
    **operation(
        "Support records",
        "The latest revision of every record that is not withdrawn, by day.",
        model=schemas.SupportRecords,
        example=examples.RECORDS,
        parameters=_LIST,
        problems=("unknown_area", *PROBLEMS),
        scope=FUNDS_READ,
    ),
)
async def many(request: Request) -> Response:
    """Answer a page of support."""
    context, caller = context_of(request), authorize(request, FUNDS_READ)
    asked = read(request, _LIST)
    known_at, limit, tree = asked["known_at"], asked["limit"], await context.areas.tree()
    wanted = Asked(
        fund_id=asked["fund"],
        kind=asked["kind"],
        program=asked["program"],
        household_id=asked["household"],
        from_date=asked["from_date"],
        to_date=asked["to_date"],
        areas=funding.holders(tree, caller, asked["area"], context.clock.today()),
    )
    async with asking.reading(context, known_at) as (snapshot, settled):
        rows = await support_record_reads.page(
            snapshot, known_at, wanted, asked["cursor"], limit + 1
        )
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else write_cursor([last["on_date"], last["event_id"]])
    body = {"items": [_shown(tree, row) for row in rows[:limit]], "next_cursor": following}
    return answer(request, body, asking.echoes(None, known_at, settled), private=True)


def _shown(tree: AreaTree, row: Record) -> dict[str, Any]:
    origin = ("event_id", "source", "external_id", "revision", "program", "kind", "content")
    names = ("unit", "amount_vnd", "fund_id", "household_id", "recorded_at")
    place = None if row["place"] is None else unit_at(tree, row["place"], row["on_date"])
    return {
        **{name: row[name] for name in origin},
        "quantity": exact(row["quantity"]),
        **{name: row[name] for name in names},
        "area": None if place is None else funding.area(tree, place.area_id),
        "on": row["on_date"],
    }


def exact(number: Decimal) -> int | str:
    """Return a number exactly: an integer when whole, else a decimal as text.

    >>> exact(Decimal("12.00")), exact(Decimal("0.0450"))
    (12, '0.045')
    """
    if number == number.to_integral_value():
        return int(number)
    return format(number.normalize(), "f")


_TOTALS = {
    "area": _AREA,
    "level": funding.LEVEL.but(
        default="province",
        description="Sum up to units of this level, each on the map of the day; where a map has "
        "none, the next one above. Default province.",
    ),
    "year": funding.whole("Only support of this year.", funding.YEAR_MIN, funding.YEAR_MAX),
    "kind": _KIND,
    "program": funding.PROGRAM,
    "known_at": KNOWN_AT,
    "cursor": parameters.cursor(*[parameters.short_text] * 5),
    "limit": LIMIT,
}


class _Key(NamedTuple):
    """The order of the sums; the unit is one of its map, by code and first day."""

    kind: str
    unit: str
    area: str
    area_from: str
    year: str


@router.get(
    "/v1/support-records/totals",
    **operation(
        "Totals of support",
        "Sums by kind, unit, area and year. Quantities are exact: an integer when whole, else a "
        "decimal as text. A household's support counts where it lived on the day.",
        model=schemas.SupportTotals,
        example=examples.TOTALS,
        parameters=_TOTALS,
        problems=("unknown_area", *PROBLEMS),
        scope=FUNDS_READ,
    ),
)
async def totals(request: Request) -> Response:
    """Answer a page of sums."""
    context, caller = context_of(request), authorize(request, FUNDS_READ)
    asked = read(request, _TOTALS)
    known_at, limit, tree = asked["known_at"], asked["limit"], await context.areas.tree()
    year, starts = asked["year"], sorted({unit.valid_from for unit in tree.units})
    wanted = Asked(
        kind=asked["kind"],
        program=asked["program"],
        from_date=None if year is None else date(year, 1, 1),
        to_date=None if year is None else date(year, 12, 31),
        areas=funding.holders(tree, caller, asked["area"], context.clock.today()),
    )
    async with asking.reading(context, known_at) as (snapshot, settled):
        rows = await support_record_reads.totals(snapshot, known_at, wanted, starts)
    sums = _by_unit(tree, starts, rows, asked["level"])
    after = _Key(*asked["cursor"]) if asked["cursor"] else None
    places = [key for key in sorted(sums) if after is None or key > after]
    following = write_cursor(places[limit - 1]) if len(places) > limit else None
    body = {
        "items": [_total(tree, key, sums[key]) for key in places[:limit]],
        "totals": _by_kind(rows),
        "next_cursor": following,
    }
    return answer(request, body, asking.echoes(None, known_at, settled))


@dataclass
class _Sum:
    """One sum as it grows; `amount` stays None until a record states money."""

    unit: Unit | None = None
    records: int = 0
    quantity: Decimal = Decimal(0)
    amount: int | None = None

    def add(self, row: Record) -> None:
        self.records += row["records"]
        # A decimal of PostgreSQL has more digits than the usual context keeps.
        self.quantity = _EXACT.add(self.quantity, row["quantity"])
        if row["amount_vnd"] is not None:
            self.amount = (self.amount or 0) + row["amount_vnd"]

    def shown(self, kind: str, unit: str) -> dict[str, Any]:
        quantity = exact(self.quantity)
        counted = {"records": self.records, "quantity": quantity, "amount_vnd": self.amount}
        return {"kind": kind, "unit": unit, **counted}


_EXACT = Context(prec=200)


def _by_unit(
    tree: AreaTree, starts: Sequence[date], rows: Iterable[Record], level: str
) -> dict[_Key, _Sum]:
    found: dict[_Key, _Sum] = {}
    for row in rows:
        unit = None
        if row["place"] is not None:
            unit = unit_at(tree, row["place"], starts[row["map"] - 1], level)
        place = ("", "") if unit is None else (unit.code, unit.valid_from.isoformat())
        key = _Key(row["kind"], row["unit"], *place, str(row["year"]))
        found.setdefault(key, _Sum(unit)).add(row)
    return found


def _by_kind(rows: Iterable[Record]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], _Sum] = {}
    for row in rows:
        found.setdefault((row["kind"], row["unit"]), _Sum()).add(row)
    return [found[key].shown(*key) for key in sorted(found)]


def _total(tree: AreaTree, key: _Key, total: _Sum) -> dict[str, Any]:
    area = None if total.unit is None else funding.area(tree, total.unit.area_id)
    return {**total.shown(key.kind, key.unit), "area": area, "year": int(key.year)}
