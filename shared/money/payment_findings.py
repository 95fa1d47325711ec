"""What payments and support records of one household, or of one line, do not agree in.

A run that replaces another goes on with what was begun: the lines of both are one support, in a
chain. Nothing here refuses: what was paid stays paid, and is told.

Law: 60/2026/TT-BTC Art. 2(3)b (one content is supported once); 02/2022/QĐ-TTg Art. 9(1),
55/2023/TT-BTC Art. 74, 75 (tranches); 55/2023/TT-BTC Art. 3(4) (paid to the household).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, groupby
from typing import Any, Literal

from shared.kernel.texts import Text, day, joined, money, number
from shared.money import sentences
from shared.money.net_paid import net_paid
from shared.money.register_findings import (
    PAID_AFTER_CLOSURE,
    PAYMENT_REPEATED,
    RETURNED_BEFORE_PAID,
    SUPPORTED_TWICE,
    TRANCHE_EXCEEDED,
    RegisterFinding,
)


@dataclass(frozen=True, slots=True)
class PaymentMade:
    """A payment or return that counts; amounts in đồng."""

    event_id: str
    source: str
    kind: Literal["paid", "returned"]
    amount_vnd: int
    on: date

    @property
    def signed_vnd(self) -> int:
        """Return the amount as it changes what is out."""
        return self.amount_vnd if self.kind == "paid" else -self.amount_vnd


@dataclass(frozen=True, slots=True)
class SupportedLine:
    """A line with its payments; `norm_vnd` is what it has with what was paid before it.

    `percents` are the tranches of its rule; `supersedes` is the run that its run replaced.
    """

    run_id: str
    line: str
    supersedes: str | None
    content: str | None
    norm_vnd: int
    percents: tuple[int, ...]
    payments: tuple[PaymentMade, ...]

    @property
    def net_vnd(self) -> int:
        """Return what is out of the line."""
        return net_of(self.payments)


@dataclass(frozen=True, slots=True)
class Given:
    """A support record; `content` is what is given once, None where it may be given again.

    `quantity` has its unit: two sources that say the same of one day tell of one support.
    """

    event_id: str
    source: str
    kind: str
    content: str | None
    quantity: str
    on: date
    amount_vnd: int | None


def net_of(payments: Iterable[PaymentMade]) -> int:
    """Return what was paid less what came back."""
    sums = {"paid": 0, "returned": 0}
    for payment in payments:
        sums[payment.kind] += payment.amount_vnd
    return net_paid(sums["paid"], sums["returned"])


def of_line(line: SupportedLine) -> Iterator[RegisterFinding]:
    """Find what the payments of one line, of an area or a household, do not agree in."""
    yield from _repeated(line)
    yield from _returned_early(line)


def of_household(
    lines: Sequence[SupportedLine], records: Sequence[Given], closed_on: date | None
) -> Iterator[RegisterFinding]:
    """Find what the support of one household does not agree in; `closed_on`: the day it ended."""
    chains = _chains(lines)
    for line in lines:
        yield from of_line(line)
    for chain in chains:
        yield from _tranches(chain)
    yield from _twice(chains, records)
    if closed_on is not None:
        yield from _after_closure(lines, records, closed_on)


def _chains(lines: Sequence[SupportedLine]) -> list[tuple[SupportedLine, ...]]:
    """Put the lines together that go on with each other, over runs that replaced runs."""
    before = {line.run_id: line.supersedes for line in lines}
    first: dict[str, list[SupportedLine]] = {}
    for line in lines:
        run_id = line.run_id
        while (earlier := before.get(run_id)) is not None and earlier in before:
            run_id = earlier
        first.setdefault(run_id, []).append(line)
    return [tuple(chain) for chain in first.values()]


def _repeated(line: SupportedLine) -> Iterator[RegisterFinding]:
    alike: dict[tuple[date, int], list[PaymentMade]] = {}
    for payment in line.payments:
        if payment.kind == "paid":
            alike.setdefault((payment.on, payment.amount_vnd), []).append(payment)
    back = sum(p.amount_vnd for p in line.payments if p.kind == "returned")
    for (on, amount), payments in sorted(alike.items()):
        sources = sorted({payment.source for payment in payments})
        # What came back since has undone the repetition.
        if len(sources) < 2 or back >= amount * (len(sources) - 1):
            continue
        text = sentences.PAYMENT_REPEATED.filled(
            amount=money(amount),
            day=day(on),
            line=line.line,
            run=line.run_id,
            sources=", ".join(sources),
        )
        stated = amount * len(sources)
        yield _finding(PAYMENT_REPEATED, stated, amount, text, line, payments)


def _returned_early(line: SupportedLine) -> Iterator[RegisterFinding]:
    out = 0
    for on, payments in _by_day(line.payments):
        out += net_of(payments)
        if out < 0:
            text = sentences.RETURNED_BEFORE_PAID.filled(
                day=day(on), over=money(-out), line=line.line, run=line.run_id
            )
            yield _finding(RETURNED_BEFORE_PAID, -out, 0, text, line, payments)
            return


def _tranches(chain: Sequence[SupportedLine]) -> Iterator[RegisterFinding]:
    """Hold what was out after each day of payment against the tranches that could be due.

    Nobody reports which part of the work is done: the first day of payment pays the first tranche,
    the second one at most the second too. What came back since is no longer paid too early.
    """
    line = max(chain, key=lambda each: each.norm_vnd)
    shares = list(accumulate(line.percents))
    out, days, over = 0, 0, None
    payments = [payment for each in chain for payment in each.payments]
    for on, of_day in _by_day(payments) if shares else ():
        days += any(payment.kind == "paid" for payment in of_day)
        out += net_of(of_day)
        if over is not None and out <= over[1]:
            over = None
        allowed = _allowed(line.norm_vnd, shares[min(max(days, 1), len(shares)) - 1])
        if over is None and out > allowed:
            over = (out, allowed, on, days)
    if over is None:
        return
    paid, allowed, on, number_of_days = over
    text = sentences.TRANCHE_EXCEEDED.filled(
        paid=money(paid),
        day=day(on),
        payment=number(number_of_days),
        percent=number(shares[min(number_of_days, len(shares)) - 1]),
        norm=money(line.norm_vnd),
        allowed=money(allowed),
    )
    yield _finding(TRANCHE_EXCEEDED, paid, allowed, text, line, payments)


def _allowed(norm_vnd: int, percent: int) -> int:
    """Return a share of the norm in whole đồng, rounded up: nobody is told for half a đồng."""
    return -(-norm_vnd * percent // 100)


def _twice(
    chains: Sequence[Sequence[SupportedLine]], records: Sequence[Given]
) -> Iterator[RegisterFinding]:
    supports: dict[str, list[dict[str, Any]]] = {}
    for content, support in _once(chains, records):
        supports.setdefault(content, []).append(support)
    several = [(content, each) for content, each in sorted(supports.items()) if len(each) > 1]
    for content, together in (*several, *_told_twice(records)):
        text = sentences.SUPPORTED_TWICE.filled(
            content=content, supports=joined("; ", [_support(each) for each in together])
        )
        about = {"content": content, "supports": together}
        yield RegisterFinding(SUPPORTED_TWICE, len(together), 1, "supports", *text, about)


def _once(
    chains: Sequence[Sequence[SupportedLine]], records: Sequence[Given]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each support with a content that is given once: chains with money out, and records."""
    for chain in chains:
        content, net = chain[-1].content, sum(line.net_vnd for line in chain)
        if content is not None and net > 0:
            last = [line.run_id for line in chain if line.net_vnd > 0][-1]
            yield content, {"run_id": last, "amount_vnd": net}
    for record in records:
        if record.content is not None:
            yield record.content, _record(record)


def _told_twice(records: Sequence[Given]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Give what may be given again, where several sources tell the same of one day."""
    alike: dict[tuple[str, date, str], dict[str, Given]] = {}
    for record in sorted(records, key=lambda record: record.event_id):
        if record.content is None:
            same = (record.kind, record.on, record.quantity)
            alike.setdefault(same, {}).setdefault(record.source, record)
    for (kind, _, _), by_source in sorted(alike.items()):
        if len(by_source) > 1:
            yield kind, [_record(record) for record in by_source.values()]


def _record(record: Given) -> dict[str, Any]:
    about = {"event_id": record.event_id, "kind": record.kind, "on": record.on.isoformat()}
    return about if record.amount_vnd is None else {**about, "amount_vnd": record.amount_vnd}


def _support(support: Mapping[str, Any]) -> Text:
    if "run_id" in support:
        return sentences.SUPPORT_OF_RUN.filled(
            run=support["run_id"], amount=money(support["amount_vnd"])
        )
    on = date.fromisoformat(support["on"])
    return sentences.SUPPORT_RECORDED.filled(kind=support["kind"], day=day(on))


def _after_closure(
    lines: Sequence[SupportedLine], records: Sequence[Given], closed_on: date
) -> Iterator[RegisterFinding]:
    for line in lines:
        payments = [p for p in line.payments if p.on > closed_on]
        paid = [p for p in payments if p.kind == "paid"]
        # At most what is still out: what came back has been put right.
        late = min(net_of(payments), line.net_vnd)
        if paid and late > 0:
            text = sentences.PAID_AFTER_CLOSURE.filled(
                paid=money(late), day=day(paid[0].on), run=line.run_id, closed=day(closed_on)
            )
            yield _finding(PAID_AFTER_CLOSURE, late, 0, text, line, paid)
    for record in records:
        if record.on > closed_on:
            text = sentences.SUPPORTED_AFTER_CLOSURE.filled(
                kind=record.kind, day=day(record.on), closed=day(closed_on)
            )
            stated = record.amount_vnd or 0
            about = _record(record)
            yield RegisterFinding(PAID_AFTER_CLOSURE, stated, 0, "VND", *text, about)


def _by_day(payments: Iterable[PaymentMade]) -> Iterator[tuple[date, list[PaymentMade]]]:
    ordered = sorted(payments, key=lambda payment: (payment.on, payment.event_id))
    for on, of_day in groupby(ordered, key=lambda payment: payment.on):
        yield on, list(of_day)


def _finding(
    kind: Any,
    stated: int,
    expected: int,
    text: Text,
    line: SupportedLine,
    payments: Iterable[PaymentMade],
) -> RegisterFinding:
    about: dict[str, Any] = {
        "run_id": line.run_id,
        "line": line.line,
        "event_ids": sorted({payment.event_id for payment in payments}),
    }
    return RegisterFinding(kind, stated, expected, "VND", *text, about)
