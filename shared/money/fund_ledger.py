"""Funds under revision: never less than is allocated of them, nor more than their parent line has.

Of each (source, external_id) the highest revision counts, in whatever order revisions arrive; so a
fund belongs to one of them, and only a revision that counts is held against what is allocated.

Law: none (a fund is what its budget decision says; no đồng of it is given twice).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.money.ledgers import Journal, Refusal
from shared.money.line_ledger import Key, LineKey, LineState, RunState

IN_USE = ("program", "component", "year", "funding_source", "area_code", "parent")


@dataclass(frozen=True, slots=True)
class FundRevision:
    """One revision of a fund; a withdrawn one says no more than its key."""

    key: Key
    revision: int
    fund_id: str | None = None
    program: str | None = None
    component: str | None = None
    year: int | None = None
    area_code: str | None = None
    amount_vnd: int = 0
    parent: LineKey | None = None
    withdrawn: bool = False
    funding_source: str | None = None


@dataclass
class FundLedger:
    """The funds that a batch touches, under lock.

    `allocated` is what runs hold of each fund, `drawn` what all child funds have of a line, `paid`
    what was paid of it and did not come back, `money` what the money of a run must stay.
    """

    runs: Mapping[str, RunState]
    lines: Mapping[LineKey, LineState]
    allocated: Mapping[str, int]
    drawn: dict[LineKey, int] = field(default_factory=dict)
    paid: Mapping[LineKey, int] = field(default_factory=dict)
    money: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    latest: dict[Key, FundRevision] = field(default_factory=dict)
    ids: dict[Key, str] = field(default_factory=dict)
    owners: dict[str, Key] = field(default_factory=dict)
    journal: Journal = field(default_factory=Journal)

    def admit(self, new: FundRevision) -> Refusal | None:
        """Enter a revision, or say why it cannot be; one below the latest changes no amount."""
        old = self.latest.get(new.key)
        counts = old is None or new.revision > old.revision
        refusal = self._owned(new) or (self._counts(old, new) if counts else None)
        if refusal is not None:
            return refusal
        if new.fund_id is not None:
            self.journal.write(self.ids, new.key, new.fund_id)
            self.journal.write(self.owners, new.fund_id, new.key)
        if counts:
            self._draw(old, -1)
            self._draw(new, 1)
            self.journal.write(self.latest, new.key, new)
        return None

    def amounts(self) -> dict[str, int]:
        """Return the amount of every fund by its latest revision; of a withdrawn one 0."""
        return {
            fund_id: self.latest[key].amount_vnd
            for key, fund_id in self.ids.items()
            if key in self.latest
        }

    def _owned(self, new: FundRevision) -> Refusal | None:
        if new.fund_id is None:
            return None
        known = self.ids.get(new.key, new.fund_id)
        if known != new.fund_id:
            detail = f"this is fund {known!r}; withdraw it and send another under a new external_id"
            return Refusal("fund_id", "fund_id_changed", detail)
        source, external_id = self.owners.get(new.fund_id, new.key)
        if (source, external_id) != new.key:
            detail = (
                f"fund {new.fund_id!r} is {external_id!r} from {source!r}; send a revision of it"
            )
            return Refusal("fund_id", "fund_id_taken", detail)
        return None

    def _counts(self, old: FundRevision | None, new: FundRevision) -> Refusal | None:
        allocated = self.allocated.get(self.ids.get(new.key, ""), 0)
        if new.amount_vnd < allocated:
            detail = f"{allocated} of the fund are allocated; supersede its runs first"
            return Refusal("" if new.withdrawn else "amount_vnd", "below_allocated", detail)
        if old is not None and allocated > 0:
            for name in IN_USE:
                if getattr(old, name) != getattr(new, name):
                    detail = f"{name} is what runs of the fund were computed with; it must stay"
                    return Refusal(name, "fund_in_use", detail)
        return self._drawn(old, new)

    def _drawn(self, old: FundRevision | None, new: FundRevision) -> Refusal | None:
        if new.parent is None:
            return None
        run_id, line = new.parent
        refusal = self._parent(run_id, new.parent) or self._of_parent(run_id, new)
        if refusal is not None:
            return refusal
        others, paid = self.drawn.get(new.parent, 0), self.paid.get(new.parent, 0)
        if old is not None and old.parent == new.parent:
            others -= old.amount_vnd
        amount = self.lines[new.parent].amount_vnd
        if others + paid + new.amount_vnd > amount:
            detail = f"line {line} of run {run_id} has {amount}, of which other funds have {others}"
            detail += f" and {paid} were paid" if paid else ""
            return Refusal("amount_vnd", "exceeds_parent", detail)
        return None

    def _parent(self, run_id: str, line: LineKey) -> Refusal | None:
        run = self.runs.get(run_id)
        if run is None:
            detail = f"no allocation run is called {run_id!r}"
            return Refusal("parent/run_id", "unknown_run", detail, conflict=False)
        if not run.committed:
            detail = f"run {run_id} is not completed as a commit; it passes nothing on"
            return Refusal("parent/run_id", "run_not_committed", detail, conflict=False)
        if run.superseded:
            detail = f"run {run_id} was superseded; it passes nothing on"
            return Refusal("parent/run_id", "run_superseded", detail)
        if line not in self.lines or self.lines[line].household:
            detail = f"run {run_id} has no line of an area {line[1]!r}"
            return Refusal("parent/area_code", "unknown_line", detail, conflict=False)
        return None

    def _of_parent(self, run_id: str, new: FundRevision) -> Refusal | None:
        """Refuse what would turn the parent's money into money of another kind."""
        for name, value in self.money.get(run_id, {}).items():
            if value != getattr(new, name):
                detail = f"the money of run {run_id} has the {name} {value}, and keeps it"
                return Refusal(name, "differs_from_parent", detail)
        return None

    def _draw(self, fund: FundRevision | None, sign: int) -> None:
        if fund is not None and fund.parent is not None:
            drawn = self.drawn.get(fund.parent, 0) + sign * fund.amount_vnd
            self.journal.write(self.drawn, fund.parent, drawn)
