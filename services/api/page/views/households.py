"""The households of a place, and one of them: spells on both clocks, why, what would flip it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from services.api.households.accesses import HouseholdAccess, list_household_accesses
from services.api.households.explanation import Explanation, explain_household
from services.api.households.status import get_household, list_households
from services.api.households.timeline import Spell, Timeline, get_timeline, list_household_events
from services.api.page.addresses import segment
from services.api.page.drawing.spells import Band, Knowledge, spells
from services.api.page.drawing.svg import Drawing
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import Elsewhere, View, Views
from services.api.page.views.crumbs import path_of
from services.api.page.views.unit import place_of
from services.api.page.words import EVENT_TYPES, INPUTS, NAMES, PLACE
from shared.http import parameters
from shared.kernel.errors import DomainError
from shared.kernel.texts import Text
from shared.law.standards import Status

views = Views()

ROWS = 100
# Every correction is a state of knowledge of its own; the last of them tell what happened.
STATES_MAX = 7


def path_of_household(household_id: str) -> str:
    """Return the path of a household's page."""
    return f"/households/{segment(household_id)}"


_LISTED = {
    "status": parameters.choice(Status, "Only households with this status."),
    "not_reviewed_since": parameters.day("Only those not reviewed since this day."),
    "q": parameters.text("Beginning of the household's id."),
    "cursor": parameters.text("Where the page before ended.", 1000),
}


@views.view("/places/{code}/households", _LISTED)
async def households(page: Page, code: str) -> View | Elsewhere:
    """Show the households that live in a place, by id."""
    here = await place_of(page, code, "/households")
    if isinstance(here, Elsewhere):
        return here
    given = {name: page.values[name] for name in _LISTED}
    answer = await page.put(list_households, area=code, as_of=page.on, limit=ROWS, **given)
    lines = []
    for each in answer.items:
        unit = None if each.area_code is None else here.units.on(each.area_code, page.on)
        lines.append(
            [
                Cell(each.household_id, page.to(path_of_household(each.household_id))),
                Cell(each.status, swatch=each.status),
                Cell(each.since),
                Cell(each.area_code, text=None if unit is None else page.unit(unit)),
                Cell(each.reviewed_on),
                Cell(each.standard),
            ]
        )
    following = answer.next_cursor and page.here(cursor=answer.next_cursor)
    content = {**here.head(), "given": given, "following": following}
    table = Table("households", Text("Households", "Danh sách hộ"), _COLUMNS, lines)
    return View("households.html", here.name, content, [table], private=True)


_COLUMNS = (
    Column("household_id", Text("Household", "Mã hộ")),
    Column("status", Text("Status", "Tình trạng"), words=NAMES),
    Column("since", Text("Since", "Từ ngày"), "day"),
    Column("area_code", PLACE),
    Column("reviewed_on", Text("Last review in force", "Lần rà soát đang áp dụng"), "day"),
    Column("standard", Text("Standard", "Chuẩn nghèo")),
)


@views.view("/households/{household_id}")
async def household(page: Page, household_id: str) -> View:
    """Show a household on a day: its class and why, and all that was received of it."""
    named = {"household_id": household_id}
    held = await page.put(get_household, as_of=page.on, **named)
    explained = await page.put(explain_household, as_of=page.on, **named)
    timeline = await page.put(get_timeline, **named)
    received = (await page.put(list_household_events, limit=1000, **named)).items
    place = None
    if held.area is not None:
        unit = (await page.tree()).on(held.area.code, page.on)
        place = (page.unit(unit), page.to(path_of(unit.code)))
    tables = [_spells_table(timeline), *_inputs(page, explained), _events(received)]
    if page.may(list_household_accesses):
        looks = (await page.put(list_household_accesses, **named)).items
        tables += [_looks(looks)] if looks else []
    return View(
        "household.html",
        household_id,
        {"held": held, "explained": explained, "place": place, "timeline": timeline},
        tables,
        await _drawing(page, household_id, timeline, received),
        private=True,
    )


def _spells_table(timeline: Timeline) -> Table:
    columns = (
        Column("from", Text("From", "Từ ngày"), "day"),
        Column("to", Text("Until (exclusive)", "Đến trước ngày"), "day"),
        Column("status", Text("Status", "Tình trạng"), words=NAMES),
        Column("standard", Text("Standard", "Chuẩn nghèo")),
    )
    lines = [
        [Cell(s.from_), Cell(s.to), Cell(s.status, swatch=s.status), Cell(s.standard)]
        for s in timeline.spells
    ]
    return Table(
        "spells",
        Text("Spells, as known now", "Các giai đoạn, theo hiểu biết hiện nay"),
        columns,
        lines,
    )


def _inputs(page: Page, explained: Explanation) -> list[Table]:
    if not explained.inputs:
        return []
    columns = (
        Column("input", Text("Input", "Đầu vào"), words=INPUTS),
        Column("value", Text("As reported", "Giá trị báo cáo")),
        Column("counted", Text("Counted", "Có xét đến"), words=_YES_NO),
    )
    lines = [
        [
            Cell(each.input),
            Cell(each.value, text=_value(page, each.input, each.value)),
            Cell(each.counted),
        ]
        for each in explained.inputs
    ]
    return [Table("inputs", Text("What was decided on", "Căn cứ để xếp loại"), columns, lines)]


_YES_NO = {"True": Text("yes", "có"), "False": Text("no", "không")}


def _value(page: Page, name: str, value: Any) -> str | None:
    """Write an input: money with its unit, days and numbers as the language has them."""
    if name == "income_vnd" and isinstance(value, int):
        return page.money(value)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return page.number(value)
    word = NAMES.get(str(value)) or _AREAS.get(str(value))
    if word is not None:
        return page.say(word)
    try:
        return page.day(date.fromisoformat(str(value)))
    except ValueError:
        return None


_AREAS = {"rural": Text("rural", "nông thôn"), "urban": Text("urban", "thành thị")}


def _events(received: Sequence[dict[str, Any]]) -> Table:
    columns = (
        Column("recorded_at", Text("Recorded at", "Ghi nhận lúc"), "instant"),
        Column("type", Text("Event", "Sự kiện"), words=EVENT_TYPES),
        Column("effective_from", Text("In effect from", "Hiệu lực từ"), "day"),
        Column("assessed_on", Text("Reviewed on", "Ngày rà soát"), "day"),
        Column("income_vnd", Text("Income a person and month", "Thu nhập/người/tháng"), "money"),
        Column("deprived", Text("Lacks", "Số thiếu hụt"), "number"),
        Column("revision", Text("Revision", "Lần sửa"), "number"),
        Column("withdrawn", Text("Withdrawn", "Rút lại"), words=_YES_NO),
        Column("external_id", Text("Sender's id", "Mã của nơi gửi")),
    )
    lines = [
        [
            Cell(each["recorded_at"]),
            Cell(each["type"]),
            Cell(_day(each.get("effective_from"))),
            Cell(_day(each.get("assessed_on"))),
            Cell(each.get("income_vnd")),
            Cell(len(each["deprived"]) if "deprived" in each else None),
            Cell(each["revision"]),
            Cell(each["withdrawn"]),
            Cell(each["external_id"]),
        ]
        for each in received
    ]
    caption = Text("Everything received about it", "Mọi thông tin đã nhận về hộ")
    return Table("events", caption, columns, lines)


def _looks(looks: Sequence[HouseholdAccess]) -> Table:
    columns = (
        Column("at", Text("At", "Lúc"), "instant"),
        Column("client", Text("Who", "Ai")),
        Column("purpose", Text("What for", "Mục đích")),
        Column("route", Text("What was asked", "Nội dung")),
        Column("status", Text("Answer", "Trả lời")),
    )
    lines = [[Cell(getattr(each, column.name)) for column in columns] for each in looks]
    return Table("accesses", Text("Who looked at it", "Ai đã xem hộ này"), columns, lines)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


async def _drawing(
    page: Page, household_id: str, timeline: Timeline, received: Sequence[dict[str, Any]]
) -> list[Drawing]:
    """Draw the spells as known now and before each thing that was learned since."""
    known = [(page.t("theo hiểu biết mới nhất", "as known now"), timeline.spells)]
    if page.known_at is not None:
        known = [(page.instant(page.known_at), timeline.spells)]
    instants = sorted({_instant(each["recorded_at"]) for each in received}, reverse=True)
    for at in instants[: STATES_MAX - 1]:
        before = await _known(page, household_id, at)
        # The same spells resting on another review look the same.
        if before and _bands(page, before) != _bands(page, known[-1][1]):
            known.append((page.instant(at), before))
    if not any(shown for _, shown in known):
        return []
    rows = [Knowledge(name, _bands(page, shown)) for name, shown in known]
    days = [day for row in rows for band in row.bands for day in (band.start, band.end) if day]
    span = (min(days), max(*days, page.on, page.ask.today))
    caption = page.t("Tình trạng qua thời gian", "Status over time")
    summary = "; ".join(
        f"{band.name}: {page.day(band.start)} – {page.day(band.end)}" for band in rows[0].bands
    )
    return [spells("timeline", caption, summary, rows, span, (page.on, page.day(page.on)))]


def _instant(value: Any) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


async def _known(page: Page, household_id: str, at: datetime) -> list[Spell]:
    """Return the spells as they were known just when something was recorded, before its effect."""
    try:
        answer = await page.put(get_timeline, household_id=household_id, known_at=at)
    except DomainError:
        # Recorded a moment ago: what is not settled has no answer yet.
        return []
    return answer.spells


def _bands(page: Page, shown: Sequence[Spell]) -> list[Band]:
    return [Band(s.status, page.say(NAMES[s.status]), s.from_, s.to) for s in shown]
