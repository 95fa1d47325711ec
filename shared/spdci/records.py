"""What the registry answers in the standard's words: groups and members of our national profile.

The profile adds to the standard's Group a classification: its code, its days, whether it is in
force, its source and a reference. `docs/spdci.md` says it in words, `PROFILE` as JSON-LD.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from shared.law.standards import AreaType, Status

PROFILE = "/registry/profiles/vn/context.jsonld"
_CORE, _SOCIAL = (
    "https://schema.spdci.org/core/v1/",
    "https://schema.spdci.org/extensions/social/v1/",
)
_URN = "urn:poverty-registry:"
HOUSEHOLD_ID, CITIZEN_ID = "household_id", "national_id"
# The event that a subscriber is told of.
STATUS_CHANGED = "vn:HouseholdStatusChanged"
# The score of the law's second measure: ten points for each indicator that a household lacks.
SCORE_TYPE = "B2"

Context = Annotated[str, Meta(description="What the names mean: the national profile, JSON-LD.")]
ClassificationStatus = Literal["in_force", "ended", "not_assessed"]


class SpdciIdentifier(Struct, frozen=True, tag_field="@type", tag="Identifier"):
    """An identifier of a group or a member."""

    identifier_type: Annotated[str, Meta(description="Which one it is.")]
    identifier_value: Annotated[str, Meta(description="The identifier.")]


class SpdciGroup(
    Struct, frozen=True, kw_only=True, rename={"id": "@id"}, tag_field="@type", tag="Group"
):
    """A household as SPDCI has it, with the classification of our national profile."""

    context: Context = field(name="@context", default=PROFILE)
    id: Annotated[str, Meta(description="URN of the household.")]
    group_identifier: Annotated[list[SpdciIdentifier], Meta(description="Its identifiers.")]
    group_type: Annotated[str, Meta(description="Always a household.")] = "household"
    area_code: Annotated[str | None, Meta(description="Unit in force on the day; null: unknown.")]
    area_type: Annotated[AreaType | None, Meta(description="Rural or urban, as last reported.")]
    ethnic_group: Annotated[str | None, Meta(description="As last reported; null: never was.")]
    group_size: Annotated[int | None, Meta(description="Members, as the assessment counted.")]
    poverty_score: Annotated[
        int | None, Meta(description="B2: ten points for each indicator that it lacks.")
    ]
    poverty_score_type: Annotated[str | None, Meta(description="`B2` where there is a score.")]
    classification_code: Annotated[
        Status | None, Meta(description="Class by the standard in force; null: never assessed.")
    ]
    classification_status: Annotated[
        ClassificationStatus,
        Meta(description="Whether a class is in force on the day; `ended` once it is closed."),
    ]
    classification_validity_start: Annotated[
        date | None, Meta(description="First day of the class, or of the closure.")
    ]
    classification_validity_end: Annotated[
        date | None, Meta(description="First day after the class; null: open.")
    ]
    classification_source: Annotated[
        str | None, Meta(description="System that sent the assessment in force.")
    ]
    classification_reference: Annotated[
        str | None, Meta(description="Number of the decision, else the poverty standard.")
    ]
    reviewed_on: Annotated[
        date | None, Meta(description="Day on which the assessment took effect.")
    ]


class SpdciName(Struct, frozen=True, tag_field="@type", tag="Name"):
    """A name: in Viet Nam the family name comes first."""

    surname: Annotated[str, Meta(description="Family name (họ).")]
    given_name: Annotated[str, Meta(description="The rest: middle and given name.")]


class SpdciPerson(Struct, frozen=True, kw_only=True, tag_field="@type", tag="SRPerson"):
    """What is stated of a person; shortened for who may not read persons."""

    identifier: Annotated[list[SpdciIdentifier], Meta(description="Identity numbers.")]
    name: Annotated[SpdciName | None, Meta(description="The name; null: not stated.")]
    sex: Annotated[str | None, Meta(description="As registered; null: not stated or not shown.")]
    birth_date: Annotated[
        str | None, Meta(description="Day of birth, or its year where the rest is not shown.")
    ]


class SpdciMember(
    Struct, frozen=True, kw_only=True, rename={"id": "@id"}, tag_field="@type", tag="Member"
):
    """A person of a household as SPDCI has it."""

    context: Context = field(name="@context", default=PROFILE)
    id: Annotated[str, Meta(description="URN of the person in this household.")]
    member_identifier: Annotated[list[SpdciIdentifier], Meta(description="Identity numbers.")]
    demographic_info: Annotated[
        SpdciPerson | None, Meta(description="Who it is; null: the person was erased.")
    ]
    relationship_to_head: Annotated[
        str | None, Meta(description="Relation to the head; null: not stated or not shown.")
    ]
    group_identifier: Annotated[
        list[SpdciIdentifier], Meta(description="The household that counts the person.")
    ]
    masked: Annotated[
        bool, Meta(description="Whether it is shortened: the caller lacks `persons:read`.")
    ]


class GroupRow(Struct, frozen=True):
    """A household as it stands on a day, on its way into the standard's words."""

    household_id: str
    status: Status | None
    since: date | None
    until: date | None
    area_id: int | None
    area_type: AreaType | None
    ethnic_group: str | None
    standard: str | None
    score: int | None
    size: int | None
    reviewed_on: date | None
    source: str | None
    decision_no: str | None


def household_urn(household_id: str) -> str:
    """Return what a household is called among linked data."""
    return f"{_URN}household:{household_id}"


def group(row: GroupRow, area_code: str | None) -> SpdciGroup:
    """Return a household in the standard's words."""
    ended = row.status == "closed"
    in_force: ClassificationStatus = "ended" if ended else "in_force"
    return SpdciGroup(
        id=household_urn(row.household_id),
        group_identifier=[SpdciIdentifier(HOUSEHOLD_ID, row.household_id)],
        area_code=area_code,
        area_type=row.area_type,
        ethnic_group=row.ethnic_group,
        group_size=row.size,
        poverty_score=row.score,
        poverty_score_type=None if row.score is None else SCORE_TYPE,
        classification_code=row.status,
        classification_status="not_assessed" if row.status is None else in_force,
        classification_validity_start=row.since,
        classification_validity_end=None if ended else row.until,
        classification_source=row.source,
        classification_reference=row.decision_no or row.standard,
        reviewed_on=row.reviewed_on,
    )


def member(
    person_id: UUID, household_id: str, stated: Mapping[str, Any] | None, *, masked: bool
) -> SpdciMember:
    """Return a person in the standard's words; `stated` is what the caller may see."""
    numbers = [] if stated is None else _numbers(stated)
    return SpdciMember(
        id=f"{_URN}person:{person_id}",
        member_identifier=numbers,
        demographic_info=None if stated is None else _person(stated, numbers),
        relationship_to_head=(stated or {}).get("relation"),
        group_identifier=[SpdciIdentifier(HOUSEHOLD_ID, household_id)],
        masked=masked,
    )


def _numbers(stated: Mapping[str, Any]) -> list[SpdciIdentifier]:
    numbers = [(each["type"], each["value"]) for each in stated.get("identifiers") or ()]
    if stated.get("personal_number"):
        numbers.append((CITIZEN_ID, stated["personal_number"]))
    return [SpdciIdentifier(kind, value) for kind, value in numbers]


def _person(stated: Mapping[str, Any], numbers: list[SpdciIdentifier]) -> SpdciPerson:
    surname, _, rest = (stated.get("name") or "").partition(" ")
    born = stated.get("birth_date") or stated.get("birth_year")
    return SpdciPerson(
        identifier=numbers,
        name=SpdciName(surname, rest) if surname else None,
        sex=stated.get("sex"),
        birth_date=None if born is None else str(born),
    )


def context() -> dict[str, Any]:
    """Return the JSON-LD context of the profile: the standard's terms, and our own beside them."""
    core = ("group_identifier", "group_type", "group_size", "poverty_score", "poverty_score_type")
    own = {
        "classification_code": "@vocab",
        "classification_status": "@vocab",
        "classification_validity_start": "xsd:date",
        "classification_validity_end": "xsd:date",
        "classification_source": "xsd:string",
        "classification_reference": "xsd:string",
        "reviewed_on": "xsd:date",
        "area_code": "xsd:string",
        "area_type": "xsd:string",
        "ethnic_group": "xsd:string",
        "relationship_to_head": "xsd:string",
        "masked": "xsd:boolean",
        "previous_classification_code": "@vocab",
        "retracted": "xsd:boolean",
    }
    person = ("member_identifier", "demographic_info", "identifier", "name", "sex", "birth_date")
    naming = ("surname", "given_name", "identifier_type", "identifier_value")
    return {
        "@context": {
            "@version": 1.1,
            "@vocab": f"{_URN}profile:vn:",
            "core": f"{_CORE}data/",
            "spdci": f"{_SOCIAL}data/",
            "vn": f"{_URN}profile:vn:",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
            **{name: f"spdci:{name}" for name in ("Group", "Member", "SRPerson")},
            **{name: f"core:{name}" for name in ("Identifier", "Name", *core, *person, *naming)},
            **{name: {"@id": f"vn:{name}", "@type": kind} for name, kind in own.items()},
        }
    }
