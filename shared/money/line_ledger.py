"""What was paid of the lines of allocation runs, and came back: never more than there is.

A line is spent by payments or passed on to the funds below it; the same đồng is never both.

Of each (source, external_id) the highest revision counts, in whatever order revisions arrive; a
correction is judged by what the lines that it touches come to.

Law: 55/2023/TT-BTC Art. 75, 60/2026/TT-BTC Art. 3(3) (a line is paid to its beneficiary).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shared.money.ledgers import Journal, Refusal
from shared.money.net_paid import net_paid

Key = tuple[str, str]
LineKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class RunState:
    """A run as far as its lines may be paid; `committed`: completed, and not as a preview."""

    fund_id: str
    committed: bool
    superseded: bool


@dataclass(frozen=True, slots=True)
class LineState:
    """A line: what was allocated to it, and whether it is a household's."""

    amount_vnd: int
    household: bool


@dataclass(frozen=True, slots=True)
class Sums:
    """What was paid of a line in all, and what of that came back."""

    paid: int = 0
    returned: int = 0

    @property
    def net(self) -> int:
        """Return what is out."""
        return net_paid(self.paid, self.returned)


@dataclass(frozen=True, slots=True)
class Payment:
    """One revision of a payment or return; `line` is None where it is withdrawn."""

    key: Key
    revision: int
    line: LineKey | None = None
    kind: Literal["paid", "returned"] = "paid"
    amount_vnd: int = 0


def unknown_run(run_id: str) -> Refusal:
    """Return the refusal of a run that does not exist, or not for who names it."""
    detail = f"no allocation run is called {run_id!r}"
    return Refusal("run_id", "unknown_run", detail, conflict=False)


def unknown_line(run_id: str, line: str) -> Refusal:
    """Return the refusal of a line that does not exist, or not for who names it."""
    return Refusal("line", "unknown_line", f"run {run_id} has no line {line!r}", conflict=False)


@dataclass
class LineLedger:
    """The lines that a batch touches, under lock; `latest` holds the revision that counts.

    `drawn` is what the funds below have of a line.
    """

    runs: Mapping[str, RunState]
    lines: Mapping[LineKey, LineState]
    sums: dict[LineKey, Sums] = field(default_factory=dict)
    drawn: Mapping[LineKey, int] = field(default_factory=dict)
    latest: dict[Key, Payment] = field(default_factory=dict)
    journal: Journal = field(default_factory=Journal)

    def admit(self, new: Payment) -> Refusal | None:
        """Enter a revision, or say why it cannot be; one below the latest changes nothing."""
        old = self.latest.get(new.key)
        if old is not None and new.revision < old.revision:
            return None
        refusal = self._payable(new)
        if refusal is not None:
            return refusal
        after = self._after(old, new)
        for line, sums in after.items():
            refusal = self._judge(line, sums, "amount_vnd" if line == new.line else "")
            if refusal is not None:
                return refusal
        for line, sums in after.items():
            self.journal.write(self.sums, line, sums)
        self.journal.write(self.latest, new.key, new)
        return None

    def _payable(self, new: Payment) -> Refusal | None:
        if new.line is None:
            return None
        run_id, line = new.line
        run = self.runs.get(run_id)
        if run is None:
            return unknown_run(run_id)
        if not run.committed:
            detail = f"run {run_id} is not completed as a commit; only such a run's lines are paid"
            return Refusal("run_id", "run_not_committed", detail)
        if new.line not in self.lines:
            return unknown_line(run_id, line)
        return None

    def _after(self, old: Payment | None, new: Payment) -> dict[LineKey, Sums]:
        after: dict[LineKey, Sums] = {}
        for payment, sign in ((old, -1), (new, 1)):
            if payment is None or payment.line is None:
                continue
            sums = after.get(payment.line) or self._sums(payment.line)
            amount = sign * payment.amount_vnd
            after[payment.line] = (
                Sums(sums.paid + amount, sums.returned)
                if payment.kind == "paid"
                else Sums(sums.paid, sums.returned + amount)
            )
        return after

    def _judge(self, line: LineKey, after: Sums, field: str) -> Refusal | None:
        run_id, name = line
        allocated, drawn = self.lines[line].amount_vnd, self.drawn.get(line, 0)
        # Of a superseded run's line only what is out is held; the rest was allocated anew.
        if self.runs[run_id].superseded and after.net > self._sums(line).net:
            detail = f"run {run_id} was superseded; what was paid of it can only come back"
            return Refusal("run_id" if field else "", "run_superseded", detail)
        if after.net + drawn > allocated:
            passed = f", of which funds below have {drawn}" if drawn else ""
            detail = f"{after.net} would be paid of line {name}, which has {allocated}{passed}"
            return Refusal(field, "exceeds_allocation", detail)
        if after.net < 0:
            detail = f"{after.returned} would be returned of line {name}, {after.paid} were paid"
            return Refusal(field, "exceeds_payment", detail)
        return None

    def _sums(self, line: LineKey) -> Sums:
        return self.sums.get(line, Sums())
