"""The relay: moves committed messages from the outbox to the transport until it is cancelled.

A row is deleted only after its confirm, so a crash at any point sends it again and loses nothing.
The claim stays locked while publishing (at most the deadline); a dead relay frees its rows by
losing its connection. A transport that holds messages in memory confirms after the work is
committed, and the rows in its hands are marked first, so that the next process knows what a crash
cut short.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import random
from uuid import uuid4

import structlog

from shared.kernel.database import Database, Transaction
from shared.messaging import cancellation, outbox
from shared.messaging.message import traceparent_of
from shared.messaging.outbox import Row
from shared.messaging.outcome import backoff
from shared.messaging.transport import (
    Confirmed,
    Outgoing,
    PublishOutcome,
    Refused,
    Transport,
    Unknown,
)
from shared.observability import tracing
from shared.observability.metrics import SILENT, Observer

CLAIM_MAX = 200
PUBLISH_SECONDS = 5.0
IDLE_SECONDS_MIN = 0.02
IDLE_SECONDS_MAX = 0.5
RELEASE_SECONDS = 2.0

log = structlog.get_logger()


class Relay:
    """Publishes outbox rows; any number may run side by side."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        *,
        observer: Observer = SILENT,
        claim_max: int = CLAIM_MAX,
        publish_seconds: float = PUBLISH_SECONDS,
        jitter: Callable[[], float] = random,
    ) -> None:
        """Take at most `claim_max` rows a round and publish them within `publish_seconds`."""
        self._database = database
        self._transport = transport
        self._observer = observer
        self._claim_max = claim_max
        self._publish_seconds = publish_seconds
        self._jitter = jitter
        self._holder = uuid4().hex
        self._suspects: set[int] = set()
        self._nudged = asyncio.Event()
        self._full = False

    async def run(self) -> None:
        """Relay until cancelled; errors of the database or the broker only slow it down."""
        try:
            await self._run()
        finally:
            await self._release()

    async def run_once(self) -> int:
        """Claim, publish and settle one round; return how many messages were confirmed."""
        only: Sequence[int] | None = None
        if not self._transport.durable:
            only = await self._mark()
            if not only:
                return 0
        async with self._database.transaction() as tx:
            rows = await self._claim(tx, only)
            outcomes = await self._publish(rows) if rows else []
            confirmed = await self._settle(tx, rows, outcomes)
        self._suspects.difference_update(confirmed)
        if confirmed:
            self._observer.published(len(confirmed))
        return len(confirmed)

    def nudge(self) -> None:
        """Say that a message was just committed in this process."""
        self._nudged.set()

    async def _run(self) -> None:
        idle, failures = IDLE_SECONDS_MIN, 0
        while True:
            cancellation.check()
            try:
                confirmed = await self.run_once()
                failures = 0
            except Exception as error:
                log.warning("messaging.relay_failed", error=type(error).__name__, failures=failures)
                await asyncio.sleep(backoff(failures, self._jitter()))
                failures += 1
                continue
            if confirmed and self._full:
                continue
            idle = IDLE_SECONDS_MIN if confirmed else min(IDLE_SECONDS_MAX, idle * 2)
            await self._wait(idle)

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._nudged.wait()
        self._nudged.clear()

    async def _claim(self, tx: Transaction, only: Sequence[int] | None) -> list[Row]:
        rows = await outbox.claim(tx, self._claim_max, only)
        self._full = len(rows) == self._claim_max
        return rows

    async def _mark(self) -> list[int]:
        """Note in a transaction of its own what we are about to take in hand.

        Our mark hides that somebody had a row before us, so that is kept until it is confirmed.
        """
        async with self._database.transaction() as tx:
            rows = await outbox.claim(tx, self._claim_max)
            # Before the commit, whose answer may get lost.
            self._suspects |= {row.seq for row in rows if row.held_by not in (None, self._holder)}
            await outbox.hold(tx, [row.seq for row in rows], self._holder)
        return [row.seq for row in rows]

    async def _publish(self, rows: Sequence[Row]) -> list[PublishOutcome]:
        traced = tracing.running()
        parents = [traceparent_of(row.payload) if traced else None for row in rows]
        with tracing.together("publish", "producer", parents) as spans:
            return await self._send(
                [
                    Outgoing(
                        row.message_id,
                        row.type,
                        row.payload.encode(),
                        row.seq in self._suspects,
                        span,
                    )
                    for row, span in zip(rows, spans, strict=True)
                ]
            )

    async def _send(self, messages: Sequence[Outgoing]) -> list[PublishOutcome]:
        outcomes: list[PublishOutcome] = [Unknown()] * len(messages)
        with suppress(TimeoutError):
            # The transport keeps the deadline itself; this is for one that hangs.
            async with asyncio.timeout(self._publish_seconds + 1):
                outcomes = await self._transport.publish(messages, self._publish_seconds)
        if any(isinstance(outcome, Unknown) for outcome in outcomes):
            log.info("messaging.publish_unconfirmed", messages=len(messages))
            await self._transport.discard()
        return outcomes

    async def _settle(
        self, tx: Transaction, rows: Sequence[Row], outcomes: Sequence[PublishOutcome]
    ) -> list[int]:
        pairs = list(zip(rows, outcomes, strict=True))
        confirmed = [row.seq for row, outcome in pairs if isinstance(outcome, Confirmed)]
        await outbox.delete(tx, confirmed)
        refused = [(row, got.reason) for row, got in pairs if isinstance(got, Refused)]
        await outbox.postpone(
            tx,
            [row.seq for row, _ in refused],
            [backoff(row.attempts, self._jitter()) for row, _ in refused],
            [reason for _, reason in refused],
        )
        if refused:
            reasons = sorted({reason for _, reason in refused})
            log.error("messaging.publish_refused", messages=len(refused), reasons=reasons)
        return confirmed

    async def _release(self) -> None:
        if self._transport.durable:
            return
        with suppress(Exception):
            async with asyncio.timeout(RELEASE_SECONDS), self._database.transaction() as tx:
                await outbox.release(tx, self._holder)
