"""Central and local money of an area side by side, by year, with a forecast to the year's end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

from services.api.areas.areas import Code
from services.api.money import counterparts
from services.api.money.held import reach_of
from services.api.money.progress import Stalled
from services.api.money.sums import (
    STALLED_AFTER,
    YEAR_MAX,
    YEAR_MIN,
    Amount,
    Money,
    MoneyRates,
    NotMovedFor,
    OfComponent,
    OfProgram,
    amounts,
)
from shared.access.caller import FUNDS_READ
from shared.http import parameters
from shared.http.ask import Ask, OnDay
from shared.http.operations import Routes
from shared.http.problems import UNKNOWN_AREA
from shared.kernel.texts import Text
from shared.law.allocation_rules import Rules
from shared.law.percent import Rate, rate
from shared.money.fund_forecast import Forecast, Pace, Remark, YearMoney, forecast
from shared.money.sentences import FORECAST_HOW, FORECAST_REMARKS, NOTHING_MOVED, RATIO_UNKNOWN
from shared.money.store import fund_scenario as store
from shared.money.store.fund_reads import FundFilter, FundingSource
from shared.money.store.fund_scenario import DayMoved, ProgramMoney, Until, YearSource

routes = Routes("money")

# These two stand beside each other, also where one of them is not known.
_ALWAYS: tuple[FundingSource, ...] = ("central", "local")

ReasonCode = Literal[Remark, "nothing_moved", "ratio_unknown"]
Moved = Mapping[FundingSource, Mapping[int, Mapping[date, int]]]


class MoneyReason(Struct, frozen=True):
    """Why a value is null, or what it rests on."""

    code: Annotated[ReasonCode, Meta(description="The reason; stable, branch on it.")]
    text_en: Annotated[str, Meta(description="In English.")]
    text_vi: Annotated[str, Meta(description="In Vietnamese.")]


class SourceMoney(Money, frozen=True):
    """The money of one source in one year, as it stood on the day."""

    funding_source: Annotated[FundingSource, Meta(description="Who gives it.")]
    funds: Annotated[int, Meta(description="How many funds; 0: none was posted.")]
    amount_vnd: Amount
    rates: Annotated[MoneyRates, Meta(description="What was allocated, and paid of that.")]
    last_movement_on: Annotated[
        date | None, Meta(description="Last day of a payment or return; null: none by the day.")
    ]
    days_since_movement: Annotated[
        int | None, Meta(description="Days from `last_movement_on` to `on`.")
    ]
    stalled: Annotated[Stalled, Meta(description="What stands still.")]
    reasons: Annotated[list[MoneyReason], Meta(description="Why something is null or 0.")]


class YearCounterpart(Struct, frozen=True):
    """The local money that the law asks for beside a programme's central money of one year."""

    program: Annotated[str, Meta(description="Id of the programme.")]
    rule: Annotated[str | None, Meta(description="Id of the rule that asks for it.")]
    legal_basis: Annotated[list[str], Meta(description="The articles of law that ask for it.")]
    percent: Annotated[
        str | None,
        Meta(description="Percent of the central money, a decimal as text; null: see `reasons`."),
    ]
    central_vnd: Annotated[int, Meta(description="Central đồng of the year.")]
    required_vnd: Annotated[int | None, Meta(description="Local đồng that are asked for.")]
    provided_vnd: Annotated[int, Meta(description="Local đồng of the year.")]
    missing_vnd: Annotated[int | None, Meta(description="Required less provided, or 0.")]
    reasons: Annotated[list[MoneyReason], Meta(description="Why something is null.")]


class YearSources(Struct, frozen=True):
    """The money of one year's funds by source."""

    year: Annotated[int, Meta(description="The year of the funds.")]
    sources: Annotated[
        list[SourceMoney],
        Meta(description="Central and local always; mobilised where it was posted."),
    ]
    counterparts: Annotated[
        list[YearCounterpart],
        Meta(description="What the law asks of local budgets, by programme that it asks for."),
    ]
    local_share: Annotated[
        Rate | None, Meta(description="Local amount, of the central one; null: no central money.")
    ]


class PacedMoney(Struct, frozen=True):
    """What one pace leads to."""

    pace: Annotated[Pace, Meta(description="Whose pace.")]
    year: Annotated[int | None, Meta(description="Which earlier year's; else null.")]
    net_paid_vnd: Annotated[int, Meta(description="Net đồng paid by the year's end, at this pace.")]


class SourceForecast(Struct, frozen=True):
    """Net payment of the asked year's money by the last day of that year."""

    funding_source: Annotated[FundingSource, Meta(description="Who gives it.")]
    low_vnd: Annotated[int | None, Meta(description="The least in đồng; null: see `reasons`.")]
    high_vnd: Annotated[int | None, Meta(description="The most in đồng; null: see `reasons`.")]
    paces: Annotated[list[PacedMoney], Meta(description="What the range is made of.")]
    reasons: Annotated[list[MoneyReason], Meta(description="What is missing or limits it.")]


class FundScenario(Struct, frozen=True):
    """An area's money by year and source, and what will be paid by the year's end."""

    area_code: Annotated[str, Meta(description="Code of the unit, as asked.")]
    year: Annotated[int, Meta(description="The year that is forecast.")]
    on: Annotated[
        date, Meta(description="The day it looks from: `as_of`, or today or that of `known_at`.")
    ]
    years: Annotated[list[YearSources], Meta(description="Up to the asked year; it is the last.")]
    forecasts: Annotated[list[SourceForecast], Meta(description="Of the asked year, by source.")]
    how_en: Annotated[str, Meta(description="How the forecast is made, in English.")]
    how_vi: Annotated[str, Meta(description="How the forecast is made, in Vietnamese.")]


@routes.get(
    "/v1/areas/{code}/fund-scenario",
    scope=FUNDS_READ,
    heavy=True,
    clock=OnDay,
    problems=[UNKNOWN_AREA],
)
async def get_fund_scenario(
    ask: Ask,
    code: Code,
    year: Annotated[
        int, parameters.whole("Year of the funds that are forecast.", YEAR_MIN, YEAR_MAX)
    ],
    program: OfProgram = None,
    component: OfComponent = None,
    not_moved_for: NotMovedFor = STALLED_AFTER,
) -> FundScenario:
    """Scenario of funds.

    Of funds held in an area (by a code of whichever map) and decided by the day, year by year:
    local money beside central, what is allocated, paid, returned and stands still, and between
    which bounds the asked year's money will be paid by that year's end. What a fund passed on to
    another of its year and source counts once. Beside them the counterpart that the law asks of
    local budgets, where its ratio is known.
    """
    rules = await counterparts.law(ask)
    until = Until(min(ask.as_of, ask.known_on), year)
    wanted = FundFilter(program=program, component=component, holders=await reach_of(ask, code))
    async with ask.snapshot() as snapshot:
        rows = await store.by_year(snapshot, ask.known_at, wanted, until, not_moved_for)
        programs = await store.by_program(snapshot, ask.known_at, wanted, until)
        moved = _moved(await store.by_day(snapshot, ask.known_at, wanted, until))
    known = {(row.year, row.funding_source): row for row in rows}
    sources = [s for s in get_args(FundingSource) if s in _ALWAYS or (year, s) in known]
    return FundScenario(
        area_code=code,
        year=year,
        on=until.on,
        years=[
            _year(each, known, moved, until.on, not_moved_for, _counterparts(each, programs, rules))
            for each in sorted({year, *(row.year for row in rows)})
        ],
        forecasts=[_forecast(source, until, rows, moved) for source in sources],
        how_en=FORECAST_HOW.en,
        how_vi=FORECAST_HOW.vi,
    )


def _moved(rows: Iterable[DayMoved]) -> Moved:
    moved: dict[FundingSource, dict[int, dict[date, int]]] = {}
    for row in rows:
        years = moved.setdefault(row.funding_source, {})
        years.setdefault(row.year, {})[row.paid_on] = row.net_paid
    return moved


def _year(
    year: int,
    known: Mapping[tuple[int, FundingSource], YearSource],
    moved: Moved,
    on: date,
    not_moved_for: int,
    asked: list[YearCounterpart],
) -> YearSources:
    nothing = {source: YearSource(year, source, *[0] * 7) for source in _ALWAYS}
    of_year = {s: row for (each, s), row in known.items() if each == year}
    rows = nothing | of_year
    sources = []
    for source, row in rows.items():
        last = max(moved.get(source, {}).get(year, ()), default=None)
        sources.append(_source(row, last, on, not_moved_for))
    share = rate(rows["local"].amount_vnd, rows["central"].amount_vnd)
    return YearSources(year, sources, asked, share)


def _counterparts(
    year: int, programs: Sequence[ProgramMoney], rules: Rules | None
) -> list[YearCounterpart]:
    """Return what the law asks for beside each programme's central money."""
    found = []
    for each in programs:
        if rules is None or each.year != year or not each.central:
            continue
        share = counterparts.by_law(each.program, year, each.central, rules)
        if share is not None:
            found.append(_counterpart(each, *share))
    return found


def _counterpart(
    money: ProgramMoney,
    rule: str | None,
    percent: str | None,
    legal_basis: list[str],
    required: int | None,
) -> YearCounterpart:
    unknown = [] if percent else [_reason("ratio_unknown", RATIO_UNKNOWN)]
    missing = None if required is None else max(required - money.local, 0)
    return YearCounterpart(
        money.program,
        rule,
        legal_basis,
        percent,
        money.central,
        required,
        money.local,
        missing,
        unknown,
    )


def _source(row: YearSource, last: date | None, on: date, not_moved_for: int) -> SourceMoney:
    if not row.funds:
        reasons = [_reason("no_fund", FORECAST_REMARKS["no_fund"])]
    else:
        reasons = [] if last else [_reason("nothing_moved", NOTHING_MOVED)]
    return SourceMoney(
        **amounts(row.sums),
        funding_source=row.funding_source,
        funds=row.funds,
        amount_vnd=row.amount_vnd,
        rates=MoneyRates.of_amount(row.amount_vnd, row.sums),
        last_movement_on=last,
        days_since_movement=None if last is None else (on - last).days,
        stalled=Stalled(not_moved_for, row.stalled_lines, row.stalled_vnd),
        reasons=reasons,
    )


def _forecast(
    source: FundingSource, until: Until, rows: Sequence[YearSource], moved: Moved
) -> SourceForecast:
    by_year = {
        row.year: YearMoney(row.amount_vnd, moved.get(source, {}).get(row.year, {}))
        for row in rows
        if row.funding_source == source
    }
    return _shown(source, forecast(until.year, until.on, by_year))


def _shown(source: FundingSource, made: Forecast) -> SourceForecast:
    return SourceForecast(
        source,
        made.low,
        made.high,
        [PacedMoney(each.pace, each.year, each.net_paid) for each in made.paces],
        [_reason(code, FORECAST_REMARKS[code]) for code in made.remarks],
    )


def _reason(code: ReasonCode, text: Text) -> MoneyReason:
    return MoneyReason(code, *text)
