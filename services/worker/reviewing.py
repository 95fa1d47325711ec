"""Findings of a batch: recomputed as a whole for each subject, and only the difference written.

The caller holds the lock of every subject, so that two workers never review one at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.worker import supporting
from services.worker.rolls import home_of, rolls_of
from shared.areas.tree import AreaTree
from shared.households.events import HouseholdEvent
from shared.households.spells import counting_assessments
from shared.households.store import households, members
from shared.households.timeline import closed_on
from shared.kernel.database import Transaction
from shared.law.register_checks import RegisterChecks
from shared.law.standards import Policy
from shared.law.store.seeds import ALLOCATION_RULES, REGISTER_CHECKS, SeedCache
from shared.messages import FINDING_RAISED
from shared.messaging import outbox
from shared.messaging.message import Message
from shared.money import household_findings, household_norm, register_findings
from shared.money.register_findings import PaidLine, RegisterFinding
from shared.money.store import paid_lines, supports
from shared.money.store.paid_lines import PaidHousehold
from shared.press.store import findings as store
from shared.press.store.findings import NewFinding

Events = Mapping[str, Sequence[HouseholdEvent]]


def household_subject(household_id: str) -> str:
    """Return the name under which a household's findings are kept."""
    return f"household:{household_id}"


def fund_subject(fund_id: str) -> str:
    """Return the name under which a fund's findings are kept."""
    return f"fund:{fund_id}"


def area_subject(code: str) -> str:
    """Return the name under which the findings of a code's units are kept."""
    return f"area:{code}"


def article_subject(article_id: str) -> str:
    """Return the name under which an article's findings are kept."""
    return f"article:{article_id}"


def finding(
    subject: str, found: RegisterFinding, area_id: int | None, checks: RegisterChecks
) -> NewFinding:
    """Return a finding of the register as it is stored, with the acts that its kind rests on."""
    body: dict[str, Any] = {
        "figures": [],
        "expected": found.expected,
        "stated": found.stated,
        "tolerance": 0 if isinstance(found.expected, int) else None,
        "unit": found.unit,
        "explanation": {"en": found.en, "vi": found.vi},
        "about": found.about,
        "legal_basis": list(checks.legal_basis[found.kind]),
    }
    return NewFinding(subject, found.kind, body, area_id)


async def with_sharers(tx: Transaction, household_ids: Sequence[str]) -> list[str]:
    """Return households and those that share a number with them: their findings change too."""
    most = household_findings.HOUSEHOLDS_OF_ONE_MAX
    return sorted({*household_ids, *await members.touched(tx, household_ids, most)})


async def all_events(
    tx: Transaction, household_ids: Collection[str]
) -> dict[str, list[HouseholdEvent]]:
    """Return all events of those of these households of which findings stand.

    Of the others it is enough to look at new events: the older ones have no finding.
    """
    standing = await store.standing(tx, [*map(household_subject, household_ids)])
    names = {subject.removeprefix("household:") for subject, _ in standing}
    return await households.list_counting(tx, sorted(names)) if names else {}


async def of_households(
    tx: Transaction,
    seeds: SeedCache,
    areas: AreaTree,
    policy: Policy,
    household_ids: Sequence[str],
    events: Events,
) -> list[NewFinding]:
    """Return what must stand of these households; their episodes are those just written."""
    review = Review(tx, seeds, areas, policy, await seeds.read(tx, REGISTER_CHECKS))
    found = [f for h in household_ids for f in review.of_assessments(h, events.get(h, ()))]
    known = await supports.known(tx, household_ids)
    whole = sorted({*known.supported, *known.with_members})
    # New reviews alone do not say when a household ended, nor who belongs to it.
    events = {**events, **(await households.list_counting(tx, whole) if whole else {})}
    if known.supported:
        found += await review.of_payments(known.supported)
        found += await review.of_support(known.supported, events)
    if known.with_members:
        found += await review.of_members(known.with_members, events)
    return found


@dataclass(frozen=True, slots=True)
class Review:
    """One look at a batch of households: the transaction, and the law as it stands."""

    tx: Transaction
    seeds: SeedCache
    areas: AreaTree
    policy: Policy
    checks: RegisterChecks

    def of_assessments(
        self, household: str, events: Sequence[HouseholdEvent]
    ) -> Iterator[NewFinding]:
        """Find what the reviews that count do not agree in."""
        for event in counting_assessments(events):
            unit = self.areas.on(event.area_code, event.effective_from)
            for each in register_findings.decisions([event], self.policy):
                yield self._of(household, each, unit.area_id)
            misplaced = register_findings.area_type(event, unit)
            late = household_findings.outside_calendar(event, self.checks, self.policy)
            for found in (misplaced, late):
                if found is not None:
                    yield self._of(household, found, unit.area_id)

    async def of_payments(self, household_ids: Sequence[str]) -> list[NewFinding]:
        """Find what was paid to households that, as corrected, are not eligible."""
        found = []
        for paid in await paid_lines.of_households(self.tx, household_ids):
            line = await self._paid_line(paid)
            found += [
                self._of(paid.household_id, each, paid.area_id)
                for each in register_findings.payments([line])
            ]
        return found

    async def of_support(self, household_ids: Sequence[str], events: Events) -> list[NewFinding]:
        """Find what the payments and support records of households do not agree in."""
        found = []
        for support in await supporting.of_households(self.tx, self.seeds, household_ids):
            own = events.get(support.household_id, ())
            home = home_of(own, self.areas) or support.area_id
            found += [
                self._of(support.household_id, each, home)
                for each in support.findings(closed_on(own))
            ]
        return found

    async def of_members(self, household_ids: Sequence[str], events: Events) -> list[NewFinding]:
        """Find households with two heads, and persons who are in several households."""
        rolls = await rolls_of(self.tx, self.areas, household_ids, events)
        having = household_findings.by_number(rolls.values())
        found = []
        for roll in (rolls[household] for household in household_ids if household in rolls):
            heads = household_findings.two_heads(roll.persons, self.checks)
            several = household_findings.in_two_households(roll, having)
            findings = (*several, *([] if heads is None else [heads]))
            found += [self._of(roll.household_id, each, roll.area_id) for each in findings]
        return found

    def _of(self, household: str, found: RegisterFinding, area_id: int | None) -> NewFinding:
        return finding(household_subject(household), found, area_id, self.checks)

    async def _paid_line(self, paid: PaidHousehold) -> PaidLine:
        rules = await self.seeds.read(self.tx, ALLOCATION_RULES, paid.known_at)
        rule = household_norm.read(rules.named(paid.rule).entry)
        facts = _facts(paid, self.policy)
        # What is said of the area was judged by the run and is no correction of the household.
        asked = [c for c in rule.eligibility if c.condition and c.condition.input in facts]
        failed = tuple(c for c in asked if c.condition and not c.condition.met(facts))
        return PaidLine(paid.run_id, paid.rule, paid.as_of, paid.net_vnd, failed)


def _facts(paid: PaidHousehold, policy: Policy) -> dict[str, Any]:
    """Return the household's inputs, by name, as `household_norm` asks for them."""
    payload = paid.payload or {}
    return {
        "household.status": paid.status,
        "household.ethnic_group": paid.ethnic_group,
        "household.area_type": paid.area_type,
        "household.merit_member": payload.get("merit_member"),
        "household.no_labour_capacity": payload.get("no_labour_capacity"),
        "household.deprived": _keys(paid.deprived, paid.standard, policy),
    }


def _keys(codes: Sequence[str] | None, standard_id: str | None, policy: Policy) -> list[str]:
    for standard in policy.standards.items:
        if standard.id == standard_id:
            return [i.key for i in standard.indicators if i.code in (codes or ())]
    return []


async def replace(
    tx: Transaction, subjects: Sequence[str], found: Sequence[NewFinding], at: datetime
) -> None:
    """Write the difference between what stands of the subjects and what was found, and tell it."""
    standing = await store.standing(tx, subjects)
    wanted = {(f.subject, f.finding_id): f for f in found}
    gone = [key for key in standing if key not in wanted]
    new = [f for key, f in wanted.items() if key not in standing]
    if gone:
        await store.withdraw(tx, [standing[key] for key in gone], at)
    if new:
        await store.raise_(tx, new, at)
    if gone or new:
        await outbox.append(tx, [_announcement(at, new, [finding_id for _, finding_id in gone])])


def _announcement(at: datetime, new: Sequence[NewFinding], gone: Sequence[Any]) -> Message:
    return Message.new(
        FINDING_RAISED,
        at,
        {
            "finding_ids": sorted({str(f.finding_id) for f in new}),
            "withdrawn_ids": sorted({str(finding_id) for finding_id in gone}),
        },
    )
