"""Certificates of households: that one is on a list, or left both, verified by whoever is shown it.

What is certified is the class, since when, by which decision; the names beside it can be erased and
are no part of the digest. Law: `papers` of `seeds/policy/register_checks.yaml`.
"""

from __future__ import annotations

import asyncio
from datetime import date
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from starlette.responses import Response

from services.api.access.signatures import NOT_SIGNED, Signature, not_signed, read_signature
from services.api.access.signing import signature_of
from services.api.areas.basis import BASIS
from services.api.households.certificate import (
    KINDS,
    Certificate,
    CertificateState,
    Certified,
    SignedOnDay,
    State,
)
from services.api.households.certificate_page import certificate_page
from services.api.households.household import (
    UNKNOWN_HOUSEHOLD,
    HouseholdId,
    check_visible,
    unknown_household,
)
from services.api.households.names import named_members
from services.api.print.answers import PDF_SHOWN, InLanguage, own_address, printed_file
from services.api.print.paper import PDF
from services.api.words import Unit, unit_on
from shared.access.caller import HOUSEHOLDS_READ, PERSONS_READ
from shared.households.explanation import standard_named
from shared.households.reasons import reasons
from shared.households.recognised import Basis
from shared.households.store import decisions, reads
from shared.http.ask import Ask, OnDay, encode
from shared.http.operations import Routes
from shared.http.problems import Problem, ProblemType, not_found
from shared.kernel.database import Snapshot
from shared.law.register_checks import Paper
from shared.law.store.seeds import REGISTER_CHECKS

routes = Routes("households")

Recognised = Annotated[
    Basis,
    BASIS.but(
        default="recognised",
        description="By which class: as decided, as certificates have it, or by the figures.",
    ),
]


def nothing_to_certify() -> Problem:
    """Return the refusal for households that are on no list and in no exit window."""
    detail = "on this day, or because it has not come yet, no class is certified of the household"
    return not_found("nothing_to_certify", detail)


NOTHING = ProblemType("The household is in no class that is certified", nothing_to_certify())


@routes.get(
    "/v1/households/{household_id}/certificate",
    scope=HOUSEHOLDS_READ,
    clock=SignedOnDay,
    problems=[UNKNOWN_HOUSEHOLD, NOTHING],
    private=True,
)
async def get_certificate(
    ask: Ask, household_id: HouseholdId, basis: Recognised = "recognised"
) -> Certificate:
    """Certificate of a household.

    That it is poor, near-poor, or recently exited on a day, since when and by which decision;
    `/v1/certificates/{signature}` says to anybody whether that still stands.
    """
    return await _certificate(ask, household_id, basis)


@routes.get(
    "/v1/households/{household_id}/certificate.pdf",
    scope=HOUSEHOLDS_READ,
    clock=OnDay,
    problems=[UNKNOWN_HOUSEHOLD, NOTHING],
    answers={PDF: Annotated[bytes, Meta(description="One page.")]},
    shown=PDF_SHOWN,
    private=True,
)
async def get_certificate_page(
    ask: Ask,
    household_id: HouseholdId,
    basis: Recognised = "recognised",
    lang: InLanguage = "vi",
) -> Response:
    """Certificate of a household as a page.

    The same to be signed and handed over, with a code to scan that says whether it still stands.
    """
    paper = await _certificate(ask, household_id, basis)
    verified_at = ask.signature and f"{own_address(ask)}/v1/certificates/{ask.signature}"
    called = (await ask.policy()).status_names[paper.kind]
    content = await asyncio.to_thread(
        certificate_page, paper, called, ask.as_of, ask.settled, verified_at, lang
    )
    return printed_file(content, PDF, f"certificate-{household_id}-{ask.as_of}.pdf")


async def _certificate(ask: Ask, household_id: str, basis: Basis) -> Certificate:
    async with ask.snapshot() as snapshot:
        row = await reads.status(snapshot, household_id, ask.as_of, ask.known_at, basis=basis)
        if row is None:
            raise unknown_household()
        await check_visible(ask, row.area_id, ask.as_of)
        kind = next((each for each in KINDS if each == row.status), None)
        checks = await ask.context.seeds.read(snapshot, REGISTER_CHECKS, ask.known_at)
        to_come = ask.as_of > ask.known_on
        if kind is None or row.since is None or kind not in checks.papers or to_come:
            raise nothing_to_certify()
        review = await decisions.behind(snapshot, row.spell_event)
        change = await _change(ask, snapshot, household_id, kind, row.since)
        members = await named_members(ask, snapshot, [household_id], ask.as_of, checks)
    area = unit_on(await ask.tree(), row.area_id, ask.as_of)
    code = None if area is None else area.code
    said = Certified(household_id, kind, row.since, code, review.decision_no, ask.as_of)
    digest = sha256(encode(said)).hexdigest()
    about = {
        "household_id": household_id,
        "kind": kind,
        "since": str(row.since),
        "as_of": str(ask.as_of),
        "basis": basis,
    }
    ask.signature = await signature_of(ask, "certificate", about, digest)
    paper: Paper = checks.papers[kind]
    policy = await ask.policy()
    return Certificate(
        household_id=household_id,
        kind=kind,
        title_en=paper.en,
        title_vi=paper.vi,
        form=paper.form,
        since=row.since,
        until=row.until,
        decision_no=review.decision_no,
        transition_id=change,
        area=None if area is None else Unit.of(area),
        ethnic_group=row.ethnic_group,
        household_size=review.household_size,
        members=members.get(household_id, []),
        masked=PERSONS_READ not in ask.caller.scopes,
        reasons=reasons(
            row.status,
            row.assessment,
            standard_named(policy, row.standard),
            policy.exit_window_months,
            row.unfolded_since,
            policy.status_names if basis == "recognised" else None,
        ),
        legal_basis=paper.legal_basis,
        digest=digest,
    )


async def _change(
    ask: Ask, snapshot: Snapshot, household_id: str, kind: str, since: date
) -> UUID | None:
    """Return the published change that began the class."""
    line = await reads.timeline(snapshot, household_id, ask.today, ask.known_at)
    changes = [] if line is None else line.transitions
    return next((c.transition_id for c in changes if (c.on, c.to_status) == (since, kind)), None)


@routes.get(
    "/v1/certificates/{signature}",
    scope=None,
    problems=[NOT_SIGNED],
    shown={
        "state": "valid",
        "ended_on": None,
        "kind": "poor",
        "household_id": "LS-06091-000123",
        "since": "2023-12-14",
        "certified_for": "2024-06-30",
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    },
)
async def get_certificate_state(ask: Ask, signature: Signature) -> CertificateState:
    """Verify a certificate.

    Whether this registry made it, and whether what it says stands by all that is known now. It
    needs no token: who has the signature has the paper.
    """
    said, _ = await read_signature(ask, signature)
    if said.kind != "certificate":
        raise not_signed()
    about = said.about
    since, day = date.fromisoformat(about["since"]), date.fromisoformat(about["as_of"])
    async with ask.context.database.snapshot() as snapshot:
        state, ended_on = await _state(ask, snapshot, about, since, day)
    return CertificateState(
        state, ended_on, about["kind"], about["household_id"], since, day, said.digest
    )


async def _state(
    ask: Ask, snapshot: Snapshot, about: dict[str, str], since: date, day: date
) -> tuple[State, date | None]:
    """Follow the class from the day that was certified to today, over spells that go on in it."""
    household = about["household_id"]
    basis: Basis = "recognised" if about["basis"] == "recognised" else "computed"
    row = await reads.status(snapshot, household, day, None, basis=basis)
    if row is None or (row.status, row.since) != (about["kind"], since):
        return "revoked", None
    while row.until is not None and row.until <= ask.today:
        ended_on = row.until
        row = await reads.status(snapshot, household, ended_on, None, basis=basis)
        if row is None or row.status != about["kind"]:
            return "ended", ended_on
    return "valid", None
