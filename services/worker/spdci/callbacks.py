"""Calls senders back: what is due is read from the database, so nothing is lost with a worker.

To checked addresses alone, and with the patience of webhooks: again and again for three days, then
given up and told so to whoever asks for the status of the transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from random import random
from time import monotonic

import structlog

from services.worker.spdci.answering import Answered, Answering, answer
from services.worker.webhooks.receivers import Receivers, Reply
from shared.http.audit import AuditWriter, record_told
from shared.observability import tracing
from shared.spdci.exchanges import Exchange, ExchangeState
from shared.spdci.store import exchanges
from shared.spdci.store.exchanges import KEPT_FOR, Attempted, DueExchange
from shared.subscriptions import patience

LOOK_EVERY_SECONDS = 1.0
# Taken and answered side by side; a slow receiver delays no more than its own.
AT_ONCE = 8
FORGET_EVERY_SECONDS = 3600.0
ROUTE = "/registry/callbacks"

log = structlog.get_logger()


@dataclass
class Callbacks:
    """Answers messages that were acknowledged."""

    means: Answering
    receivers: Receivers
    audit: AuditWriter | None
    look_every_seconds: float = LOOK_EVERY_SECONDS
    _out: set[asyncio.Task[None]] = field(default_factory=set)
    _forgot_at: float = field(default_factory=monotonic)

    async def run(self) -> None:
        """Call back for ever."""
        async with self.receivers:
            try:
                while True:
                    try:
                        await self.look()
                        await self._forget()
                    except Exception as error:  # callbacks go on when the database is back
                        log.warning("spdci.failed", error=type(error).__name__)
                    await asyncio.sleep(self.look_every_seconds)
            finally:
                for task in self._out:
                    task.cancel()
                await asyncio.gather(*self._out, return_exceptions=True)

    async def look(self) -> None:
        """Take what is due, as much as there is room for, and begin to answer it."""
        room = AT_ONCE - len(self._out)
        if room <= 0:
            return
        means = self.means
        async with means.database.transaction() as tx:
            taken = await exchanges.take(tx, means.ring(), means.clock.now(), room)
        for due in taken:
            task = asyncio.create_task(self._call(due))
            self._out.add(task)
            task.add_done_callback(self._out.discard)

    async def _call(self, due: DueExchange) -> None:
        try:
            await self._settle(due.exchange, await self._traced(due))
        except Exception as error:  # one message must not stop the others; it is due again
            log.warning("spdci.callback_failed", error=type(error).__name__)

    async def _traced(self, due: DueExchange) -> Reply | None:
        """Reply in the trace of the message; the one who is called back may go on with it."""
        if due.traceparent is None:
            return await self._reply(due, {})
        with tracing.span("call back", under=due.traceparent, kind="client") as span:
            headers = {"traceparent": tracing.traceparent() or due.traceparent}
            reply = await self._reply(due, headers)
            span.note({"http.response.status_code": (reply.status if reply else None) or 0})
            return reply

    async def _reply(self, due: DueExchange, headers: Mapping[str, str]) -> Reply | None:
        """Answer, and return what its sender said; None: its client may not be told any more.

        What cannot be answered is tried with the same patience: a search that takes too long must
        not be made every minute for ever.
        """
        try:
            answered = await answer(self.means, due)
            if answered is None:
                return None
            await self._record(due.exchange, answered)
        except Exception as error:  # whatever it was, it counts as an attempt
            log.warning("spdci.answer_failed", error=type(error).__name__)
            return Reply(None, "answer_failed", 0)
        return await self.receivers.post(due.exchange.sender_uri, answered.body, headers)

    async def _record(self, exchange: Exchange, answered: Answered) -> None:
        """Wait for the row in the audit chain of what is about to be told."""
        if self.audit is None or not answered.subjects:
            return
        digest = sha256(answered.body).digest()
        request_id = exchange.correlation_id.hex
        await record_told(self.audit, answered.caller, ROUTE, request_id, answered.subjects, digest)

    async def _settle(self, exchange: Exchange, reply: Reply | None) -> None:
        """Store what came of it; None: its client may not be told any more."""
        now = self.means.clock.now()
        state: ExchangeState = "withheld"
        wait = timedelta()
        if reply is not None:
            state = "delivered" if reply.taken else "waiting"
            wait = patience.pause(exchange.attempts, random())
            if state == "waiting" and patience.given_up(exchange.received_at, now):
                state = "parked"
        status = None if reply is None else reply.status
        fault = None if reply is None else reply.fault
        attempt = Attempted(exchange.correlation_id, state, now + wait, now, status, fault)
        async with self.means.database.transaction() as tx:
            await exchanges.settle(tx, attempt)

    async def _forget(self) -> None:
        if monotonic() - self._forgot_at < FORGET_EVERY_SECONDS:
            return
        async with self.means.database.transaction() as tx:
            await exchanges.forget(tx, self.means.clock.now() - KEPT_FOR)
        self._forgot_at = monotonic()
