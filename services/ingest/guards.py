"""What new facts must not do to others: judged under locks, in order, before they are stored.

A guard loads and locks what a batch touches, then judges item after item by pure ledgers. A request
that is refused as a whole is taken back (`undo`); `settle` writes what follows from the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from shared.kernel.database import Transaction
from shared.kernel.revisions import Key
from shared.money.fund_ledger import FundLedger, FundRevision
from shared.money.ledgers import Journal, Refusal
from shared.money.line_ledger import LineKey, LineLedger, LineState, Payment, RunState
from shared.money.store import disbursements, fund_balances, funds, payable_lines, support_records
from shared.money.store.disbursements import NewDisbursement
from shared.money.store.funds import NewFund
from shared.money.store.support_records import NewSupportRecord

Subjects = Mapping[str, set[str]]


class Raced(Exception):
    """Another process stored or changed something that was looked at: look again."""


@dataclass
class Guard:
    """Admits everything: the guard of doors whose facts cannot be at odds with others."""

    journal: Journal = field(default_factory=Journal)

    def admit(self, row: Any) -> Refusal | None:
        """Enter a row that is about to be stored, or say why it may not be."""
        return None

    def subjects(self, row: Any) -> Subjects:
        """Return the ids, by field of the message, that workers must hear of."""
        return {}

    async def settle(self, tx: Transaction) -> None:
        """Write what follows from the stored rows, if any; they have their system time already."""


def _key(row: Any) -> Key:
    return (row.source, row.external_id)


def _keys(rows: Sequence[Any]) -> list[Key]:
    return sorted({_key(row) for row in rows})


@dataclass
class FundGuard(Guard):
    """Holds the balances of the funds, and the lines that they draw on."""

    ledger: FundLedger = field(kw_only=True)
    begun: set[str] = field(kw_only=True)

    @classmethod
    async def hold(cls, tx: Transaction, rows: Sequence[NewFund]) -> FundGuard:
        """Lock the funds in order of their ids, then the lines that they are to draw on."""
        keys, named = _keys(rows), {row.fund_id for row in rows if row.fund_id is not None}
        named |= {r.fund_id for r in await funds.of_keys(tx, keys) if r.fund_id is not None}
        begun = await funds.begin(tx, named)
        allocated = await funds.hold(tx, named)
        parents = {p for row in rows if (p := _fund(row).parent) is not None}
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

    def admit(self, row: NewFund) -> Refusal | None:
        """Judge a revision of a fund."""
        return self.ledger.admit(_fund(row))

    def subjects(self, row: NewFund) -> Subjects:
        """Return the fund: of a withdrawal, the one that was withdrawn."""
        fund_id = self.ledger.ids.get(_key(row))
        return {"fund_ids": set() if fund_id is None else {fund_id}}

    async def settle(self, tx: Transaction) -> None:
        """Write the funds' amounts into their balances; a fund that was refused has none."""
        await funds.forget(tx, self.begun - self.ledger.owners.keys())
        await funds.save_amounts(tx, self.ledger.amounts())


def _drawn_on(ledger: FundLedger, parents: set[LineKey]) -> set[LineKey]:
    return parents | {f.parent for f in ledger.latest.values() if f.parent is not None}


def _fund(row: NewFund) -> FundRevision:
    return FundRevision(
        key=_key(row),
        revision=row.revision,
        fund_id=row.fund_id,
        program=row.program,
        component=row.component,
        year=row.year,
        area_code=row.payload.get("area_code"),
        amount_vnd=row.amount_vnd or 0,
        parent=None if row.parent_run is None else (row.parent_run, cast("str", row.parent_line)),
        withdrawn=row.withdrawn,
        funding_source=row.funding_source,
    )


@dataclass
class DisbursementGuard(Guard):
    """Holds the lines that are paid or returned, and the balances that this may change.

    `named` are all lines that any revision of a key ever named: workers look at each of them.
    """

    ledger: LineLedger = field(kw_only=True)
    named: dict[Key, set[LineKey]] = field(kw_only=True)
    balances: Sequence[str] = field(kw_only=True)

    @classmethod
    async def hold(cls, tx: Transaction, rows: Sequence[NewDisbursement]) -> DisbursementGuard:
        """Lock the balances that payments of superseded runs count in, then runs, then lines."""
        keys, named = _keys(rows), dict[Key, set[LineKey]]()
        for payment in (*await disbursements.of_keys(tx, keys), *map(_payment, rows)):
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

    def admit(self, row: NewDisbursement) -> Refusal | None:
        """Judge a payment or return by what its lines come to."""
        return self.ledger.admit(_payment(row))

    def subjects(self, row: NewDisbursement) -> Subjects:
        """Return the funds that were paid from, and the households whose lines were."""
        named = self.named.get(_key(row), set())
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


def _payment(row: NewDisbursement) -> Payment:
    if row.run_id is None or row.line is None:
        return Payment(_key(row), row.revision)
    line = (row.run_id, row.line)
    return Payment(_key(row), row.revision, line, row.kind or "paid", row.amount_vnd or 0)


@dataclass
class SupportGuard(Guard):
    """Knows which funds exist; a record that names none is admitted as it is."""

    existing: set[str] = field(kw_only=True)
    latest: dict[Key, int] = field(kw_only=True)
    named: dict[Key, set[str]] = field(kw_only=True)

    @classmethod
    async def hold(cls, tx: Transaction, rows: Sequence[NewSupportRecord]) -> SupportGuard:
        """Look up the funds; a record stays whatever becomes of its fund, so nothing is locked."""
        latest, named = dict[Key, int](), dict[Key, set[str]]()
        stored = await support_records.funds_named(tx, _keys(rows))
        for key, revision, fund_id in stored:
            latest[key] = max(revision, latest.get(key, 0))
            named.setdefault(key, set()).update([fund_id] if fund_id else [])
        for row in rows:
            named.setdefault(_key(row), set()).update([row.fund_id] if row.fund_id else [])
        existing = await funds.existing(tx, {f for of_key in named.values() for f in of_key})
        return cls(existing=existing, latest=latest, named=named)

    def admit(self, row: NewSupportRecord) -> Refusal | None:
        """Refuse a record of a fund that is not known, unless it is superseded already."""
        counts = row.revision > self.latest.get(_key(row), 0)
        if counts and row.fund_id is not None and row.fund_id not in self.existing:
            detail = f"no fund is called {row.fund_id!r}; post it to /v1/funds first"
            return Refusal("fund_id", "unknown_fund", detail, conflict=False)
        return None

    def subjects(self, row: NewSupportRecord) -> Subjects:
        """Return every fund that a revision of the record ever named."""
        return {"fund_ids": self.named.get(_key(row), set())}
