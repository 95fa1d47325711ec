"""The courier of one subscription: plans from the feed, sends what is due, settles the answers.

Of each household, and of each fund or other subject of money and findings, one delivery is on its
way at a time, and the next follows only a 2xx; these chains go side by side. What was taken stands
in the store a moment later: a courier that dies between the two leaves what the next one sends
again, in the same order and under the same ids.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from random import random
from time import monotonic
from uuid import UUID

from services.worker.spdci.notices import Notices
from services.worker.webhooks.bodies import body, told_of
from services.worker.webhooks.grants import granted
from services.worker.webhooks.planning import plan
from services.worker.webhooks.receivers import GONE, Receivers, Reply
from shared.access.caller import Caller
from shared.areas.tree import AreaTree
from shared.households.store import transition_traces
from shared.http.audit import AuditWriter, record_told
from shared.kernel.clock import Clock
from shared.kernel.database import Database, Fresh, Transaction
from shared.kernel.key_file import KeyFile
from shared.observability import tracing
from shared.spdci.searching import REGISTRY_ID
from shared.subscriptions import patience, signing
from shared.subscriptions.signing import Secret
from shared.subscriptions.store import deliveries, subscriptions
from shared.subscriptions.store.deliveries import Attempt, DueDelivery
from shared.subscriptions.subscription import Subscription

LEASE_SECONDS = 15.0
# Of one subscription on their way at once, and taken into memory.
TOGETHER, LOADED_MAX = 32, 256
# Grants were looked at when a delivery was loaded; what is older is loaded anew.
STALE_SECONDS = 3.0
GATHER_SECONDS, WAIT_SECONDS = 0.03, 1.0
ROUTE = "/v1/subscriptions/{subscription_id}/deliveries"


@dataclass(frozen=True)
class Means:
    """What the couriers of a process share; `anybody`: authentication is off."""

    database: Database
    clock: Clock
    areas: Fresh[AreaTree]
    keys: KeyFile
    receivers: Receivers
    audit: AuditWriter | None
    anybody: bool
    lease: UUID
    count: Callable[[str, int], None] = lambda outcome, number: None
    # What this registry is called in messages of SPDCI.
    spdci_id: str = REGISTRY_ID
    # Connections are few, and other work wants them too.
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))


@dataclass(frozen=True, slots=True)
class _Letter:
    """A delivery in its envelope."""

    delivery: DueDelivery
    body: bytes
    # The span that published what it tells, where that is traced.
    traceparent: str | None = None


@dataclass(frozen=True)
class _Load:
    """What one look at the store gave: letters by chain, and what signs them."""

    subscription: Subscription
    caller: Caller
    secrets: Sequence[Secret]
    chains: dict[str, list[_Letter]]
    at: float


@dataclass(eq=False)
class Courier:
    """Delivers a subscription until nothing of it is due, or it is no longer ours."""

    means: Means
    subscription_id: UUID
    begun: float = field(default_factory=monotonic)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _attempts: list[Attempt] = field(default_factory=list)
    _ended: list[str] = field(default_factory=list)
    # Failures one after another since the store was last told.
    _refused: int = 0
    _gone: bool = False
    _stopping: bool = False
    _come: asyncio.Event = field(default_factory=asyncio.Event)
    _together: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(TOGETHER))

    def stop(self) -> None:
        """Send nothing more; what is on its way is waited for."""
        self._stopping = True
        self._come.set()

    async def run(self) -> None:
        """Deliver; whatever ends it, what was answered is settled."""
        try:
            while not self._stopping and await self._round():
                pass
        finally:
            self._stopping = True
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
            async with self.means.turns, self.means.database.transaction() as tx:
                await self._settle(tx, None)
                await subscriptions.release(tx, self.means.lease, [self.subscription_id])

    async def _round(self) -> bool:
        """Settle, plan and load; send, and wait for answers. Say whether there is more to do."""
        self._come.clear()
        more = await self._look()
        if not self._tasks:
            return more
        await self._wait()
        return True

    async def _wait(self) -> None:
        """Wait for an answer, then a moment for others; new changes must not wait for slow ones."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._come.wait()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_SECONDS)

    async def _look(self) -> bool:
        """Do what the store is needed for, in one transaction; start what it gave."""
        means = self.means
        tree = await means.areas.current()
        load, more = None, False
        async with means.turns, means.database.transaction() as tx:
            held = await self._hold(tx)
            ended = await self._settle(tx, held)
            if held is not None:
                # What was settled may have changed how the receiver does.
                held = await self._hold(tx)
            if held is not None:
                load, more = await self._load(tx, held, tree, ended)
        for household in ended:
            self._tasks.pop(household, None)
        if load is None:
            self._stopping = True
            return False
        await self._record(load)
        for household, letters in load.chains.items():
            self._tasks[household] = asyncio.create_task(self._carry(household, letters, load))
        return more or bool(load.chains)

    async def _hold(self, tx: Transaction) -> Subscription | None:
        means = self.means
        return await subscriptions.hold(tx, self.subscription_id, means.lease, LEASE_SECONDS)

    async def _load(
        self, tx: Transaction, held: Subscription, tree: AreaTree, ended: Sequence[str]
    ) -> tuple[_Load | None, bool]:
        """Plan, and take what is due into memory; None where nothing may be sent now."""
        now = self.means.clock.now()
        today = self.means.clock.today()
        grant = await granted(tx, held, tree, today, anybody=self.means.anybody)
        if grant is None:
            await subscriptions.pause(tx, held.subscription_id, now, "not_granted")
            return None, False
        if held.failures and await self._rests(tx, held, now):
            return None, False
        more = await plan(tx, held, grant, now)
        probe = held.failures >= patience.RESTS_AFTER
        room = 1 if probe else LOADED_MAX
        away = self._tasks.keys() - set(ended)
        rows = await deliveries.due(tx, held.subscription_id, now, away, room, probe=probe)
        allowed = [row for row in rows if grant.takes(row)]
        if len(allowed) < len(rows):
            kept = {row.delivery_id for row in allowed}
            refused = [row.delivery_id for row in rows if row.delivery_id not in kept]
            await deliveries.withhold(tx, refused, now)
        secrets = await subscriptions.secrets(tx, self.means.keys.ring(), held, now)
        notices = await Notices.of(tx, held)
        traces = await _traces(tx, allowed)
        letters = [
            _Letter(row, self._body(row, notices, now), traces.get(row.delivery_id))
            for row in allowed
        ]
        return _Load(held, grant.caller, secrets, _chains(letters), monotonic()), more

    def _body(self, delivery: DueDelivery, notices: Notices | None, now: datetime) -> bytes:
        """Return what is sent: in our own words, or in those of SPDCI."""
        if notices is None:
            return body(delivery)
        return notices.body(delivery, self.means.keys.ring(), self.means.spdci_id, now)

    async def _record(self, load: _Load) -> None:
        """Wait for the row in the audit chain of what is about to be told of households."""
        letters = [letter for chain in load.chains.values() for letter in chain]
        households = set[str]().union(*(told_of(letter.delivery) for letter in letters))
        if not households or self.means.audit is None:
            return
        digest = sha256()
        for letter in letters:
            digest.update(letter.body)
        request_id = self.subscription_id.hex
        await record_told(
            self.means.audit, load.caller, ROUTE, request_id, households, digest.digest()
        )

    async def _rests(self, tx: Transaction, held: Subscription, now: datetime) -> bool:
        """Say whether a receiver that fails has begun to rest; what waited three days is parked."""
        since = held.failing_since or now
        fails = held.failures >= patience.RESTS_AFTER
        if fails and now - since >= patience.GIVEN_UP_AFTER:
            parked = await deliveries.park_old(tx, held.subscription_id, now)
            self.means.count("parked", parked)
        return held.rest_until is not None and held.rest_until > now

    async def _carry(self, household: str, letters: Sequence[_Letter], load: _Load) -> None:
        """Send a household's letters one after another, up to the first that is not taken."""
        try:
            for letter in letters:
                async with self._together:
                    if not self._may_send(load):
                        return
                    reply = await self._send(letter, load)
                self._refused = 0 if reply.taken else self._refused + 1
                self._attempts.append(self._attempt(letter.delivery, reply))
                if not reply.taken:
                    return
        finally:
            self._ended.append(household)
            self._come.set()

    def _may_send(self, load: _Load) -> bool:
        """Say whether what was loaded still may go: grants grow old, and receivers break down."""
        fresh = monotonic() - load.at <= STALE_SECONDS
        return fresh and not self._stopping and self._refused < patience.RESTS_AFTER

    async def _send(self, letter: _Letter, load: _Load) -> Reply:
        at = int(self.means.clock.now().timestamp())
        name = str(letter.delivery.delivery_id)
        headers = signing.headers(name, at, letter.body, load.secrets)
        url = load.subscription.callback_url
        if letter.traceparent is None:
            return await self.means.receivers.post(url, letter.body, headers)
        with tracing.span("deliver webhook", under=letter.traceparent, kind="client") as span:
            headers |= {"traceparent": tracing.traceparent() or letter.traceparent}
            reply = await self.means.receivers.post(url, letter.body, headers)
            span.note({"http.response.status_code": reply.status or 0})
            return reply

    def _attempt(self, delivery: DueDelivery, reply: Reply) -> Attempt:
        """Return what is to be stored of an answer, and count it."""
        now = self.means.clock.now()
        wait = patience.pause(delivery.attempts + 1, random())
        due_at = now + max(wait, timedelta(seconds=reply.wait))
        outcome = "delivered" if reply.taken else "failed"
        self.means.count(outcome, 1)
        if not reply.taken and patience.given_up(delivery.planned_at, now):
            outcome = "parked"
            self.means.count(outcome, 1)
        self._gone = self._gone or reply.status == GONE
        return Attempt(
            delivery.delivery_id,
            "waiting" if outcome == "failed" else outcome,  # type: ignore[arg-type]
            now if reply.taken else due_at,
            now,
            reply.status,
            reply.fault,
            reply.milliseconds,
        )

    async def _settle(self, tx: Transaction, held: Subscription | None) -> list[str]:
        """Store what was answered; return the households that have nothing on its way any more."""
        attempts, self._attempts = self._attempts, []
        ended, self._ended = self._ended, []
        self._refused = 0
        await deliveries.settle(tx, attempts)
        now = self.means.clock.now()
        if self._gone:
            await subscriptions.pause(tx, self.subscription_id, now, "gone")
        if held is not None and attempts:
            await self._judge(tx, held, attempts, now)
        return ended

    async def _judge(
        self, tx: Transaction, held: Subscription, attempts: Sequence[Attempt], now: datetime
    ) -> None:
        """Note how the receiver does: whether it is back, or rests for a while."""
        if any(one.state == "delivered" for one in attempts):
            if held.failures:
                await subscriptions.succeeded(tx, held.subscription_id)
            if held.failures >= patience.RESTS_AFTER:
                await deliveries.hurry(tx, held.subscription_id, now)
            return
        failures = held.failures + len(attempts)
        since = held.failing_since or now
        rest = patience.rest(failures, now - since, random())
        until = None if rest is None else now + rest
        await subscriptions.failed(tx, held.subscription_id, failures, since, until)


async def _traces(tx: Transaction, rows: Sequence[DueDelivery]) -> dict[UUID, str]:
    """Return by delivery the traces of what they tell."""
    if not tracing.running():
        return {}
    subjects = {
        row.delivery_id: row.transition.retracts or row.transition.transition_id
        for row in rows
        if row.transition is not None
    }
    traces = await transition_traces.of(tx, list(subjects.values()))
    return {one: traces[subject] for one, subject in subjects.items() if subject in traces}


def _chains(letters: Sequence[_Letter]) -> dict[str, list[_Letter]]:
    chains: dict[str, list[_Letter]] = {}
    for letter in letters:
        chains.setdefault(letter.delivery.chain, []).append(letter)
    return chains
