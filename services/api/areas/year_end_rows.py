"""Makes a year-end book: rows of places, cells with their rates and links, footnotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import structlog
from msgspec.structs import replace

from services.api.areas.statistics import AreaName
from services.api.areas.year_end_book import (
    Cell,
    FormRow,
    IndicatorRow,
    ListedBy,
    ListForm,
    Note,
    OutsideForm,
    RowKind,
    TargetRow,
    YearEnd,
)
from shared.areas.tree import UNASSIGNED, AreaTree, Unit, area_type_of
from shared.households.recognised import Basis
from shared.households.statistics import Bases
from shared.households.store.year_end import YearEndCounts
from shared.households.year_end import (
    ByCommune,
    Dwelling,
    Group,
    Passage,
    Row,
    TargetGroups,
    row_of,
    target_groups,
)
from shared.http.ask import encode
from shared.http.problems import Problem
from shared.kernel.texts import Text
from shared.law.percent import rate
from shared.law.standards import LISTS, AreaType, ListName, Policy

log = structlog.get_logger()

_TYPES: tuple[AreaType, ...] = ("urban", "rural")
_NOTES: Mapping[str, Text] = {
    "moved_in": Text(
        "Newly arisen holds {n} households that moved in while on the list.",
        "Cột phát sinh có {n} hộ chuyển đến khi đang trong danh sách.",
    ),
    "moved_out": Text(
        "Left holds {n} households that moved away while on the list.",
        "Cột thoát có {n} hộ chuyển đi khi đang trong danh sách.",
    ),
    "closed": Text(
        "Left holds {n} households that ended (died out, dissolved, merged).",
        "Cột thoát có {n} hộ không còn (chết, giải thể, nhập hộ).",
    ),
    "renumbered": Text(
        "{n} households went on under another id in the same class; they left no list.",
        "{n} hộ đổi mã hộ và giữ nguyên diện; không tính là thoát hay phát sinh.",
    ),
    "by_standard_change": Text(
        "Of what left, came back or arose, {n} households were measured by another poverty "
        "standard than before.",
        "Trong số thoát, tái và phát sinh có {n} hộ được đo bằng chuẩn nghèo khác trước.",
    ),
    "no_decision": Text(
        "The reviews of {n} households state no decision; their computed class stands in.",
        "{n} hộ chưa ghi quyết định công nhận; tạm lấy kết quả tính toán.",
    ),
}
_RATES = Note(
    "rates",
    "Rates are over all households of the row: at the start those of the start, else those of the "
    "end. The form does not say of what rates of flows are taken.",
    "Tỷ lệ tính trên tổng số hộ dân cư: đầu năm theo đầu năm, các cột khác theo cuối năm. Biểu mẫu "
    "không nêu mẫu số của tỷ lệ thoát, tái, phát sinh.",
)


@dataclass(frozen=True, slots=True)
class RowPlace:
    """A row: which places it counts, and all households there at the start and at the end."""

    kind: RowKind
    unit: Unit
    communes: frozenset[int] | None
    area_type: AreaType | None
    base_start: int | None
    base_end: int | None
    base_minority_start: int | None
    base_minority_end: int | None

    def within(self, place: Dwelling) -> bool:
        """Say whether a place counts in the row."""
        return (self.communes is None or place.area_id in self.communes) and (
            self.area_type is None or place.area_type == self.area_type
        )

    @property
    def key(self) -> str:
        """Return how links name the row."""
        return self.unit.code if self.kind == "unit" else self.kind


def row_places(
    tree: AreaTree,
    unit: Unit,
    communes: Sequence[int] | None,
    start: Bases,
    end: Bases,
    period: tuple[date, date],
) -> list[RowPlace]:
    """Return the rows of a unit in the form's order: town, country, each unit below, all."""
    own = None if communes is None else frozenset(communes)
    below = [each for each in tree.children(unit, period[1]) if unit.level != "commune"]
    return [
        *(_typed(tree, unit, own, kind, end, period[1]) for kind in _TYPES),
        *(
            _unit("unit", child, tree.members(child, period[1]), start, end, period[0])
            for child in below
        ),
        _unit("total", unit, own, start, end, period[0]),
    ]


def _unit(
    kind: RowKind,
    unit: Unit,
    communes: frozenset[int] | None,
    start: Bases,
    end: Bases,
    first: date,
) -> RowPlace:
    """Return a row of a whole unit; one that began within the year has no base at its start."""
    before = start.of(unit) if unit.in_force(first) else None
    after = end.of(unit)
    return RowPlace(
        kind,
        unit,
        communes,
        None,
        None if before is None else before.households_total,
        None if after is None else after.households_total,
        None if before is None else before.minority_households_total,
        None if after is None else after.minority_households_total,
    )


def _typed(
    tree: AreaTree,
    unit: Unit,
    communes: frozenset[int] | None,
    area_type: AreaType,
    end: Bases,
    last: date,
) -> RowPlace:
    """Return the row of town or country; its base is that of the kind's communes, if known."""
    every = [unit] if unit.level == "commune" else tree.below(unit, "commune", last)
    kinds = [(area_type_of(u), end.of(u)) for u in every if not u.code.endswith(UNASSIGNED)]
    total = None
    if kinds and all(kind is not None and base is not None for kind, base in kinds):
        total = sum(base.households_total for kind, base in kinds if base and kind == area_type)
    return RowPlace(area_type, unit, communes, area_type, None, total, None, None)


@dataclass(frozen=True, slots=True)
class Book:
    """A book in the making: rows look at what households did and are, by commune."""

    unit: Unit
    year: int
    basis: Basis
    period: tuple[date, date]
    rows: Sequence[RowPlace]
    legal_basis: tuple[str, ...]

    def bound(
        self,
        passages: Sequence[Passage],
        counts: YearEndCounts,
        policy: Policy,
        *,
        preliminary: bool,
    ) -> YearEnd:
        """Return the book with its digest."""
        moves, groups = ByCommune(passages), ByCommune(counts.groups)
        undecided = {name: self._groups(groups, name, self.rows[-1]).undecided for name in LISTS}
        listed = {
            name: sum(g.households for g in counts.groups if g.list == name) for name in LISTS
        }
        book = YearEnd(
            area=AreaName.of(self.unit),
            year=self.year,
            basis=self.basis,
            start_on=self.period[0],
            end_on=self.period[1],
            preliminary=preliminary,
            lists=[self._form(moves, name, undecided[name]) for name in LISTS],
            target_groups=[self._targets(groups, name, row) for name in LISTS for row in self.rows],
            indicators=_indicators(counts, listed, policy, self.period[1]),
            ethnic_groups=_by_name(counts.ethnic_groups),
            causes=_by_name(counts.causes),
            legal_basis=self.legal_basis,
            digest="",
        )
        return replace(book, digest=sha256(encode(book)).hexdigest())

    def _form(self, passages: ByCommune[Passage], name: ListName, undecided: int) -> ListForm:
        counts = [
            row_of(passages.touching(place.communes), name, place.within) for place in self.rows
        ]
        for place, row in zip(self.rows, counts, strict=True):
            if not row.balanced:
                log.error("year_end.unbalanced", area=place.unit.code, list=name, row=row)
                raise Problem(500, "year_end_unbalanced", "a row does not add up; it is a defect")
        rows = [self._row(place, row, name) for place, row in zip(self.rows, counts, strict=True)]
        return ListForm(rows, self._notes(counts[-1], undecided), name)

    def _row(self, place: RowPlace, row: Row, name: ListName) -> FormRow:
        def cell(households: int, what: str, base: int | None) -> Cell:
            return Cell(households, rate(households, base), self._href(place, name, what))

        start, end = place.base_start, place.base_end
        return FormRow(
            kind=place.kind,
            code=place.unit.code,
            name=place.unit.name,
            base_start=start,
            base_end=end,
            base_minority_end=place.base_minority_end,
            start=cell(row.start, "start", start),
            start_minority=cell(row.start_minority, "start_minority", place.base_minority_start),
            left=cell(row.form_left, "form_left", end),
            relapsed=cell(row.relapsed, "relapsed", end),
            newly_arisen=cell(row.form_newly_arisen, "form_newly_arisen", end),
            end=cell(row.end, "end", end),
            end_minority=cell(row.end_minority, "end_minority", place.base_minority_end),
            outside_form=OutsideForm(
                moved_in=cell(row.moved_in, "moved_in", None),
                moved_out=cell(row.moved_out, "moved_out", None),
                closed=cell(row.closed, "closed", None),
                renumbered_in=cell(row.renumbered_in, "renumbered_in", None),
                renumbered_out=cell(row.renumbered_out, "renumbered_out", None),
                by_standard_left=row.by_standard_left,
                by_standard_relapsed=row.by_standard_relapsed,
                by_standard_newly_arisen=row.by_standard_newly_arisen,
            ),
        )

    def _href(self, place: RowPlace, name: ListName, what: str) -> str:
        asked = {"year": self.year, "basis": self.basis, "list": name}
        query = urlencode(asked | {"row": place.key, "cell": what})
        return f"/v1/areas/{self.unit.code}/year-end/households?{query}"

    def _notes(self, row: Row, undecided: int) -> list[Note]:
        """Return the footnotes of a sheet, of what the row of all households holds."""
        changed = row.by_standard_left + row.by_standard_relapsed + row.by_standard_newly_arisen
        numbers = {
            "moved_in": row.moved_in,
            "moved_out": row.moved_out,
            "closed": row.closed,
            "renumbered": max(row.renumbered_in, row.renumbered_out),
            "by_standard_change": changed,
            "no_decision": undecided if self.basis == "recognised" else 0,
        }
        notes = [Note(code, *_NOTES[code].filled(n=n)) for code, n in numbers.items() if n]
        return [*notes, _RATES]

    def _targets(self, groups: ByCommune[Group], name: ListName, place: RowPlace) -> TargetRow:
        own = self._groups(groups, name, place)
        return TargetRow(name, place.kind, place.unit.code, place.unit.name, *astuple(own))

    def _groups(self, groups: ByCommune[Group], name: ListName, place: RowPlace) -> TargetGroups:
        return target_groups(groups.touching(place.communes), name, place.within)


def _indicators(
    counts: YearEndCounts, listed: Mapping[ListName, int], policy: Policy, day: date
) -> list[IndicatorRow]:
    households = {(std, code, name): n for std, code, name, n in counts.indicators}
    used = {standard for standard, _, _ in households}
    standards = [s for s in policy.standards.items if s.id in used or s.in_force(day)]
    return [
        IndicatorRow(
            standard.id,
            indicator.code,
            indicator.en,
            indicator.vi,
            poor := households.get((standard.id, indicator.code, "poor"), 0),
            rate(poor, listed["poor"]),
            near_poor := households.get((standard.id, indicator.code, "near_poor"), 0),
            rate(near_poor, listed["near_poor"]),
        )
        for standard in standards
        for indicator in standard.indicators
    ]


def _by_name(rows: Sequence[tuple[Any, str, int]]) -> list[ListedBy]:
    """Return rows of (name, list, households) beside each other, the most frequent first."""
    sums: dict[str | None, dict[str, int]] = {}
    for name, listed, households in rows:
        sums.setdefault(name, dict.fromkeys(LISTS, 0))[listed] += households
    order = sorted(sums.items(), key=lambda each: (-sum(each[1].values()), each[0] or "\uffff"))
    return [ListedBy(name, *(own[listed] for listed in LISTS)) for name, own in order]
