"""Facts about administrative units: household totals, zone, attributes.

Law: none (what is true of a unit is reported; `allocation_rules.yaml` says what follows).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Protocol

from msgspec import Meta

from shared.areas.tree import UNASSIGNED, AreaTree
from shared.kernel.facts import Checks, Fact, FactKind, Wakes, repeated
from shared.kernel.fields import TYPE, Day, about, name_of
from shared.messages import AREAS_DUE

Code = Annotated[str, name_of("A-Za-z0-9-", 20)]
Total = Annotated[int, Meta(ge=0, le=10**9)]
Attribute = Literal["atk", "border", "island", "special_zone", "poor_district", "poor_commune"]


class Map(Protocol):
    """What facts about units are checked against."""

    @property
    def areas(self) -> AreaTree:
        """Return the units of all days."""
        ...

    @property
    def today(self) -> date:
        """Return the civil day in Viet Nam."""
        ...


def check_unit(checks: Checks, world: Map, code: str, day: date) -> None:
    """Refuse a code of no unit in force on the day, and the waiting rooms of split communes."""
    checks.attempt("area_code", lambda: world.areas.on(code, day))
    if code.endswith(UNASSIGNED):
        checks.refuse("area_code", "area_unassigned", f"{code} is a waiting room, not a unit")


# What `check_unit` refuses, for the documents of the doors that ask it.
UNIT_REFUSALS = {
    "unknown_area": "No unit ever had this code.",
    "area_not_in_force": "The unit is not in force on that day; `detail` names its successors.",
    "area_unassigned": "Households of a split commune wait there; it is no unit.",
}


class AreaFact(Fact, frozen=True, kw_only=True):
    """What is true of a unit from `on` on, until a later fact says otherwise."""

    type: Annotated[Literal["fact"], TYPE] = "fact"
    area_code: Annotated[
        Code, about("The unit, in force on `on`.", example="06091", vi="Mã đơn vị", en="Area code")
    ]
    on: Annotated[
        Day,
        about("The day from which the fact holds.", example="2023-12-31", vi="Từ ngày", en="As of"),
    ]
    households_total: Annotated[
        Total,
        about(
            "All households of the unit: the base of its rates.",
            unit="households",
            example=842,
            vi="Tổng số hộ",
            en="Households",
        ),
    ]
    minority_households_total: Annotated[
        Total | None,
        about(
            "Households of ethnic minorities among them.",
            unit="households",
            vi="Số hộ dân tộc thiểu số",
            en="Minority households",
        ),
    ] = None
    zone: Annotated[
        Literal["I", "II", "III"] | None,
        about(
            "Zone of the commune, III being the most difficult.",
            law="the Prime Minister's list of communes of zones I to III",
            example="III",
            vi="Khu vực",
            en="Zone",
        ),
    ] = None
    attributes: Annotated[
        Annotated[list[Attribute], Meta(max_length=10, extra_json_schema={"uniqueItems": True})]
        | None,
        about(
            "What rules and norms ask of a unit: `atk` (revolutionary safety zone), `border`, "
            "`island`, `special_zone`, `poor_district`, `poor_commune`.",
            law="the decisions that list such units",
            vi="Đặc điểm",
            en="Attributes",
        ),
    ] = None
    extremely_difficult_villages: Annotated[
        Annotated[int, Meta(ge=0, le=10_000)] | None,
        about(
            "Villages with extreme difficulties.",
            unit="villages",
            law="the list of such villages",
            example=6,
            vi="Số thôn đặc biệt khó khăn",
            en="Extremely difficult villages",
        ),
    ] = None

    def check(self, world: Map, checks: Checks) -> None:
        """Refuse what the map and plain arithmetic contradict."""
        check_unit(checks, world, self.area_code, self.on)
        minority = self.minority_households_total
        if minority is not None and minority > self.households_total:
            checks.refuse(
                "minority_households_total",
                "part_exceeds_total",
                "more minority than all households",
            )
        for name in repeated(self.attributes or ()):
            checks.refuse("attributes", "attribute_repeated", f"attribute {name} is named twice")

    def columns(self, world: Map) -> dict[str, Any]:
        """Return the unit that the code meant on that day."""
        return {"area_id": world.areas.on(self.area_code, self.on).area_id, "on_date": self.on}


AREA_FACTS = FactKind(
    name="area-facts",
    plural="facts",
    types=(AreaFact,),
    summary="Record area facts",
    description="Record facts about administrative units: household totals, zone, attributes.",
    columns={"area_id": "int", "area_code": "text", "on_date": "date"},
    indexes={"area": ("area_id", "on_date"), "code": ("area_code",)},
    wakes=Wakes(AREAS_DUE, "area_codes", "area_code", ever=True),
    refusals={
        **UNIT_REFUSALS,
        "part_exceeds_total": "A part is larger than the whole.",
        "attribute_repeated": "An attribute is named twice.",
    },
)
