"""What stands in tables about a household: spells, inputs, entitlements, events, who looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.api.households.accesses import HouseholdAccess
from services.api.households.entitlements import Entitlement, Entitlements
from services.api.households.explanation import Explanation
from services.api.households.timeline import Timeline
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.words import EVENT_TYPES, INPUTS, NAMES, UNITS, YES_NO
from shared.kernel.texts import Text


def spells(timeline: Timeline) -> Table:
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


def inputs(page: Page, explained: Explanation) -> list[Table]:
    if not explained.inputs:
        return []
    columns = (
        Column("input", Text("Input", "Đầu vào"), words=INPUTS),
        Column("value", Text("As reported", "Giá trị báo cáo")),
        Column("counted", Text("Counted", "Có xét đến"), words=YES_NO),
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


def entitled(page: Page, answer: Entitlements) -> list[Table]:
    """Return what it is entitled to, and what it would be if more were known; none: nothing."""
    holds = Text("What it is entitled to", "Chế độ đang được hưởng")
    open_ = Text("What would hold if it were known", "Chế độ có thể được hưởng nếu biết thêm")
    columns = (
        Column("norm", Text("Support", "Chế độ")),
        Column("value_vnd", Text("Value", "Mức")),
        Column("from", Text("From", "Từ ngày"), "day"),
        Column("until", Text("Until (exclusive)", "Đến trước ngày"), "day"),
    )
    counts = Column("counts", Text("Counts", "Được tính"), words=YES_NO)
    missing = Column("missing", Text("Not known", "Chưa biết"))
    law = Column("legal_basis", Text("Law", "Căn cứ"))
    tables = [
        Table(
            "entitlements",
            holds,
            (*columns, counts, law),
            [[*_norm(page, each), Cell(each.counts), _law(page, each)] for each in answer.items],
        ),
        Table(
            "undecided",
            open_,
            (*columns, missing, law),
            [
                [*_norm(page, each), _missing(page, each), _law(page, each)]
                for each in answer.undecided
            ],
        ),
    ]
    return [table for table in tables if table.rows]


def _norm(page: Page, each: Entitlement) -> list[Cell]:
    return [
        Cell(each.norm, text=page.t(each.vi, each.en)),
        Cell(each.value_vnd, text=_worth(page, each)),
        Cell(each.from_),
        Cell(each.until),
    ]


def _worth(page: Page, each: Entitlement) -> str:
    """Write what is given for each unit: an amount, else the share or rate that the law says."""
    per = UNITS.get(each.unit)
    for_each = "" if per is None else f" / {page.say(per)}"
    if each.value_vnd is not None:
        return page.money(each.value_vnd) + for_each
    given = each.given
    if given.value is not None and given.measure in ("percent", "rate", "package"):
        yearly = page.t("/năm", " a year") if given.measure == "rate" else ""
        return page.number(float(given.value)) + "\u00a0%" + yearly + for_each
    return page.t("theo mức quy định", "as the law says") + for_each


def _missing(page: Page, each: Entitlement) -> Cell:
    names = [page.t(one.vi, one.en) for one in each.missing]
    return Cell(" ".join(one.name for one in each.missing), text="; ".join(names))


def _law(page: Page, each: Entitlement) -> Cell:
    return Cell("; ".join(each.legal_basis), text=page.law(each.legal_basis))


def events(received: Sequence[dict[str, Any]]) -> Table:
    columns = (
        Column("recorded_at", Text("Recorded at", "Ghi nhận lúc"), "instant"),
        Column("type", Text("Event", "Sự kiện"), words=EVENT_TYPES),
        Column("effective_from", Text("In effect from", "Hiệu lực từ"), "day"),
        Column("assessed_on", Text("Reviewed on", "Ngày rà soát"), "day"),
        Column("income_vnd", Text("Income a person and month", "Thu nhập/người/tháng"), "money"),
        Column("deprived", Text("Lacks", "Số thiếu hụt"), "number"),
        Column("revision", Text("Revision", "Lần sửa"), "number"),
        Column("withdrawn", Text("Withdrawn", "Rút lại"), words=YES_NO),
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


def looks(looks: Sequence[HouseholdAccess]) -> Table:
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
