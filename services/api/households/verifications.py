"""Verification: whether a citizen is on a list, asked by the number alone, and nothing else told.

Law: 66/2026/NĐ-CP (what an agency can read in a database the citizen need not prove on paper).
"""

from __future__ import annotations

import asyncio
from datetime import date
from math import ceil
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.access.caller import PERSONS_READ, PERSONS_VERIFY
from shared.areas.reach import granted
from shared.households.personal_numbers import check_personal_number
from shared.households.persons import CITIZEN_NUMBER, plain_name
from shared.households.store import person_lookups
from shared.households.store.person_lookups import PersonHit
from shared.households.store.persons import identifier_digest
from shared.http.ask import Ask
from shared.http.audit import concern, say_purpose
from shared.http.limits import LOOKUPS_LIMITED
from shared.http.operations import Routes
from shared.http.problems import Problem, ProblemType, invalid
from shared.kernel.errors import DomainError, Fault
from shared.kernel.facts import Part
from shared.kernel.fields import Day, ShortText, about
from shared.law.standards import LISTS, ListName

routes = Routes("households")

# An answer leaves at the next multiple: how long a look took does not tell whom it found.
TICK_SECONDS = 0.1
Listed = Literal[ListName, "recently_exited", "none"]
# Of several households of one person the one that law looks after first.
_ORDER: tuple[Listed, ...] = (*LISTS, "recently_exited")


class VerificationQuestion(Part, frozen=True, kw_only=True):
    """Who is asked about, for what."""

    personal_id: Annotated[
        ShortText, about("Number of the citizen, 12 digits.", example="020180000001")
    ]
    as_of: Annotated[Day, about("The day that is asked about.", example="2026-10-05")]
    purpose: Annotated[
        ShortText,
        about("What for; it stands in the audit chain.", example="exemption of school fees"),
    ]
    name: Annotated[
        ShortText | None,
        about("Full name; with it only a person of this name, accents and case aside, is meant."),
    ] = None


class Verification(Struct, frozen=True):
    """Whether the person's household is on a list, and since when; nothing else."""

    listed: Annotated[
        Listed, Meta(description="The list; `none` also for whom nobody knows of here.")
    ]
    since: Annotated[date | None, Meta(description="First day on it; null for `none`.")]
    until: Annotated[date | None, Meta(description="First day after it; null: open, or `none`.")]


NONE = Verification("none", None, None)


def invalid_number(detail: str = "this is no personal number") -> Problem:
    """Return the refusal of what is no number, whoever has it."""
    return invalid([Fault("/personal_id", "invalid_personal_number", detail)])


@routes.post(
    "/v1/verifications",
    scope=PERSONS_VERIFY,
    also=[PERSONS_READ],
    problems=[LOOKUPS_LIMITED, ProblemType("No citizen's number", invalid_number())],
    shown={"listed": "poor", "since": "2023-12-14", "until": None},
)
async def verify_person(ask: Ask, question: VerificationQuestion) -> Verification:
    """Verify that a citizen is on a list.

    For agencies that would ask the citizen for a certificate. The answer has the same form and
    takes the same time whether the person exists, lives in the caller's area, bears the name, or
    does not.
    """
    ask.limit_lookups()
    say_purpose(ask.request, question.purpose)
    tree, loop = await ask.tree(), asyncio.get_running_loop()
    try:
        check_personal_number(question.personal_id, None, tree)
    except DomainError as error:
        raise invalid_number(error.detail) from None
    begun = loop.time()
    ring = ask.context.keys.ring()
    digest = identifier_digest(ring, CITIZEN_NUMBER, question.personal_id)
    # Whoever tries numbers out leaves a trace of each, found or not.
    concern(ask.request, {f"person:{digest[:16].hex()}"})
    async with ask.context.database.statement() as snapshot:
        hits = await person_lookups.by_digest(snapshot, ring, digest, question.as_of)
    reach = granted(tree, ask.caller.area, question.as_of)
    seen = [hit for hit in hits if reach is None or hit.area_id in reach]
    concern(ask.request, {hit.household_id for hit in seen})
    answer = _verified([hit for hit in seen if _bears(hit, question.name)])
    took = loop.time() - begun
    await asyncio.sleep(ceil(took / TICK_SECONDS) * TICK_SECONDS - took)
    return answer


def _bears(hit: PersonHit, name: str | None) -> bool:
    known = (hit.member or {}).get("name")
    return name is None or (known is not None and plain_name(known) == plain_name(name))


def _verified(hits: list[PersonHit]) -> Verification:
    for name in _ORDER:
        of_list = [hit for hit in hits if hit.status == name]
        if of_list:
            first = min(of_list, key=lambda hit: hit.since or date.max)
            return Verification(name, first.since, first.until)
    return NONE
