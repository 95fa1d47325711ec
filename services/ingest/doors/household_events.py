"""`POST /v1/household-events`: registered, assessed, moved, closed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from pydantic import Discriminator, Field, Tag, TypeAdapter

from services.ingest.doors.common import (
    LAST_DAY,
    AreaCode,
    Checks,
    Day,
    HouseholdId,
    Item,
    Kept,
    Law,
    Part,
    PastDay,
    ShortText,
    Vnd,
    canonical,
    composed,
    content_hash,
    event_id,
    repeated,
    withdrawal,
)
from shared.households.store.events import NewEvent
from shared.http.problems import Fault
from shared.law.standards import Recognised, Standard

NAME = "household-events"
PLURAL = "events"


class Identifier(Part):
    """An identity number of a person, kept apart from the event."""

    type: ShortText
    value: ShortText


class Member(Part):
    """A person of the household; personal parts live in a table of their own."""

    member_id: ShortText
    name: ShortText | None = None
    sex: Literal["female", "male", "other", "unknown"] | None = None
    birth_date: PastDay | None = None
    relation: ShortText | None = None
    identifiers: list[Identifier] = Field(default_factory=list, max_length=20)


class _Placed(Item):
    household_id: HouseholdId
    effective_from: Day
    area_code: AreaCode
    area_type: Literal["rural", "urban"]
    withdrawn: Kept = False


class Registered(_Placed):
    """A household becomes known to the registry."""

    type: Literal["registered"]
    ethnic_group: ShortText | None = None
    members: list[Member] = Field(default_factory=list, max_length=100)
    continues: HouseholdId | None = None


class Assessed(_Placed):
    """A review's result: measured by income and deprivations, or by the scores B1 and B2."""

    type: Literal["assessed"]
    assessed_on: Day
    review: Literal["annual", "regular"]
    decision_no: ShortText | None = None
    income_vnd: Vnd | None = None
    deprived: list[ShortText] | None = Field(None, max_length=64)
    b1: Annotated[int, Field(ge=0, le=10_000)] | None = None
    b2: Annotated[int, Field(ge=0, le=10_000)] | None = None
    standard: ShortText | None = None
    recognised: Recognised | None = None
    household_size: Annotated[int, Field(ge=1, le=100)] | None = None
    ethnic_group: ShortText | None = None
    no_labour_capacity: bool | None = None
    merit_member: bool | None = None
    causes: list[ShortText] | None = Field(None, max_length=20)


class Moved(_Placed):
    """The household lives elsewhere from this day on."""

    type: Literal["moved"]


class Closed(Item):
    """The household ends."""

    type: Literal["closed"]
    household_id: HouseholdId
    effective_from: Day
    reason: Literal["dissolved", "moved_out", "merged", "deceased"]
    into: HouseholdId | None = None
    withdrawn: Kept = False


class Withdrawn(Item):
    """Removes (source, external_id); of the other fields only the ids and the type matter."""

    type: Literal["registered", "assessed", "moved", "closed"]
    withdrawn: Literal[True]
    household_id: HouseholdId | None = None
    effective_from: Any = None
    area_code: Any = None
    area_type: Any = None
    ethnic_group: Any = None
    continues: Any = None
    members: Any = None
    assessed_on: Any = None
    review: Any = None
    decision_no: Any = None
    income_vnd: Any = None
    deprived: Any = None
    b1: Any = None
    b2: Any = None
    standard: Any = None
    recognised: Any = None
    household_size: Any = None
    no_labour_capacity: Any = None
    merit_member: Any = None
    causes: Any = None
    reason: Any = None
    into: Any = None


def _tag(item: Any) -> str | None:
    given = item if isinstance(item, dict) else vars(item)
    if given.get("withdrawn") is True:
        return "withdrawn"
    kind: str | None = given.get("type")
    return kind if kind != "withdrawn" else "unknown"


HouseholdEvent = Annotated[
    Annotated[Registered, Tag("registered")]
    | Annotated[Assessed, Tag("assessed")]
    | Annotated[Moved, Tag("moved")]
    | Annotated[Closed, Tag("closed")]
    | Annotated[Withdrawn, Tag("withdrawn")],
    Discriminator(_tag),
]
ADAPTER: TypeAdapter[Any] = TypeAdapter(HouseholdEvent)


def check(item: Any, law: Law, prefix: str) -> list[Fault]:
    """Return every fault that law and areas find in an item whose fields are well-formed."""
    if isinstance(item, Withdrawn):
        return []
    checks = Checks(prefix)
    if item.effective_from >= LAST_DAY and not isinstance(item, Assessed):
        checks.refuse("effective_from", "out_of_range", f"must be before {LAST_DAY}")
    if not isinstance(item, Closed):
        checks.attempt(
            "area_code", lambda: law.areas.commune_on(item.area_code, item.effective_from)
        )
    if isinstance(item, Assessed):
        _check_assessment(item, law, checks)
    if isinstance(item, Registered):
        _check_registration(item, law, checks)
    if isinstance(item, Closed) and item.into == item.household_id:
        checks.refuse("into", "merged_into_itself", "a household cannot merge into itself")
    return checks.faults


def _check_registration(item: Registered, law: Law, checks: Checks) -> None:
    if item.continues == item.household_id:
        checks.refuse("continues", "continues_itself", "a household cannot continue itself")
    for position, member in enumerate(item.members):
        if member.birth_date is not None and member.birth_date > law.today:
            field = f"members/{position}/birth_date"
            checks.refuse(field, "in_future", "nobody is born in the future")


def _check_assessment(item: Assessed, law: Law, checks: Checks) -> None:
    if item.effective_from < item.assessed_on:
        checks.refuse(
            "effective_from",
            "effective_before_assessed",
            f"effective_from {item.effective_from} lies before assessed_on {item.assessed_on}",
        )
    _check_measure(item, checks)
    found: list[Standard] = []
    checks.attempt(
        "standard" if item.standard else "effective_from",
        lambda: found.append(_standard(item, law)),
    )
    for standard in found:
        _check_indicators(item, standard, checks)
        if item.income_vnd is None and item.b1 is not None and standard.score_rules is None:
            checks.refuse(
                "b1", "standard_has_no_scoring", f"{standard.id} has no known score table"
            )


def _standard(item: Assessed, law: Law) -> Standard:
    if item.standard is None:
        return law.policy.standards.on(item.effective_from)
    return law.policy.standards.named(item.standard, item.effective_from)


def _check_measure(item: Assessed, checks: Checks) -> None:
    scores = item.b1 is not None or item.b2 is not None
    if item.income_vnd is not None and scores:
        checks.refuse("", "measure_ambiguous", "give income_vnd with deprived, or b1 with b2")
    elif item.income_vnd is not None and item.deprived is None:
        checks.refuse("deprived", "measure_missing", "income_vnd needs deprived (it may be empty)")
    elif item.income_vnd is None and (item.b1 is None or item.b2 is None):
        missing = "b2" if item.b1 is not None else "b1" if item.b2 is not None else ""
        checks.refuse(missing, "measure_missing", "give income_vnd with deprived, or b1 with b2")
    elif item.b2 is not None and item.deprived is not None and item.b2 != 10 * len(item.deprived):
        checks.refuse("b2", "b2_mismatch", f"b2 must be 10 x {len(item.deprived)} deprivations")


def _check_indicators(item: Assessed, standard: Standard, checks: Checks) -> None:
    names = item.deprived or []
    for position, name in enumerate(names):
        checks.attempt(f"deprived/{position}", lambda n=name: standard.indicator_code(n))  # type: ignore[misc]
    for code in repeated(standard.codes[n] for n in names if n in standard.codes):
        checks.refuse("deprived", "indicator_repeated", f"indicator {code} is named twice")


def row(model: Any, posted: dict[str, Any]) -> NewEvent:
    """Return the revision to be stored; the personal parts are taken out of its payload."""
    withdrawn = isinstance(model, Withdrawn)
    item = withdrawal(model) if withdrawn else composed(canonical(posted))
    digest = content_hash(item)
    members = item.pop("members", None) or ()
    return NewEvent(
        event_id=event_id(NAME, model.source, model.external_id, model.revision),
        source=model.source,
        external_id=model.external_id,
        revision=model.revision,
        type=model.type,
        household_id=model.household_id,
        effective_from=None if withdrawn else model.effective_from,
        withdrawn=withdrawn,
        continues=model.continues if isinstance(model, Registered) else None,
        payload=orjson.dumps(item),
        content_hash=digest,
        members=members if isinstance(model, Registered) else (),
    )
