"""Names of members as papers have them: whole for who may read persons, else shortened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from shared.access.caller import PERSONS_READ
from shared.households.persons import masked
from shared.households.store import decisions
from shared.households.store.decisions import NamedMember
from shared.http.ask import Ask
from shared.kernel.database import Snapshot
from shared.law.register_checks import RegisterChecks


class PaperMember(Struct, frozen=True):
    """A member of the household, as papers name one."""

    name: Annotated[str | None, Meta(description="Full name; null: never stated, or erased.")]
    relation: Annotated[str | None, Meta(description="To the head of the household.")]
    birth_year: Annotated[int | None, Meta(description="Year of birth.")]


async def named_members(
    ask: Ask, snapshot: Snapshot, household_ids: Sequence[str], day: date, checks: RegisterChecks
) -> dict[str, list[PaperMember]]:
    """Return the members of households on a day, heads first.

    Names are of today, whatever instant is asked about: who was erased is named on no paper.
    """
    opened = await decisions.members(snapshot, ask.context.keys.ring, household_ids, day)
    whole = PERSONS_READ in ask.caller.scopes
    return {
        name: [_named(each, whole) for each in sorted(own, key=lambda m: not _is_head(m, checks))]
        for name, own in opened.items()
    }


def _is_head(member: NamedMember, checks: RegisterChecks) -> bool:
    return checks.is_head(member.relation)


def _named(each: NamedMember, whole: bool) -> PaperMember:
    stated = each.member or {}
    shown = stated if whole else masked(stated)
    born = str(stated.get("birth_date") or "")[:4]
    return PaperMember(shown.get("name"), each.relation, int(born) if born else None)
