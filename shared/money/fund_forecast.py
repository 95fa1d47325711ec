"""What of a year's money will be paid by the year's end: by each pace that is known, as a range.

A pace is that of the days past, or that of the same days of an earlier year. All in whole đồng,
rounded down.

Law: none (arithmetic).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Pace = Literal["year_so_far", "last_90_days", "earlier_year"]
Remark = Literal[
    "no_fund",
    "year_not_begun",
    "year_over",
    "nothing_moved_this_year",
    "no_earlier_year",
    "no_pace",
    "one_pace",
    "limited_by_amount",
]

# Long enough that one payment is no pace, short enough to show that payments have stopped.
RECENT_DAYS = 90

# Net đồng by day of payment; what came back is negative.
Movements = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class YearMoney:
    """The money of a year's funds, and when it moved."""

    amount: int
    movements: Movements

    def net(self, until: date, since: date = date.min) -> int:
        """Return what was paid and did not come back from one day to another, both counted."""
        return sum(vnd for day, vnd in self.movements.items() if since <= day <= until)


@dataclass(frozen=True, slots=True)
class Paced:
    """What will be paid of the year's money by its end, at one pace; `year`: of an earlier year."""

    pace: Pace
    net_paid: int
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The least and the most of all paces; None: no pace is known, and `remarks` say why."""

    low: int | None = None
    high: int | None = None
    paces: tuple[Paced, ...] = ()
    remarks: tuple[Remark, ...] = ()


def forecast(year: int, on: date, by_year: Mapping[int, YearMoney]) -> Forecast:
    """Return what the money of a year will be at its end, looked at on a day."""
    money = by_year.get(year)
    if money is None:
        return Forecast(remarks=("no_fund",))
    first, last = date(year, 1, 1), date(year, 12, 31)
    if on < first:
        return Forecast(remarks=("year_not_begun",))
    if on >= last:
        paid = money.net(last)
        return Forecast(paid, paid, remarks=("year_over",))
    past, earlier = _days_past(money, first, on), _earlier(year, on, by_year)
    missing: list[Remark] = []
    if not past:
        missing.append("nothing_moved_this_year")
    if not earlier:
        missing.append("no_earlier_year")
    return _limited(money, on, [*past, *earlier], missing)


def _days_past(money: YearMoney, first: date, on: date) -> list[Paced]:
    """Go on as in the year so far and as of late; nothing moved yet is no pace."""
    if not any(first <= day <= on for day in money.movements):
        return []
    paid, days = money.net(on), (on - first).days + 1
    left = (date(first.year, 12, 31) - on).days
    paces = [Paced("year_so_far", paid + money.net(on, first) * left // days)]
    if days > RECENT_DAYS:
        recent = money.net(on, on - timedelta(days=RECENT_DAYS - 1))
        paces.append(Paced("last_90_days", paid + recent * left // RECENT_DAYS))
    return paces


def _earlier(year: int, on: date, by_year: Mapping[int, YearMoney]) -> list[Paced]:
    """Add the share of its amount that each earlier year moved between the same day and its end.

    A year of which no payment was ever posted says nothing.
    """
    paid, amount = by_year[year].net(on), by_year[year].amount
    paces = []
    for before, money in sorted(by_year.items()):
        if before < year and _told_to_its_end(before, on, money):
            more = _moved_after(on, before, money) * amount // money.amount
            paces.append(Paced("earlier_year", paid + more, before))
    return paces


def _told_to_its_end(year: int, on: date, money: YearMoney) -> bool:
    last = date(year, 12, 31)
    return last <= on and money.amount > 0 and any(day <= last for day in money.movements)


def _moved_after(on: date, year: int, money: YearMoney) -> int:
    # 29 February is the day before 1 March in every year.
    same = date(year, on.month, min(on.day, 28)) if on.month == 2 else on.replace(year=year)
    return money.net(date(year, 12, 31), same + timedelta(days=1))


def _limited(
    money: YearMoney, on: date, paces: Sequence[Paced], missing: Iterable[Remark]
) -> Forecast:
    """Keep each pace between nothing and the amount, or what is paid where that is more."""
    if not paces:
        return Forecast(remarks=(*missing, "no_pace"))
    most = max(money.amount, money.net(on))
    kept = tuple(Paced(p.pace, min(max(p.net_paid, 0), most), p.year) for p in paces)
    remarks = [*missing, *(("one_pace",) if len(paces) == 1 else ())]
    if any(one.net_paid > most for one in paces):
        remarks.append("limited_by_amount")
    reached = [one.net_paid for one in kept]
    return Forecast(min(reached), max(reached), kept, tuple(remarks))
