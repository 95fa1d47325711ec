"""Facts about households: registered, assessed (rà soát), moved, closed.

Law: none (what was reviewed is reported; `poverty_standards.yaml` says what follows).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from shared.areas.facts import Code
from shared.areas.tree import Unit, area_type_of
from shared.households.personal_numbers import PERSONAL_NUMBERS, check_personal_number
from shared.kernel.facts import Apart, Checks, Fact, FactKind, Part, Wakes, repeated
from shared.kernel.fields import TYPE, Day, PastDay, ShortText, Vnd, about, name_of
from shared.law.standards import Recognised, Standard
from shared.law.world import World
from shared.messages import HOUSEHOLD_EVENT_RECORDED

HouseholdId = Annotated[str, name_of("A-Za-z0-9._:-")]
Score = Annotated[int, Meta(ge=0, le=10_000)]
_STANDARD = "the standard in force (`GET /v1/standards`)"
_REVIEW = "the yearly and regular reviews of the standard in force (`GET /v1/standards`)"


class Identifier(Part, frozen=True, kw_only=True):
    """An identity number of a person, kept apart from the event."""

    type: Annotated[ShortText, about("Which number it is.", example="cccd")]
    value: Annotated[ShortText, about("The number as written.", example="020158000001")]


Sex = Literal["female", "male", "other", "unknown"]


class Member(Part, frozen=True, kw_only=True):
    """A person of the household; personal parts live in a table of their own."""

    member_id: Annotated[ShortText, about("What the source calls the person.", example="1")]
    name: Annotated[ShortText | None, about("Full name.")] = None
    sex: Annotated[Sex | None, about("Sex as registered.")] = None
    birth_date: Annotated[PastDay | None, about("Day of birth, not in the future.")] = None
    relation: Annotated[
        ShortText | None, about("Relation to the head of the household.", example="head")
    ] = None
    identifiers: Annotated[
        list[Identifier], Meta(max_length=20), about("Identity numbers, at most 20.")
    ] = msgspec.field(default_factory=list)


# Whoever corrects one of them has all that continue it folded anew.
FAMILY_MAX = 100


class HouseholdEvent(Fact, frozen=True, kw_only=True):
    """What every event of a household has."""

    household_id: Annotated[
        HouseholdId,
        about(
            "The household, over all of its events.",
            example="LS-06091-000123",
            vi="Mã hộ",
            en="Household id",
        ),
    ]
    effective_from: Annotated[
        Day,
        about(
            "The day from which it holds; of a review the day of the commune chairman's decision, "
            "or the day that it names.",
            law=_REVIEW,
            example="2023-12-14",
            vi="Hiệu lực từ",
            en="Effective from",
        ),
    ]


class Placed(HouseholdEvent, frozen=True, kw_only=True):
    """What every event has that says where the household lives."""

    area_code: Annotated[
        Code,
        about(
            "The commune, in force on `effective_from`.",
            example="06091",
            vi="Mã xã",
            en="Commune code",
        ),
    ]
    area_type: Annotated[
        Literal["rural", "urban"],
        about(
            "Which income line applies.",
            law=_STANDARD,
            example="rural",
            vi="Khu vực nông thôn hay thành thị",
            en="Rural or urban",
        ),
    ]
    area_type_reason: Annotated[
        ShortText | None,
        about(
            "Why `area_type` is not that of the unit's kind (wards and townships are urban, "
            "communes rural); taken with a finding.",
            vi="Lý do khu vực khác loại đơn vị",
            en="Reason for rural or urban",
        ),
    ] = None

    def check(self, world: World, checks: Checks) -> None:
        """Refuse what is no commune on that day."""
        self.check_place(world, checks)

    def check_place(self, world: World, checks: Checks) -> None:
        """Refuse what is no commune on that day, and the wrong line of income for its kind."""
        units: list[Unit] = []
        checks.attempt(
            "area_code",
            lambda: units.append(world.areas.commune_on(self.area_code, self.effective_from)),
        )
        for unit in units:
            expected = area_type_of(unit)
            if expected not in {None, self.area_type} and self.area_type_reason is None:
                detail = f"{unit.kind} {unit.name} is {expected}; if not, say area_type_reason"
                checks.refuse("area_type", "area_type_differs", detail)


def _check_group(name: str | None, world: World, checks: Checks) -> None:
    if name is not None:
        checks.attempt("ethnic_group", lambda: world.ethnic_groups.named(name))


def _kept_group(name: str | None, world: World) -> dict[str, Any]:
    """Return the group by its official name: one group, one spelling."""
    return {} if name is None else {"ethnic_group": world.ethnic_groups.named(name)}


class Registration(Placed, frozen=True, kw_only=True):
    """A household becomes known to the registry."""

    type: Annotated[Literal["registered"], TYPE]
    ethnic_group: Annotated[
        ShortText | None, about("Ethnic group of the head.", vi="Dân tộc", en="Ethnic group")
    ] = None
    members: Annotated[
        list[Member],
        Meta(max_length=100),
        about("The persons of the household, at most 100; kept apart and erasable."),
    ] = msgspec.field(default_factory=list)
    continues: Annotated[
        HouseholdId | None,
        about(
            "An older household of which this one brings along what was before the registration: "
            "its times on the lists (unless it lives on), its exit window, what it was supported "
            f"with. At most {FAMILY_MAX} households are joined in this way, never in a ring.",
            vi="Tiếp nối hộ",
            en="Continues household",
        ),
    ] = None

    def check(self, world: World, checks: Checks) -> None:
        """Refuse a household that continues itself, persons named twice or not born yet."""
        super().check(world, checks)
        _check_group(self.ethnic_group, world, checks)
        if self.continues == self.household_id:
            checks.refuse("continues", "continues_itself", "a household cannot continue itself")
        for name in repeated(member.member_id for member in self.members):
            checks.refuse("members", "member_repeated", f"member {name!r} is named twice")
        for position, member in enumerate(self.members):
            self._check_member(f"members/{position}", member, world, checks)

    def _check_member(self, place: str, member: Member, world: World, checks: Checks) -> None:
        born = member.birth_date
        if born is not None and born > world.today:
            checks.refuse(f"{place}/birth_date", "in_future", "nobody is born in the future")
        elif born is not None and born > self.effective_from:
            detail = f"born on {born}, after the household was registered: {self.effective_from}"
            checks.refuse(f"{place}/birth_date", "born_after_registration", detail)
        for number, identifier in enumerate(member.identifiers):
            if identifier.type.casefold() in PERSONAL_NUMBERS:
                checks.attempt(
                    f"{place}/identifiers/{number}/value",
                    lambda value=identifier.value: check_personal_number(value, born, world.areas),  # type: ignore[misc] # the default is bound at once
                )

    def as_kept(self, world: World) -> dict[str, Any]:
        """Return the ethnic group as the state's list calls it."""
        return _kept_group(self.ethnic_group, world)


class Assessment(Placed, frozen=True, kw_only=True):
    """A review's result: measured by income and deprivations, or by the scores B1 and B2."""

    type: Annotated[Literal["assessed"], TYPE]
    assessed_on: Annotated[
        Day,
        about(
            "The day of the interview, at the latest `effective_from`.",
            law=_REVIEW,
            example="2023-10-12",
            vi="Ngày rà soát",
            en="Assessed on",
        ),
    ]
    review: Annotated[
        Literal["annual", "regular"],
        about(
            "Whether all households were reviewed, or this one at its request.",
            law=_REVIEW,
            example="annual",
            vi="Loại rà soát",
            en="Review",
        ),
    ]
    decision_no: Annotated[
        ShortText | None,
        about("Number of the decision that recognises it.", vi="Số quyết định", en="Decision no."),
    ] = None
    income_vnd: Annotated[
        Vnd | None,
        about(
            "Income; it needs `deprived`, which may be empty.",
            unit="đồng per person and month",
            law=_STANDARD,
            example=1_200_000,
            vi="Thu nhập bình quân",
            en="Income per person and month",
        ),
    ] = None
    deprived: Annotated[
        Annotated[list[ShortText], Meta(max_length=64, extra_json_schema={"uniqueItems": True})]
        | None,
        about(
            "Indicators in which the household is deprived, by key or code, none twice.",
            law=_STANDARD,
            example=["health_insurance", "toilet", "water"],
            vi="Chỉ số thiếu hụt",
            en="Deprived of",
            none_with="income_vnd",
        ),
    ] = None
    b1: Annotated[
        Score | None,
        about("Score B1: income as estimated.", unit="points", law=_REVIEW, vi="Điểm B1", en="B1"),
    ] = None
    b2: Annotated[
        Score | None,
        about(
            "Score B2: ten for each deprivation.", unit="points", law=_REVIEW, vi="Điểm B2", en="B2"
        ),
    ] = None
    standard: Annotated[
        ShortText | None,
        about(
            "The standard, in force on `effective_from`; by default the one that is.",
            law=_STANDARD,
            vi="Chuẩn nghèo",
            en="Standard",
        ),
    ] = None
    recognised: Annotated[
        Recognised | None,
        about(
            "What the chairman decided; a difference from the computed class is a finding.",
            law=_REVIEW,
            vi="Công nhận",
            en="Recognised as",
        ),
    ] = None
    household_size: Annotated[
        Annotated[int, Meta(ge=1, le=100)] | None,
        about("Persons who share income.", unit="persons", example=4, vi="Số nhân khẩu", en="Size"),
    ] = None
    ethnic_group: Annotated[
        ShortText | None,
        about("Ethnic group of the head.", example="Tày", vi="Dân tộc", en="Ethnic group"),
    ] = None
    no_labour_capacity: Annotated[
        bool | None,
        about(
            "No member is able to work.",
            law=_REVIEW,
            vi="Không có khả năng lao động",
            en="No labour capacity",
        ),
    ] = None
    merit_member: Annotated[
        bool | None,
        about(
            "A member has merits for the revolution, so support comes first.",
            vi="Có người có công",
            en="Member of merit",
        ),
    ] = None
    causes: Annotated[
        Annotated[list[ShortText], Meta(max_length=20)] | None,
        about("Why the household is poor, as the review states.", vi="Nguyên nhân", en="Causes"),
    ] = None

    def check(self, world: World, checks: Checks) -> None:
        """Refuse a measurement that its standard cannot judge."""
        self.check_place(world, checks)
        if self.effective_from < self.assessed_on:
            checks.refuse(
                "effective_from",
                "effective_before_assessed",
                f"effective_from {self.effective_from} lies before assessed_on {self.assessed_on}",
            )
        _check_group(self.ethnic_group, world, checks)
        self._check_measure(checks)
        standards: list[Standard] = []
        checks.attempt(
            "standard" if self.standard else "effective_from",
            lambda: standards.append(self._standard(world)),
        )
        for standard in standards:
            self._check_indicators(standard, checks)
            if self.income_vnd is None and self.b1 is not None and standard.score_rules is None:
                checks.refuse(
                    "b1", "standard_has_no_scoring", f"{standard.id} has no known score table"
                )

    def as_kept(self, world: World) -> dict[str, Any]:
        """Return the ethnic group as the state's list calls it."""
        return _kept_group(self.ethnic_group, world)

    def _standard(self, world: World) -> Standard:
        if self.standard is None:
            return world.policy.standards.on(self.effective_from)
        return world.policy.standards.named(self.standard, self.effective_from)

    def _check_measure(self, checks: Checks) -> None:
        both = "give income_vnd with deprived, or b1 with b2"
        scores = self.b1 is not None or self.b2 is not None
        if self.income_vnd is not None and scores:
            checks.refuse("", "measure_ambiguous", both)
        elif self.income_vnd is not None and self.deprived is None:
            detail = "income_vnd needs deprived (it may be empty)"
            checks.refuse("deprived", "measure_missing", detail)
        elif self.income_vnd is None and (self.b1 is None or self.b2 is None):
            missing = "b2" if self.b1 is not None else "b1" if self.b2 is not None else ""
            checks.refuse(missing, "measure_missing", both)
        elif None not in (self.b2, self.deprived) and self.b2 != 10 * len(self.deprived or ()):
            detail = f"b2 must be 10 x {len(self.deprived or ())} deprivations"
            checks.refuse("b2", "b2_mismatch", detail)

    def _check_indicators(self, standard: Standard, checks: Checks) -> None:
        names = self.deprived or []
        codes = [standard.codes.get(name) for name in names]
        if None not in codes and len(set(codes)) == len(codes):
            return  # as nearly always; below every fault is named
        for position, name in enumerate(names):
            checks.attempt(f"deprived/{position}", lambda n=name: standard.indicator_code(n))  # type: ignore[misc] # the default is bound at once
        for code in repeated(standard.codes[n] for n in names if n in standard.codes):
            checks.refuse("deprived", "indicator_repeated", f"indicator {code} is named twice")


class Move(Placed, frozen=True, kw_only=True):
    """The household lives elsewhere from this day on."""

    type: Annotated[Literal["moved"], TYPE]


class Closure(HouseholdEvent, frozen=True, kw_only=True):
    """The household ends."""

    type: Annotated[Literal["closed"], TYPE]
    reason: Annotated[
        Literal["dissolved", "moved_out", "merged", "deceased"],
        about("Why it ends.", example="merged", vi="Lý do", en="Reason"),
    ]
    into: Annotated[
        HouseholdId | None,
        about(
            "The household that it merged into; where several `continues` this one on the day of "
            "its end, the one that goes on under a new id.",
            vi="Nhập vào hộ",
            en="Merged into",
        ),
    ] = None

    def check(self, world: World, checks: Checks) -> None:
        """Refuse a household that merges into itself."""
        super().check(world, checks)
        if self.into == self.household_id:
            checks.refuse("into", "merged_into_itself", "a household cannot merge into itself")


HOUSEHOLD_EVENTS = FactKind(
    name="household-events",
    plural="events",
    types=(Assessment, Registration, Move, Closure),
    summary="Record household events",
    description="Record household events: registered, assessed, moved, closed.",
    columns={
        "type": "text",
        "household_id": "key",
        "effective_from": "date",
        "continues": "key",
    },
    needed=frozenset({"type"}),
    indexes={
        "household": ("household_id",),
        "continues": ("continues",),
        "joined": ("household_id",),
    },
    sparse={"continues": "continues", "joined": "continues"},
    lock="families",
    wakes=Wakes(HOUSEHOLD_EVENT_RECORDED, "household_ids", "household_id", ever=True),
    composed=True,
    kept_when_withdrawn=("household_id",),
    apart=Apart("household_id", listed="members"),
    refusals={
        "unknown_area": "No unit ever had this code.",
        "area_not_in_force": "The commune is not in force on that day; `detail` names successors.",
        "area_not_commune": "The code is of a district, a province or a waiting room.",
        "area_type_differs": "Wards and townships are urban, communes rural, else a reason is due.",
        "effective_before_assessed": "A decision cannot come before the interview.",
        "measure_missing": "Neither way of measuring is complete.",
        "measure_ambiguous": "Both ways of measuring are given.",
        "b2_mismatch": "B2 is ten times the number of deprivations.",
        "unknown_standard": "No standard has this id.",
        "standard_not_applicable": "The standard is not in force on `effective_from`.",
        "no_standard_in_force": "No standard is in force on `effective_from`.",
        "standard_has_no_scoring": "The standard's score table is not known here.",
        "unknown_indicator": "The standard has no such indicator.",
        "indicator_repeated": "An indicator is named twice.",
        "continues_itself": "A household cannot continue itself.",
        "merged_into_itself": "A household cannot merge into itself.",
        "in_future": "A person's birth lies in the future.",
        "born_after_registration": "A person was born after the household was registered.",
        "member_repeated": "A member is named twice.",
        "invalid_personal_number": "Neither 12 digits of a citizen nor 9 of an old card.",
        "unknown_ethnic_group": "None of the 54 groups; `detail` names the nearest.",
    },
    conflicts={
        "continues_ring": "The older household continues this one already, itself or by others.",
        "family_too_large": f"More than {FAMILY_MAX} households would be joined by `continues`.",
    },
)
