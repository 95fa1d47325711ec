"""`POST /v1/area-facts`: household totals and attributes of an administrative unit."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, TypeAdapter

from services.ingest.doors.common import (
    LAST_DAY,
    AreaCode,
    Checks,
    Day,
    Item,
    Kept,
    Law,
    canonical,
    content_hash,
    event_id,
    repeated,
    withdrawal,
)
from shared.areas.store.facts import NewAreaFact
from shared.areas.tree import UNASSIGNED
from shared.http.problems import Fault

NAME = "area-facts"
PLURAL = "facts"

Total = Annotated[int, Field(ge=0, le=10**9)]
Attribute = Literal["atk", "border", "island", "special_zone", "poor_district"]


class AreaFact(Item):
    """What is true of a unit from `on` on."""

    type: Literal["fact"] = "fact"
    withdrawn: Kept = False
    area_code: AreaCode
    on: Day
    households_total: Total
    minority_households_total: Total | None = None
    zone: Literal["I", "II", "III"] | None = None
    attributes: list[Attribute] | None = Field(None, max_length=10)
    extremely_difficult_villages: Annotated[int, Field(ge=0, le=10_000)] | None = None


class WithdrawnFact(Item):
    """Removes (source, external_id)."""

    type: Literal["fact"] = "fact"
    withdrawn: Literal[True]
    area_code: Any = None
    on: Any = None
    households_total: Any = None
    minority_households_total: Any = None
    zone: Any = None
    attributes: Any = None
    extremely_difficult_villages: Any = None


def _tag(item: Any) -> str:
    given = item if isinstance(item, dict) else vars(item)
    return "withdrawn" if given.get("withdrawn") is True else "fact"


PostedFact = Annotated[
    Annotated[AreaFact, Tag("fact")] | Annotated[WithdrawnFact, Tag("withdrawn")],
    Discriminator(_tag),
]
ADAPTER: TypeAdapter[Any] = TypeAdapter(PostedFact)


def check(item: Any, law: Law, prefix: str) -> list[Fault]:
    """Return every fault that the areas and plain arithmetic find."""
    if isinstance(item, WithdrawnFact):
        return []
    checks = Checks(prefix)
    if item.on >= LAST_DAY:
        checks.refuse("on", "out_of_range", f"must be before {LAST_DAY}")
    checks.attempt("area_code", lambda: law.areas.on(item.area_code, item.on))
    if item.area_code.endswith(UNASSIGNED):
        checks.refuse(
            "area_code", "area_unassigned", f"{item.area_code} is a waiting room, not a unit"
        )
    minority = item.minority_households_total
    if minority is not None and minority > item.households_total:
        checks.refuse(
            "minority_households_total", "part_exceeds_total", "more minority than all households"
        )
    for name in repeated(item.attributes or ()):
        checks.refuse("attributes", "attribute_repeated", f"attribute {name} is named twice")
    return checks.faults


def row(model: Any, posted: dict[str, Any], law: Law) -> NewAreaFact:
    """Return the revision to be stored."""
    withdrawn = isinstance(model, WithdrawnFact)
    item = withdrawal(model) if withdrawn else canonical(posted)
    item.pop("type", None)
    return NewAreaFact(
        event_id=event_id(NAME, model.source, model.external_id, model.revision),
        source=model.source,
        external_id=model.external_id,
        revision=model.revision,
        withdrawn=withdrawn,
        area_id=None if withdrawn else law.areas.on(model.area_code, model.on).area_id,
        on_date=None if withdrawn else model.on,
        payload=item,
        content_hash=content_hash(item),
    )
