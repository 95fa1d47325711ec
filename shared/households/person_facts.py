"""Facts about persons: a member of a household, a row a person; whether two of them are one.

Law: none (who lives in a household is reported; 13/2023/NĐ-CP says how it is kept).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from shared.households.facts import HouseholdId, Sex
from shared.households.personal_numbers import check_personal_number
from shared.kernel.facts import Apart, Checks, Fact, FactKind, Wakes
from shared.kernel.fields import OWN_ID, TYPE, Day, PastDay, ShortText, about
from shared.law.world import World
from shared.messages import MONEY_REVIEW_DUE

PersonId = Annotated[str, OWN_ID]


class HouseholdMember(Fact, frozen=True, kw_only=True):
    """A person belongs to a household from a day on."""

    type: Annotated[Literal["member"], TYPE] = "member"
    household_id: Annotated[
        HouseholdId,
        about("The household.", example="LS-06091-000123", vi="Mã hộ", en="Household id"),
    ]
    effective_from: Annotated[
        Day,
        about(
            "The day from which the person counts as a member.",
            example="2023-12-14",
            vi="Hiệu lực từ",
            en="Effective from",
        ),
    ]
    member_id: Annotated[
        ShortText,
        about(
            "What the source calls the person in the household.",
            example="1",
            vi="Số thứ tự nhân khẩu",
            en="Member id",
        ),
    ]
    name: Annotated[
        ShortText, about("Full name.", example="Lý Thị Mẩy", vi="Họ và tên", en="Full name")
    ]
    sex: Annotated[Sex | None, about("Sex as registered.", vi="Giới tính", en="Sex")] = None
    birth_date: Annotated[
        PastDay | None,
        about("Day of birth, not in the future.", vi="Ngày sinh", en="Birth date"),
    ] = None
    relation: Annotated[
        ShortText | None,
        about(
            "Relation to the head of the household.",
            example="head",
            vi="Quan hệ với chủ hộ",
            en="Relation to head",
        ),
    ] = None
    personal_number: Annotated[
        ShortText | None,
        about(
            "Number of the citizen: 12 digits, or 9 of an old card.",
            example="020180000001",
            vi="Số định danh cá nhân",
            en="Personal number",
        ),
    ] = None

    def check(self, world: World, checks: Checks) -> None:
        """Refuse who is not born yet, and what is no citizen's number."""
        born, number = self.birth_date, self.personal_number
        if born is not None and born > world.today:
            checks.refuse("birth_date", "in_future", "nobody is born in the future")
        elif born is not None and born > self.effective_from:
            detail = f"born on {born}, after the first day as a member: {self.effective_from}"
            checks.refuse("birth_date", "born_after_registration", detail)
        if number is not None:
            checks.attempt(
                "personal_number", lambda: check_personal_number(number, born, world.areas)
            )


HOUSEHOLD_MEMBERS = FactKind(
    name="members",
    plural="members",
    types=(HouseholdMember,),
    summary="Record members of households",
    description="Record members of households, one each: what a registration lists, as rows. Who "
    "they are is encrypted, shown to callers with `persons:read`, and erasable.",
    columns={"household_id": "key", "effective_from": "date"},
    indexes={"household": ("household_id",)},
    wakes=Wakes(MONEY_REVIEW_DUE, "household_ids", "household_id", ever=True),
    composed=True,
    apart=Apart(
        "household_id",
        fields=("member_id", "name", "sex", "birth_date", "relation", "personal_number"),
    ),
    refusals={
        "in_future": "A day lies in the future.",
        "born_after_registration": "The person was born after the first day as a member.",
        "invalid_personal_number": "Neither 12 digits of a citizen nor 9 of an old card.",
    },
)


class PersonDecision(Fact, frozen=True, kw_only=True):
    """Somebody looked at two persons and decided whether they are one."""

    type: Annotated[Literal["decision"], TYPE] = "decision"
    person_id: Annotated[
        PersonId,
        about(
            "One of the two, as `/v1/persons/likely-same` names it.",
            example="0b8f2a1c-4d5e-8f60-9a7b-1c2d3e4f5a6b",
            vi="Mã nhân khẩu",
            en="Person id",
        ),
    ]
    other_person_id: Annotated[
        PersonId,
        about(
            "The other one.",
            example="7c6d5e4f-3a2b-8c1d-8e9f-0a1b2c3d4e5f",
            vi="Mã nhân khẩu kia",
            en="Other person id",
        ),
    ]
    same: Annotated[
        bool,
        about("Whether they are one human being.", example=True, vi="Là một người", en="Same"),
    ]
    decided_on: Annotated[
        Day,
        about(
            "The day of the decision; the latest about two persons counts.",
            example="2026-10-05",
            vi="Ngày xác định",
            en="Decided on",
        ),
    ]

    def check(self, world: World, checks: Checks) -> None:
        """Refuse what is one person, and days to come."""
        if self.person_id == self.other_person_id:
            checks.refuse("other_person_id", "one_person", "two persons must be named")
        if self.decided_on > world.today:
            checks.refuse("decided_on", "in_future", "nothing is decided in the future")

    def columns(self, world: World) -> dict[str, Any]:
        """Return the two in one order, whichever was named first."""
        first, second = sorted(UUID(each) for each in (self.person_id, self.other_person_id))
        return {"person_id": first, "other_person_id": second}


PERSON_DECISIONS = FactKind(
    name="person-decisions",
    plural="decisions",
    types=(PersonDecision,),
    summary="Record decisions on likely same persons",
    description="Record whether two persons that look like one are one. Nothing that is computed "
    "later changes it.",
    columns={
        "person_id": "uuid",
        "other_person_id": "uuid",
        "same": "bool",
        "decided_on": "date",
    },
    indexes={"persons": ("person_id", "other_person_id")},
    refusals={
        "invalid_format": "A field has another form.",
        "one_person": "Both ids are of one person.",
        "in_future": "A day lies in the future.",
    },
)
