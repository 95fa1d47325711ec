"""Findings of a batch: recomputed as a whole for each subject, and only the difference written.

The caller holds the lock of every subject, so that two workers never review one at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.areas.tree import AreaTree
from shared.households.events import HouseholdEvent
from shared.households.spells import counting_assessments
from shared.households.store import households
from shared.kernel.database import Transaction
from shared.law.standards import Policy
from shared.law.store.seeds import ALLOCATION_RULES, SeedCache
from shared.messages import FINDING_RAISED
from shared.messaging import outbox
from shared.messaging.message import Message
from shared.money import household_norm, register_findings
from shared.money.register_findings import PaidLine, RegisterFinding
from shared.money.store import paid_lines
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


def article_subject(article_id: str) -> str:
    """Return the name under which an article's findings are kept."""
    return f"article:{article_id}"


def finding(subject: str, found: RegisterFinding, area_id: int | None) -> NewFinding:
    """Return a finding of the register as it is stored."""
    body: dict[str, Any] = {
        "figures": [],
        "expected": found.expected,
        "stated": found.stated,
        "tolerance": 0 if isinstance(found.expected, int) else None,
        "unit": found.unit,
        "explanation": {"en": found.en, "vi": found.vi},
        "about": found.about,
    }
    return NewFinding(subject, found.kind, body, area_id)


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
    found = [f for h in household_ids for f in _decisions(h, events.get(h, ()), policy, areas)]
    for paid in await paid_lines.of_households(tx, household_ids):
        line = await _paid_line(tx, seeds, policy, paid)
        subject = household_subject(paid.household_id)
        found += [finding(subject, f, paid.area_id) for f in register_findings.payments([line])]
    return found


def _decisions(
    household: str, events: Sequence[HouseholdEvent], policy: Policy, areas: AreaTree
) -> list[NewFinding]:
    found, subject = [], household_subject(household)
    for event in counting_assessments(events):
        unit = areas.on(event.area_code, event.effective_from)
        differing = register_findings.decisions([event], policy)
        misplaced = register_findings.area_type(event, unit)
        found += [finding(subject, each, unit.area_id) for each in differing]
        if misplaced is not None:
            found.append(finding(subject, misplaced, unit.area_id))
    return found


async def _paid_line(
    tx: Transaction, seeds: SeedCache, policy: Policy, paid: PaidHousehold
) -> PaidLine:
    rules = await seeds.read(tx, ALLOCATION_RULES, paid.known_at)
    rule = household_norm.read(rules.named(paid.rule).entry)
    facts = _facts(paid, policy)
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
