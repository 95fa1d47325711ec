"""What if: anybody's own lines over today's households; nothing is stored."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from services.api.areas.changeover import BoardRow, Judging
from services.api.areas.statistics import AreaName
from shared.access.caller import HOUSEHOLDS_READ
from shared.households.changeover import Yardstick
from shared.households.recognised import Basis
from shared.http.ask import Ask
from shared.http.operations import Routes
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA, ProblemType, invalid
from shared.http.schemas import Instant
from shared.kernel.errors import Fault
from shared.kernel.facts import Part
from shared.kernel.fields import Day, ShortText, Vnd, about
from shared.law.standards import AreaType, ClassRule, Policy

routes = Routes("areas")


class StandardWhatIf(Part, frozen=True, kw_only=True):
    """Lines and a cut-off of the caller's own, and whom to measure by them."""

    area: Annotated[ShortText, about("Code of a unit in force on the day.", example="181")]
    rural_income_at_most: Annotated[
        Vnd, about("Income up to which rural households are poor.", example=2_200_000)
    ]
    urban_income_at_most: Annotated[Vnd, about("The same in town.", example=2_800_000)]
    deprived_at_least: Annotated[
        Annotated[int, Meta(ge=0, le=12)],
        about("How many indicators a poor household lacks at least.", example=3),
    ]
    near_poor_rural_income_at_most: Annotated[
        Vnd | None,
        about("Income up to which all others are near-poor; by default as of the poor."),
    ] = None
    near_poor_urban_income_at_most: Annotated[Vnd | None, about("The same in town.")] = None
    indicators: Annotated[
        Annotated[list[ShortText], Meta(max_length=64)] | None,
        about(
            "Words of the indicators that count; by default all that a review measured.",
            example=["water", "toilet", "waste"],
        ),
    ] = None
    basis: Annotated[Literal["computed", "recognised"], about("Whose class is that of today.")] = (
        "computed"
    )
    as_of: Annotated[Day | None, about("The day; by default today in Viet Nam.")] = None
    known_at: Annotated[
        Instant | None, about("The instant of knowledge; by default the latest state.")
    ] = None


class StandardOutcome(Struct, frozen=True):
    """What becomes of an area's households by lines of the caller's own."""

    area: Annotated[AreaName, Meta(description="The unit that was counted.")]
    basis: Annotated[Basis, Meta(description="Whose class is that of today.")]
    rows: Annotated[list[BoardRow], Meta(description="Each unit directly below, and all last.")]
    as_of: Annotated[date, Meta(description="The day that the answer is true for.")]
    known_at: Annotated[Instant | None, Meta(description="As asked; null: the latest state.")]
    settled_at: Annotated[
        Instant, Meta(description="Asked with this `known_at`, the answer never changes again.")
    ]


_SHOWN = {
    "area": {"code": "06091", "name": "Hoa Thám", "level": "commune"},
    "basis": "computed",
    "rows": [
        {
            "code": "06091",
            "name": "Hoa Thám",
            "households": 12,
            "today": {"poor": 5, "near_poor": 4, "non_poor": 3},
            "coming": {
                "poor": {"least": 7, "most": 8},
                "near_poor": {"least": 3, "most": 4},
                "non_poor": {"least": 1, "most": 2},
            },
            "stays": 8,
            "newly_poor": 2,
            "newly_near_poor": 1,
            "leaves": 0,
            "uncertain": 0,
            "unknown": 1,
        }
    ],
    "as_of": "2024-06-30",
    "known_at": None,
    "settled_at": "2026-10-05T03:00:00.000123Z",
}
BAD_LINES = ProblemType(
    "A word is no indicator's, or the near-poor line is the lower one",
    invalid([Fault("/indicators/0", "unknown_indicator", "no standard has this indicator")]),
)


@routes.post(
    "/v1/what-if/standards",
    scope=HOUSEHOLDS_READ,
    problems=[UNKNOWN_AREA, AREA_NOT_IN_FORCE, BAD_LINES],
    shown=_SHOWN,
)
async def ask_what_if(ask: Ask, what_if: StandardWhatIf) -> StandardOutcome:
    """Another standard over today's households.

    What would become of every household with a class on the day by lines and a cut-off of the
    caller's own, by unit below. Nothing is stored, and no status changes.
    """
    ask.as_of, ask.known_at = what_if.as_of or ask.today, what_if.known_at
    policy, tree = await ask.policy(), await ask.tree()
    _check(what_if, policy)
    unit = tree.on(what_if.area, ask.as_of)
    judging = Judging(ask, tree, policy, _yardstick(what_if), what_if.basis)
    async with ask.turn():
        rows = await judging.rows(unit)
    return StandardOutcome(
        area=AreaName.of(unit),
        basis=what_if.basis,
        rows=rows,
        as_of=ask.as_of,
        known_at=ask.known_at,
        settled_at=ask.settled,
    )


def _check(what_if: StandardWhatIf, policy: Policy) -> None:
    words = {i.key for standard in policy.standards.items for i in standard.indicators}
    faults = [
        Fault(f"/indicators/{place}", "unknown_indicator", f"no standard has {word!r}")
        for place, word in enumerate(what_if.indicators or ())
        if word not in words
    ]
    for area_type, (poor, near_poor) in _lines(what_if).items():
        if near_poor < poor:
            pointer = f"/near_poor_{area_type}_income_at_most"
            faults.append(Fault(pointer, "lines_reversed", "below the line of the poor"))
    if faults:
        raise invalid(faults)


def _lines(what_if: StandardWhatIf) -> dict[AreaType, tuple[int, int]]:
    rural, urban = what_if.rural_income_at_most, what_if.urban_income_at_most
    near_rural = what_if.near_poor_rural_income_at_most
    near_urban = what_if.near_poor_urban_income_at_most
    return {
        "rural": (rural, rural if near_rural is None else near_rural),
        "urban": (urban, urban if near_urban is None else near_urban),
    }


def _yardstick(what_if: StandardWhatIf) -> Yardstick:
    rules: dict[str, tuple[ClassRule, ...]] = {
        area_type: (
            ClassRule("poor", area_type, None, poor, what_if.deprived_at_least, None),
            ClassRule("near_poor", area_type, None, near_poor, None, None),
        )
        for area_type, (poor, near_poor) in _lines(what_if).items()
    }
    words = what_if.indicators
    return Yardstick(rules, None if words is None else frozenset(words))
