"""What a certificate of a household holds, and whether it still stands, as they are answered."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args
from uuid import UUID

from msgspec import Meta, Struct

from services.api.households.names import PaperMember
from services.api.print.answers import Signed
from services.api.words import Unit
from shared.households.reasons import Reason
from shared.http.ask import Ask, OnDay
from shared.law.standards import ListName

CertificateKind = Literal[ListName, "recently_exited"]
KINDS: tuple[CertificateKind, ...] = (*get_args(ListName), "recently_exited")
State = Literal["valid", "ended", "revoked"]


class SignedOnDay(Signed, frozen=True):
    """The echoes of a document about one day."""

    PARAMETERS = OnDay.PARAMETERS

    as_of: Annotated[date, Meta(description="The day that the answer is true for.")]

    @classmethod
    def of(cls, ask: Ask) -> SignedOnDay:
        """Return the echoes."""
        return cls(ask.known_at, ask.settled, ask.signature, ask.as_of)


class Certified(Struct, frozen=True):
    """What is certified, as the digest has it."""

    household_id: str
    kind: CertificateKind
    since: date
    area_code: str | None
    decision_no: str | None
    as_of: date


class Certificate(Struct, frozen=True):
    """A certificate of a household."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    kind: Annotated[CertificateKind, Meta(description="What it is certified to be.")]
    title_en: Annotated[str, Meta(description="The paper's title in English.")]
    title_vi: Annotated[str, Meta(description="The paper's title in Vietnamese.")]
    form: Annotated[str | None, Meta(description="Number of its form; null: none was found.")]
    since: Annotated[date, Meta(description="First day in this class.")]
    until: Annotated[date | None, Meta(description="First day after it; null: open.")]
    decision_no: Annotated[
        str | None, Meta(description="The decision that recognises it; null: none is stated.")
    ]
    transition_id: Annotated[
        UUID | None,
        Meta(
            description="The change in the feed that it rests on: who reads its retraction there "
            "knows that the certificate is revoked. Null: only a decision says so, not the figures."
        ),
    ]
    area: Annotated[Unit | None, Meta(description="The unit in force on the day.")]
    ethnic_group: Annotated[str | None, Meta(description="As last reported; null: never was.")]
    household_size: Annotated[int | None, Meta(description="Persons, as the review says.")]
    members: Annotated[
        list[PaperMember], Meta(description="As named today, heads first; no part of the digest.")
    ]
    masked: Annotated[
        bool, Meta(description="Whether names are shortened: the caller lacks `persons:read`.")
    ]
    reasons: Annotated[list[Reason], Meta(description="Why it has this class, by the law.")]
    legal_basis: Annotated[tuple[str, ...], Meta(description="The acts that the paper rests on.")]
    digest: Annotated[str, Meta(description="SHA-256 of what is certified, as JSON.")]


class CertificateState(Struct, frozen=True):
    """Whether what a certificate says still stands."""

    state: Annotated[
        State,
        Meta(
            description="`valid`; `ended`: it was so, until a later day; `revoked`: a correction "
            "says that it was not so."
        ),
    ]
    ended_on: Annotated[
        date | None, Meta(description="First day on which it was no more so; null: not ended.")
    ]
    kind: Annotated[CertificateKind, Meta(description="What was certified.")]
    household_id: Annotated[str, Meta(description="Id of the household.")]
    since: Annotated[date, Meta(description="First day in the class, as certified.")]
    certified_for: Annotated[date, Meta(description="The day that it was made for.")]
    digest: Annotated[str, Meta(description="As it stands on the paper.")]
