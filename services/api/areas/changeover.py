"""The changeover board of an area: its households under the coming standard, or somebody's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from services.api.areas.areas import Code
from services.api.areas.basis import BASIS
from services.api.areas.registers import by_units_below
from services.api.areas.statistics import AreaName
from services.api.words import NextCursor
from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.stand_ins import units_below
from shared.areas.tree import AreaTree, Unit
from shared.households.changeover import (
    Becomes,
    Judged,
    Yardstick,
    becomes,
    board_of,
    incomes_of,
)
from shared.households.recognised import Basis, class_of
from shared.households.store import changeover as store
from shared.households.store.year_end import Register
from shared.http import parameters
from shared.http.ask import Ask, OnDay, from_row
from shared.http.operations import Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA, Problem, ProblemType, not_found
from shared.law.standards import Policy, Recognised, Standard

routes = Routes("areas")

# So many households are read at once while those that are asked for are looked for.
READ_TOGETHER = 5000


def no_coming_standard() -> Problem:
    """Return the refusal where no standard begins after the day, or none has the id."""
    return not_found("unknown_standard", "no such standard begins after this day")


NO_COMING_STANDARD = ProblemType("No such standard begins after the day", no_coming_standard())


class Range(Struct, frozen=True):
    """A number of households that is not known exactly."""

    least: Annotated[int, Meta(description="Those that certainly are.")]
    most: Annotated[int, Meta(description="Those that may be, the unknown included.")]


class ClassesToday(Struct, frozen=True):
    """Households by the class that holds on the day."""

    poor: Annotated[int, Meta(description="Poor households.")]
    near_poor: Annotated[int, Meta(description="Near-poor households.")]
    non_poor: Annotated[int, Meta(description="All others with a class.")]


class ClassesComing(Struct, frozen=True):
    """Households by the class that another standard gives to what reviews measured."""

    poor: Annotated[Range, Meta(description="Poor households.")]
    near_poor: Annotated[Range, Meta(description="Near-poor households.")]
    non_poor: Annotated[Range, Meta(description="All others.")]


class BoardRow(Struct, frozen=True):
    """What becomes of the households of one unit; each is in one of the six last numbers."""

    code: Annotated[str, Meta(description="Code of the unit.")]
    name: Annotated[str, Meta(description="Its name in Vietnamese.")]
    households: Annotated[int, Meta(description="Households with a class on the day.")]
    today: Annotated[ClassesToday, Meta(description="By the class that holds.")]
    coming: Annotated[ClassesComing, Meta(description="By the other standard, as ranges.")]
    stays: Annotated[int, Meta(description="Certainly in the same class.")]
    newly_poor: Annotated[int, Meta(description="Certainly poor, and not so today.")]
    newly_near_poor: Annotated[int, Meta(description="Certainly near-poor, and not so today.")]
    leaves: Annotated[int, Meta(description="On a list today, and certainly on none then.")]
    uncertain: Annotated[int, Meta(description="Whose class hangs on what no review measured.")]
    unknown: Annotated[int, Meta(description="Whose review has scores and no income.")]


class UnknownIndicator(Struct, frozen=True):
    """An indicator of the coming standard that reviews by today's do not measure."""

    code: Annotated[str, Meta(description="Its code in the coming standard.")]
    key: Annotated[str, Meta(description="Its word.")]
    name_en: Annotated[str, Meta(description="Its name in English.")]
    name_vi: Annotated[str, Meta(description="Its name in Vietnamese.")]


class Changeover(Struct, frozen=True):
    """The changeover board of an area."""

    area: Annotated[AreaName, Meta(description="The unit that was counted.")]
    standard: Annotated[str, Meta(description="Id of the coming standard.")]
    begins_on: Annotated[date, Meta(description="The first day on which it classes reviews.")]
    legal_basis: Annotated[tuple[str, ...], Meta(description="The acts that it rests on.")]
    basis: Annotated[Basis, Meta(description="Whose class is that of today.")]
    unknown_indicators: Annotated[
        list[UnknownIndicator],
        Meta(description="What it asks and no review by the standard of the day measures."),
    ]
    rows: Annotated[list[BoardRow], Meta(description="Each unit directly below, and all last.")]


Coming = Annotated[
    str | None, parameters.text("Id of the coming standard; by default the next one after the day.")
]


@routes.get(
    "/v1/areas/{code}/changeover",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=OnDay,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE, NO_COMING_STANDARD],
)
async def get_changeover(
    ask: Ask, code: Code, standard: Coming = None, basis: Annotated[Basis, BASIS] = "computed"
) -> Changeover:
    """Changeover board of an area.

    Every household with a class on the day beside its class by the coming standard, by unit below.
    Nothing is stored: a standard by itself classes nobody, the next review does. Where what no
    review measured decides, the class is a range.
    """
    policy, tree = await ask.policy(), await ask.tree()
    coming = coming_standard(policy, standard, ask.as_of)
    unit = tree.on(code, ask.as_of)
    yardstick = Yardstick.of(coming)
    judging = Judging(ask, tree, policy, yardstick, basis)
    unknown = yardstick.unknown([i.key for i in policy.standards.on(ask.as_of).indicators])
    return Changeover(
        area=AreaName.of(unit),
        standard=coming.id,
        begins_on=coming.start,
        legal_basis=coming.legal_basis,
        basis=basis,
        unknown_indicators=[
            UnknownIndicator(i.code, i.key, i.en, i.vi)
            for i in coming.indicators
            if i.key in unknown
        ],
        rows=await judging.rows(unit),
    )


def coming_standard(policy: Policy, standard: str | None, day: date) -> Standard:
    """Return the standard that begins next after a day, or the one that is named."""
    later = [s for s in policy.standards.items if s.start > day and standard in (None, s.id)]
    if not later:
        raise no_coming_standard()
    return later[0]


@dataclass(frozen=True, slots=True)
class Judging:
    """Judges today's households of a unit by a yardstick; nothing is stored."""

    ask: Ask
    tree: AreaTree
    policy: Policy
    yardstick: Yardstick
    basis: Basis
    _keys: dict[str, dict[str, str]] = field(default_factory=dict)
    _judged: dict[tuple[str, str, int, tuple[str, ...]], tuple[Recognised, ...]] = field(
        default_factory=dict
    )

    def _register(self, unit: Unit) -> Register:
        return by_units_below(self.ask, self.tree, unit, self.ask.as_of, self.basis)

    def classes(
        self, area_type: str | None, standard: str, income: int | None, deprived: Sequence[str]
    ) -> tuple[Recognised, ...]:
        """Return the classes that a household may be in; none without an income."""
        if income is None or area_type is None:
            return ()
        # A country has a million households and few thousand measures.
        measure = (area_type, standard, income, tuple(deprived))
        known = self._judged.get(measure)
        if known is None:
            known = self._judged[measure] = self._classes(*measure)
        return known

    def _classes(
        self, area_type: str, standard: str, income: int, deprived: Sequence[str]
    ) -> tuple[Recognised, ...]:
        keys = self._keys.get(standard)
        if keys is None:
            (own,) = (s for s in self.policy.standards.items if s.id == standard)
            keys = self._keys[standard] = {i.code: i.key for i in own.indicators}
        lacking = [keys[code] for code in deprived]
        return self.yardstick.classes(area_type, income, lacking, keys.values())

    async def rows(self, unit: Unit) -> list[BoardRow]:
        """Return what becomes of the households of each unit below, and of all."""
        lines, day = self.yardstick.lines(), self.ask.as_of
        incomes = incomes_of(lines)
        async with self.ask.snapshot() as snapshot:
            alike = await store.alike(snapshot, self._register(unit), day, lines)
        judged = [
            Judged(
                each.area_id,
                class_of(each.status),
                self.classes(
                    each.area_type,
                    each.standard,
                    None if each.stretch is None else incomes[each.stretch],
                    each.deprived,
                ),
                each.households,
            )
            for each in alike
        ]
        by_unit: dict[str | None, list[Judged]] = {}
        places = units_below(self.tree, unit, day)
        for one in judged:
            code = None if one.area_id is None else places.get(one.area_id)
            by_unit.setdefault(code, []).append(one)
        below = self.tree.children(unit, day) if unit.level != "commune" else ()
        return [
            *(_row(child, by_unit.get(child.code, ())) for child in below),
            _row(unit, judged),
        ]

    async def households(
        self,
        unit: Unit,
        after: str,
        wanted: int,
        chosen: Callable[[ChangingHousehold], bool],
    ) -> list[ChangingHousehold]:
        """Return the first households behind an id that are chosen, at most so many."""
        households: list[ChangingHousehold] = []
        register = self._register(unit)
        async with self.ask.snapshot() as snapshot:
            while len(households) < wanted:
                rows = await store.measured(
                    snapshot, register, self.ask.as_of, after, READ_TOGETHER
                )
                households += filter(chosen, map(self._household, rows))
                if len(rows) < READ_TOGETHER:
                    break
                after = rows[-1].household_id
        return households[:wanted]

    def _household(self, row: store.Measured) -> ChangingHousehold:
        coming = self.classes(row.area_type, row.standard, row.income_vnd, row.deprived)
        today = class_of(row.status)
        return ChangingHousehold(
            row.household_id,
            today,
            list(coming),
            becomes(today, coming),
            row.income_vnd,
            list(row.deprived),
        )


def _row(unit: Unit, judged: Sequence[Judged]) -> BoardRow:
    board = board_of(judged)
    return from_row(
        BoardRow,
        board,
        code=unit.code,
        name=unit.name,
        today=ClassesToday(board.poor_today, board.near_poor_today, board.non_poor_today),
        coming=ClassesComing(
            Range(board.poor_least, board.poor_most),
            Range(board.near_poor_least, board.near_poor_most),
            Range(board.non_poor_least, board.non_poor_most),
        ),
    )


class ChangingHousehold(Struct, frozen=True):
    """A household beside its class by the coming standard."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    today: Annotated[Recognised, Meta(description="Its class on the day.")]
    coming: Annotated[
        list[Recognised],
        Meta(description="The classes that it may be in; none: its review has no income."),
    ]
    becomes: Annotated[Becomes, Meta(description="What becomes of it.")]
    income_vnd: Annotated[
        int | None, Meta(description="Income of its review in đồng per person and month.")
    ]
    deprived: Annotated[list[str], Meta(description="Codes of what it lacks, as measured.")]


class ChangingHouseholds(Struct, frozen=True):
    """A page of households."""

    items: Annotated[list[ChangingHousehold], Meta(description="Households by id.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/areas/{code}/changeover/households",
    scope=HOUSEHOLDS_READ,
    heavy=True,
    clock=OnDay,
    cursor=[parameters.short_text],
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE, NO_COMING_STANDARD],
    private=True,
)
async def list_changeover_households(
    ask: Ask,
    code: Code,
    becomes: Annotated[
        Becomes | None, parameters.choice(Becomes, "Only those of which this becomes.")
    ] = None,
    standard: Coming = None,
    basis: Annotated[Basis, BASIS] = "computed",
) -> ChangingHouseholds:
    """Households of a changeover board.

    Each with its class today, what its review measured, and the classes that it may be in.
    """
    policy, tree, page = await ask.policy(), await ask.tree(), ask.page
    coming = coming_standard(policy, standard, ask.as_of)
    judging = Judging(ask, tree, policy, Yardstick.of(coming), basis)
    chosen = await judging.households(
        tree.on(code, ask.as_of),
        page.after[0] if page.after else "",
        page.fetch,
        lambda each: becomes in (None, each.becomes),
    )
    shown, next_cursor = page.cut(chosen, lambda each: [each.household_id])
    return ChangingHouseholds(list(shown), next_cursor)
