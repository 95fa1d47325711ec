"""Support without a run: what was given to households and in areas, and its totals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Annotated, NamedTuple
from uuid import UUID

from msgspec import Meta, Struct

from services.api.money.held import reach_of
from services.api.money.sums import YEAR_MAX, YEAR_MIN, OfFund, OfProgram
from services.api.words import EventId, ExternalId, NextCursor, Revision, Source, Unit
from shared.access.caller import FUNDS_READ
from shared.areas import tree
from shared.areas.tree import AreaTree, Level
from shared.http import parameters
from shared.http.ask import Ask, Known, from_row
from shared.http.operations import Routes
from shared.http.problems import UNKNOWN_AREA
from shared.http.schemas import Instant
from shared.money.progress import unit_at
from shared.money.store import support_records
from shared.money.store.support_records import Support, SupportFilter, SupportSum

routes = Routes("money")

GivenIn = Annotated[
    str | None,
    parameters.text("Code of a unit, of whichever map; the support was given in it."),
]
OfKind = Annotated[str | None, parameters.text("Only support of this kind.")]

Kind = Annotated[str, Meta(description="Kind of support; `/v1/support-kinds` has them.")]
CountedIn = Annotated[str, Meta(description="What the quantity counts, such as `house`.")]
Quantity = Annotated[
    int | str, Meta(description="Exact: an integer when whole, else a decimal as text.")
]
AmountIfStated = Annotated[int | None, Meta(description="Đồng; null where no record states money.")]


class SupportRecord(Struct, frozen=True):
    """Support as last posted."""

    event_id: EventId
    source: Source
    external_id: ExternalId
    revision: Revision
    program: Annotated[str | None, Meta(description="Id of the programme, if stated.")]
    kind: Kind
    content: Annotated[
        str | None, Meta(description="What it supports, if an allocation rule supports it too.")
    ]
    quantity: Quantity
    unit: CountedIn
    amount_vnd: AmountIfStated
    fund_id: Annotated[str | None, Meta(description="The fund that it was paid from, if stated.")]
    household_id: Annotated[str | None, Meta(description="Who received it; null: an area did.")]
    recorded_at: Annotated[Instant, Meta(description="When this revision was committed.")]
    area: Annotated[
        Unit | None, Meta(description="Of a household: where it lived on the day, if known.")
    ]
    on: Annotated[date, Meta(description="The day on which it was given.")]


class SupportRecords(Struct, frozen=True):
    """A page of support."""

    items: Annotated[list[SupportRecord], Meta(description="In order of days.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/support-records",
    scope=FUNDS_READ,
    clock=Known,
    cursor=[date.fromisoformat, UUID],
    problems=[UNKNOWN_AREA],
    private=True,
)
async def list_support_records(
    ask: Ask,
    fund: OfFund = None,
    area: GivenIn = None,
    kind: OfKind = None,
    program: OfProgram = None,
    household: Annotated[
        str | None, parameters.text("Only support of the household with this id.")
    ] = None,
    from_date: Annotated[date | None, parameters.day("Only support on this day or later.")] = None,
    to_date: Annotated[date | None, parameters.day("Only support on this day or earlier.")] = None,
) -> SupportRecords:
    """Support records.

    The latest revision of every record that is not withdrawn, by day.
    """
    units, page, reach = await ask.tree(), ask.page, await reach_of(ask, area)
    matching = SupportFilter(fund, kind, program, household, from_date, to_date, reach)
    async with ask.snapshot() as snapshot:
        rows = await support_records.list_support_records(
            snapshot, ask.known_at, matching, page.after, page.fetch
        )
    shown, next_cursor = page.cut(rows, lambda row: [row.on, row.event_id])
    return SupportRecords([_record(units, row) for row in shown], next_cursor)


def _record(units: AreaTree, row: Support) -> SupportRecord:
    place = None if row.area_id is None else unit_at(units, row.area_id, row.on)
    area = None if place is None else Unit.of(place)
    return from_row(SupportRecord, row, quantity=exact(row.quantity), area=area)


def exact(number: Decimal) -> int | str:
    """Return a number exactly: an integer when whole, else a decimal as text.

    >>> exact(Decimal("12.00")), exact(Decimal("0.0450"))
    (12, '0.045')
    """
    if number == number.to_integral_value():
        return int(number)
    return format(number.normalize(), "f")


class KindTotal(Struct, frozen=True):
    """Support of one kind in one unit of measure."""

    kind: Kind
    unit: CountedIn
    records: Annotated[int, Meta(description="How many records it is the sum of.")]
    quantity: Quantity
    amount_vnd: AmountIfStated


class SupportTotal(KindTotal, frozen=True):
    """Support of one kind and unit in one area and year."""

    area: Annotated[Unit | None, Meta(description="Where it was given; null: not known.")]
    year: Annotated[int, Meta(description="The year in which it was given.")]


class SupportTotals(Struct, frozen=True):
    """A page of sums."""

    items: Annotated[list[SupportTotal], Meta(description="By kind, unit, area and year.")]
    totals: Annotated[list[KindTotal], Meta(description="By kind and unit, over all pages.")]
    next_cursor: NextCursor


class _Key(NamedTuple):
    """The order of the sums; the unit is one of its map, by code and first day."""

    kind: str
    unit: str
    area: str
    area_from: str
    year: str


@routes.get(
    "/v1/support-records/totals",
    scope=FUNDS_READ,
    heavy=True,
    clock=Known,
    cursor=[parameters.short_text] * 5,
    problems=[UNKNOWN_AREA],
)
async def list_support_totals(
    ask: Ask,
    area: GivenIn = None,
    level: Annotated[
        Level,
        parameters.choice(
            Level,
            "Sum up to units of this level, each on the map of the day; where a map has none, the "
            "next one above.",
        ).but(default="province"),
    ] = "province",
    year: Annotated[
        int | None, parameters.whole("Only support of this year.", YEAR_MIN, YEAR_MAX)
    ] = None,
    kind: OfKind = None,
    program: OfProgram = None,
) -> SupportTotals:
    """Totals of support.

    Sums by kind, unit, area and year. Quantities are exact: an integer when whole, else a decimal
    as text. A household's support counts where it lived on the day.
    """
    units, page = await ask.tree(), ask.page
    starts = sorted({unit.valid_from for unit in units.units})
    matching = SupportFilter(
        kind=kind,
        program=program,
        from_date=None if year is None else date(year, 1, 1),
        to_date=None if year is None else date(year, 12, 31),
        areas=await reach_of(ask, area),
    )
    async with ask.snapshot() as snapshot:
        rows = await support_records.totals(snapshot, ask.known_at, matching, starts)
    sums = _by_unit(units, starts, rows, level)
    after = _Key(*page.after) if page.after else None
    shown, next_cursor = page.cut(
        [key for key in sorted(sums) if after is None or key > after], lambda key: key
    )
    return SupportTotals([sums[key].total(key) for key in shown], _by_kind(rows), next_cursor)


@dataclass
class _Sum:
    """One sum as it grows; `amount` stays None until a record states money."""

    unit: tree.Unit | None = None
    records: int = 0
    quantity: Decimal = Decimal(0)
    amount: int | None = None

    def add(self, row: SupportSum) -> None:
        self.records += row.records
        # A decimal of PostgreSQL has more digits than the usual context keeps.
        self.quantity = _EXACT.add(self.quantity, row.quantity)
        if row.amount_vnd is not None:
            self.amount = (self.amount or 0) + row.amount_vnd

    def of_kind(self, kind: str, unit: str) -> KindTotal:
        return KindTotal(kind, unit, self.records, exact(self.quantity), self.amount)

    def total(self, key: _Key) -> SupportTotal:
        area = None if self.unit is None else Unit.of(self.unit)
        whole = self.of_kind(key.kind, key.unit)
        return from_row(SupportTotal, whole, area=area, year=int(key.year))


_EXACT = Context(prec=200)


def _by_unit(
    units: AreaTree, starts: Sequence[date], rows: Iterable[SupportSum], level: Level
) -> dict[_Key, _Sum]:
    sums: dict[_Key, _Sum] = {}
    for row in rows:
        unit = None
        if row.area_id is not None:
            unit = unit_at(units, row.area_id, starts[row.map - 1], level)
        place = ("", "") if unit is None else (unit.code, unit.valid_from.isoformat())
        key = _Key(row.kind, row.unit, *place, str(row.year))
        sums.setdefault(key, _Sum(unit)).add(row)
    return sums


def _by_kind(rows: Iterable[SupportSum]) -> list[KindTotal]:
    sums: dict[tuple[str, str], _Sum] = {}
    for row in rows:
        sums.setdefault((row.kind, row.unit), _Sum()).add(row)
    return [sums[key].of_kind(*key) for key in sorted(sums)]
