"""What new facts must not do to others: judged under locks, in order, before they are stored.

A guard loads and locks what a batch touches, then judges item after item by pure ledgers. A request
that is refused as a whole is taken back (`undo`); `settle` writes what follows from the rest.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.ingest.territory import unknown_fund, unknown_request
from shared.households import families
from shared.households.facts import FAMILY_MAX, Registration
from shared.households.families import Link
from shared.households.store import households, move_requests
from shared.kernel.database import Transaction
from shared.kernel.facts import FactKind
from shared.kernel.revisions import FactKey, Revision
from shared.money.facts import Disbursement, Fund, SupportRecord
from shared.money.fund_ledger import FundLedger, FundRevision
from shared.money.ledgers import Journal, Refusal
from shared.money.line_ledger import LineKey, LineLedger, LineState, Payment, RunState
from shared.money.store import disbursements, fund_balances, funds, payable_lines, support_records

Subjects = Mapping[str, set[str]]


class Raced(Exception):
    """Another process stored or changed something that was looked at: look again."""


@dataclass
class Guard:
    """Admits everything: the guard of facts that cannot be at odds with others."""

    journal: Journal = field(default_factory=Journal)

    def admit(self, revision: Revision) -> Refusal | None:
        """Enter a revision that is about to be stored, or say why it may not be."""
        return None

    def subjects(self, revision: Revision) -> Subjects:
        """Return the ids, by field of the message, that workers must hear of."""
        return {}

    async def settle(self, tx: Transaction) -> None:
        """Write what follows from what was stored, if anything; it has its system time already."""


def _keys(revisions: Sequence[Revision]) -> list[FactKey]:
    return sorted({revision.key for revision in revisions})


@dataclass
class FundGuard(Guard):
    """Holds the balances of the funds, and the lines that they draw on."""

    ledger: FundLedger = field(kw_only=True)
    begun: set[str] = field(kw_only=True)

    @classmethod
    async def hold(cls, tx: Transaction, revisions: Sequence[Revision]) -> FundGuard:
        """Lock the funds in order of their ids, then the lines that they are to draw on."""
        keys, fund_revisions = _keys(revisions), [_fund(revision) for revision in revisions]
        named = {fund.fund_id for fund in fund_revisions if fund.fund_id is not None}
        named |= {r.fund_id for r in await funds.of_keys(tx, keys) if r.fund_id is not None}
        begun = await funds.begin(tx, named)
        allocated = await funds.hold(tx, named)
        parents = {fund.parent for fund in fund_revisions if fund.parent is not None}
        runs, lines = await payable_lines.hold(tx, parents)
        ledger = FundLedger(runs, lines, allocated)
        ledger.owners |= await funds.owners(tx, named)
        for revision in sorted(await funds.of_keys(tx, keys), key=lambda r: r.revision):
            ledger.latest[revision.key] = revision
            if revision.fund_id is not None:
                ledger.ids[revision.key] = revision.fund_id
        ledger.drawn |= await funds.drawn(tx, _drawn_on(ledger, parents))
        paid = await disbursements.sums(tx, parents)
        ledger.paid = {line: sums.net for line, sums in paid.items()}
        ledger.money = await payable_lines.money_of(tx, {run_id for run_id, _ in lines})
        return cls(ledger.journal, ledger=ledger, begun=begun)

    def admit(self, revision: Revision) -> Refusal | None:
        """Judge a revision of a fund."""
        return self.ledger.admit(_fund(revision))

    def subjects(self, revision: Revision) -> Subjects:
        """Return the fund: of a withdrawal, the one that was withdrawn."""
        fund_id = self.ledger.ids.get(revision.key)
        return {"fund_ids": set() if fund_id is None else {fund_id}}

    async def settle(self, tx: Transaction) -> None:
        """Write the funds' amounts into their balances; a fund that was refused has none."""
        await funds.forget(tx, self.begun - self.ledger.owners.keys())
        await funds.save_amounts(tx, self.ledger.amounts())


def _drawn_on(ledger: FundLedger, parents: set[LineKey]) -> set[LineKey]:
    return parents | {f.parent for f in ledger.latest.values() if f.parent is not None}


def _fund(revision: Revision) -> FundRevision:
    fund: Fund | None = revision.fact
    if fund is None:
        return FundRevision(revision.key, revision.revision, withdrawn=True)
    return FundRevision(
        key=revision.key,
        revision=revision.revision,
        fund_id=fund.fund_id,
        program=fund.program,
        component=fund.component,
        year=fund.year,
        area_code=fund.area_code,
        amount_vnd=fund.amount_vnd,
        parent=None if fund.parent is None else (fund.parent.run_id, fund.parent.area_code),
        funding_source=fund.funding_source,
    )


@dataclass
class DisbursementGuard(Guard):
    """Holds the lines that are paid or returned, and the balances that this may change.

    `named` are all lines that any revision of a key ever named: workers look at each of them.
    """

    ledger: LineLedger = field(kw_only=True)
    named: dict[FactKey, set[LineKey]] = field(kw_only=True)
    balances: Sequence[str] = field(kw_only=True)

    @classmethod
    async def hold(cls, tx: Transaction, revisions: Sequence[Revision]) -> DisbursementGuard:
        """Lock the balances that payments of superseded runs count in, then runs, then lines."""
        keys, named = _keys(revisions), dict[FactKey, set[LineKey]]()
        for payment in (*await disbursements.of_keys(tx, keys), *map(_payment, revisions)):
            if payment.line is not None:
                named.setdefault(payment.key, set()).add(payment.line)
        touched = {line for of_key in named.values() for line in of_key}
        balances = await payable_lines.funds_superseded(tx, touched)
        await funds.hold(tx, balances)
        runs, lines = await payable_lines.hold(tx, touched)
        if any(run.superseded and run.fund_id not in balances for run in runs.values()):
            raise Raced
        ledger = LineLedger(runs, lines, await disbursements.sums(tx, touched))
        ledger.drawn = await funds.drawn(tx, {k for k, of in lines.items() if not of.household})
        stored = await disbursements.of_keys(tx, keys)
        if any(p.line is not None and p.line not in touched for p in stored):
            raise Raced
        ledger.latest |= {p.key: p for p in sorted(stored, key=lambda p: p.revision)}
        return cls(ledger.journal, ledger=ledger, named=named, balances=balances)

    def admit(self, revision: Revision) -> Refusal | None:
        """Judge a payment or return by what its lines come to."""
        return self.ledger.admit(_payment(revision))

    def subjects(self, revision: Revision) -> Subjects:
        """Return the funds that were paid from, and the households whose lines were."""
        named = self.named.get(revision.key, set())
        runs = [run for line in named if (run := self._run(line)) is not None]
        households = {line[1] for line in named if self._line(line).household}
        return {"fund_ids": {run.fund_id for run in runs}, "household_ids": households}

    def _run(self, line: LineKey) -> RunState | None:
        return self.ledger.runs.get(line[0])

    def _line(self, line: LineKey) -> LineState:
        return self.ledger.lines.get(line, LineState(0, household=False))

    async def settle(self, tx: Transaction) -> None:
        """Recompute what superseded runs still hold of their funds."""
        for fund_id in self.balances:
            await fund_balances.recompute(tx, fund_id)


def _payment(revision: Revision) -> Payment:
    paid: Disbursement | None = revision.fact
    if paid is None:
        return Payment(revision.key, revision.revision)
    line = (paid.run_id, paid.line)
    return Payment(revision.key, revision.revision, line, paid.kind, paid.amount_vnd)


@dataclass
class SupportGuard(Guard):
    """Knows which funds exist; a record that names none is admitted as it is.

    `named` are the funds, `given` the households that any revision of a key ever named.
    """

    existing: set[str] = field(kw_only=True)
    latest: dict[FactKey, int] = field(kw_only=True)
    named: dict[FactKey, set[str]] = field(kw_only=True)
    given: dict[FactKey, set[str]] = field(kw_only=True)

    @classmethod
    async def hold(cls, tx: Transaction, revisions: Sequence[Revision]) -> SupportGuard:
        """Look up the funds; a record stays whatever becomes of its fund, so nothing is locked."""
        latest = dict[FactKey, int]()
        named, given = dict[FactKey, set[str]](), dict[FactKey, set[str]]()
        stored = await support_records.named(tx, _keys(revisions))
        posted = [(each.key, 0, *_named(each)) for each in revisions]
        for key, number, fund_id, household_id in (*stored, *posted):
            latest[key] = max(number, latest.get(key, 0))
            named.setdefault(key, set()).update([fund_id] if fund_id else [])
            given.setdefault(key, set()).update([household_id] if household_id else [])
        existing = await funds.existing(tx, {f for of_key in named.values() for f in of_key})
        return cls(existing=existing, latest=latest, named=named, given=given)

    def admit(self, revision: Revision) -> Refusal | None:
        """Refuse a record of a fund that is not known, unless it is superseded already."""
        counts = revision.revision > self.latest.get(revision.key, 0)
        fund_id, _ = _named(revision)
        if counts and fund_id is not None and fund_id not in self.existing:
            return Refusal("fund_id", "unknown_fund", unknown_fund(fund_id), conflict=False)
        return None

    def subjects(self, revision: Revision) -> Subjects:
        """Return every fund and household that a revision of the record ever named."""
        subjects = {"fund_ids": self.named.get(revision.key, set())}
        households = self.given.get(revision.key)
        return subjects | {"household_ids": households} if households else subjects


def _named(revision: Revision) -> tuple[str | None, str | None]:
    record: SupportRecord | None = revision.fact
    return (None, None) if record is None else (record.fund_id, record.household_id)


@dataclass
class RequestGuard(Guard):
    """Knows which requests for moves there are: a refusal answers one of them."""

    existing: frozenset[UUID] = field(kw_only=True)

    @classmethod
    async def hold(cls, tx: Transaction, revisions: Sequence[Revision]) -> RequestGuard:
        """Look up the requests; a refusal stays whatever becomes of its request."""
        ids = {each.value("request_id") for each in revisions if each.fact is not None}
        return cls(existing=frozenset(await move_requests.of_ids(tx, ids)))

    def admit(self, revision: Revision) -> Refusal | None:
        """Refuse an answer to nothing."""
        if revision.fact is None or revision.value("request_id") in self.existing:
            return None
        fault = unknown_request(revision.value("request_id"))
        return Refusal("request_id", fault.code, fault.detail, conflict=False)


@dataclass
class FamilyGuard(Guard):
    """Knows which households are joined by `continues`: whoever changes one refolds its family.

    `links` are the joins that count, by the registration that says so, with its revision.
    """

    families: dict[str, frozenset[str]] = field(default_factory=dict)
    links: dict[FactKey, tuple[int, Link | None]] = field(default_factory=dict)

    @classmethod
    async def hold(cls, tx: Transaction, revisions: Sequence[Revision]) -> FamilyGuard:
        """Look up the families that are about to be joined; most batches join none."""
        named = {household for link in map(_link, revisions) if link for household in link}
        if not named:
            return cls()
        await households.hold_families(tx)
        families = await households.families(tx, sorted(named))
        links = await households.links(tx, sorted(frozenset().union(*families.values())))
        latest = await households.latest_revisions(tx, _keys(revisions))
        return cls(families=families, links=latest | links)

    def admit(self, revision: Revision) -> Refusal | None:
        """Join two families, unless they would be too many together or run in a ring."""
        link = _link(revision)
        counts = revision.revision > self.links.get(revision.key, (0, None))[0]
        if link is not None:
            refusal = self._too_many(*link) or (self._ring(*link) if counts else None)
            if refusal is not None:
                return refusal
            self._join(*link)
        if counts:
            self.journal.write(self.links, revision.key, (revision.revision, link))
        return None

    def _too_many(self, younger: str, older: str) -> Refusal | None:
        if len(self.families[younger] | self.families[older]) <= FAMILY_MAX:
            return None
        detail = f"households joined by `continues` are at most {FAMILY_MAX}, and {older!r} is"
        return Refusal("continues", "family_too_large", f"{detail} joined with others already")

    def _ring(self, younger: str, older: str) -> Refusal | None:
        links = [link for _, link in self.links.values() if link is not None]
        if not families.leads_to(links, older, younger):
            return None
        detail = f"{older!r} continues {younger!r} already, itself or through others"
        return Refusal("continues", "continues_ring", detail)

    def _join(self, younger: str, older: str) -> None:
        joined = self.families[younger] | self.families[older]
        for household in joined:
            self.journal.write(self.families, household, joined)


def _link(revision: Revision) -> Link | None:
    fact = revision.fact
    if not isinstance(fact, Registration) or fact.continues is None:
        return None
    return fact.household_id, fact.continues


# By the name of a kind's lock: who holds it, and judges under it.
LOCKS: dict[str, Callable[[Transaction, Sequence[Revision]], Awaitable[Guard]]] = {
    "families": FamilyGuard.hold,
    "funds": FundGuard.hold,
    "lines": DisbursementGuard.hold,
    "funds named": SupportGuard.hold,
    "requests named": RequestGuard.hold,
}


async def hold(tx: Transaction, kind: FactKind, revisions: Sequence[Revision]) -> Guard:
    """Take the kind's lock, if it has one, for what these revisions touch."""
    return Guard() if kind.lock is None else await LOCKS[kind.lock](tx, revisions)
