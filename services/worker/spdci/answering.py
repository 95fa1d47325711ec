"""What is called back: the answer to a message, made anew at each attempt by today's grants."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec

from services.worker.spdci.subscribing import subscribe, unsubscribe
from shared.access.caller import HOUSEHOLDS_READ, PERSONS_READ, Caller
from shared.access.store import clients, signing_keys
from shared.areas.tree import AreaTree
from shared.http.heavy import HEAVY
from shared.kernel import knowledge
from shared.kernel.clock import Clock
from shared.kernel.database import Database, Fresh, Transaction
from shared.kernel.sealing import Keyring
from shared.spdci.answers import (
    AnswerHeader,
    AnswerMeta,
    Callback,
    EndedSubscription,
    SearchAnswer,
    SearchResponse,
    SubscribeAnswer,
    SubscribeResponse,
    SubscriptionInfo,
    TxnStatusResponse,
    UnsubscribeResponse,
)
from shared.spdci.clocks import read_clocks
from shared.spdci.envelope import SearchMessage, SentEnvelope, read_message
from shared.spdci.exchanges import CALLBACKS, Exchange, PartOutcome
from shared.spdci.requests import SubscribeMessage, TxnStatusMessage
from shared.spdci.signatures import sign
from shared.spdci.store import exchanges, senders
from shared.spdci.store.exchanges import DueExchange
from shared.spdci.store.searches import Searcher, Searches
from shared.spdci.store.statuses import txn_status

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Answering:
    """What answers are made of; `anybody`: authentication is off."""

    database: Database
    clock: Clock
    areas: Fresh[AreaTree]
    ring: Callable[[], Keyring]
    own_id: str
    anybody: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """A callback in its envelope, whom it is about, and who is told."""

    body: bytes
    subjects: set[str]
    caller: Caller


async def answer(means: Answering, due: DueExchange) -> Answered | None:
    """Return what is called back; None: its client may not be told any more."""
    async with means.database.statement() as snapshot:
        client_id = due.exchange.client_id
        caller = await clients.standing(snapshot, client_id, anybody=means.anybody)
    if caller is None or HOUSEHOLDS_READ not in caller.scopes:
        return None
    message, header, subjects = await _MADE[due.exchange.action](means, due, caller)
    return Answered(await _sealed(means, due.exchange, header, message), subjects, caller)


def _header(means: Answering, exchange: Exchange, number: int, **more: Any) -> AnswerHeader:
    return AnswerHeader(
        message_id=str(uuid4()),
        message_ts=means.clock.now(),
        action=CALLBACKS[exchange.action],
        status="succ",
        total_count=number,
        completed_count=number,
        sender_id=means.own_id,
        receiver_id=exchange.sender_id,
        **more,
    )


async def _sealed(
    means: Answering, exchange: Exchange, header: AnswerHeader, message: Any
) -> bytes:
    """Return the envelope, signed for who has keys here."""
    envelope = Callback(header=header, message=message)
    async with means.database.statement() as snapshot:
        _, own = await senders.find(snapshot, exchange.client_id, exchange.sender_id)
        keys = [] if own is None or not own.keys else await signing_keys.list_keys(snapshot)
    return signed(envelope, keys, means.ring(), means.own_id, means.clock.now())


def signed(
    envelope: Callback,
    keys: Sequence[signing_keys.SigningKey],
    ring: Keyring,
    own_id: str,
    now: datetime,
) -> bytes:
    """Return an envelope as it is sent; signed, if there is a key to do it."""
    key, content = signing_keys.signer(keys, now), _encode(envelope)
    if key is None:
        return content
    parts, at = json.loads(content), int(now.timestamp())
    text = sign(parts["header"], parts["message"], own_id, key.kid, key.private(ring), at)
    return _encode(msgspec.structs.replace(envelope, signature=text))


async def _searched(
    means: Answering, due: DueExchange, caller: Caller
) -> tuple[SearchResponse, AnswerHeader, set[str]]:
    sent = read_message(due.content, SearchMessage)
    as_of, known_at = read_clocks(sent.header)
    items = sent.message.search_request
    searcher = Searcher(
        tree=await means.areas.current(),
        area=caller.area,
        sees_persons=PERSONS_READ in caller.scopes,
        as_of=as_of or means.clock.today(),
        known_at=known_at,
        now=means.clock.now(),
    )
    searches = Searches(searcher, items)
    async with means.database.snapshot(HEAVY) as snapshot:
        settled = known_at or await knowledge.settled(snapshot)
        answers = await searches.answers(snapshot, means.ring)
    await _decide(means, due.exchange, [_outcome(each) for each in answers])
    meta = AnswerMeta(searcher.as_of, known_at, settled, _was_signed(sent))
    response = SearchResponse(
        sent.message.transaction_id, str(due.exchange.correlation_id), answers
    )
    return response, _header(means, due.exchange, len(answers), meta=meta), searches.subjects


def _was_signed(sent: SentEnvelope) -> bool:
    """Say whether a message was signed: a wrong signature was refused when it came."""
    return bool(sent.signature)


def _outcome(each: SearchAnswer) -> PartOutcome:
    code = each.status_reason_code or None
    detail = each.status_reason_message or None
    return PartOutcome(each.reference_id, each.status, code, detail)


async def _decide(means: Answering, exchange: Exchange, outcome: list[PartOutcome]) -> None:
    async with means.database.transaction() as tx:
        await exchanges.decide(tx, exchange.correlation_id, outcome)


async def _status(
    means: Answering, due: DueExchange, caller: Caller
) -> tuple[TxnStatusResponse, AnswerHeader, set[str]]:
    sent = read_message(due.content, TxnStatusMessage).message
    query, now = sent.txnstatus_request, means.clock.now()
    async with means.database.statement() as snapshot:
        answer = await txn_status(snapshot, caller.client_id, query, sent.transaction_id, now)
    await _decide(means, due.exchange, [PartOutcome(query.reference_id, "succ")])
    correlation = str(due.exchange.correlation_id)
    response = TxnStatusResponse(sent.transaction_id, correlation, answer)
    return response, _header(means, due.exchange, 1), set()


async def _subscribed(
    means: Answering, due: DueExchange, caller: Caller
) -> tuple[SubscribeResponse, AnswerHeader, set[str]]:
    exchange, now = due.exchange, means.clock.now()
    items = read_message(due.content, SubscribeMessage).message.subscribe_request
    tree = await means.areas.current()

    async def make(tx: Transaction) -> list[PartOutcome]:
        return await subscribe(tx, exchange, items, caller, tree, now)

    outcome = await _once(means, exchange, make)
    answers = [_subscription(each, now) for each in outcome]
    response = SubscribeResponse(exchange.transaction_id, str(exchange.correlation_id), answers)
    return response, _header(means, exchange, len(answers)), set()


def _subscription(each: PartOutcome, now: datetime) -> SubscribeAnswer:
    made = [SubscriptionInfo(each.subscription, "subscribe", now)] if each.subscription else []
    return SubscribeAnswer(
        reference_id=each.reference_id,
        timestamp=now,
        status=each.status,
        status_reason_code=each.reason or msgspec.UNSET,
        status_reason_message=each.detail or msgspec.UNSET,
        subscriptions=made,
    )


async def _ended(
    means: Answering, due: DueExchange, caller: Caller
) -> tuple[UnsubscribeResponse, AnswerHeader, set[str]]:
    exchange, now = due.exchange, means.clock.now()

    async def end(tx: Transaction) -> list[PartOutcome]:
        return await unsubscribe(tx, exchange, now)

    outcome = await _once(means, exchange, end)
    wrong = next((each for each in outcome if each.status == "rjct"), None)
    response = UnsubscribeResponse(
        transaction_id=exchange.transaction_id,
        correlation_id=str(exchange.correlation_id),
        timestamp=now,
        status="succ" if wrong is None else "rjct",
        status_reason_code=(wrong and wrong.reason) or msgspec.UNSET,
        status_reason_message=(wrong and wrong.detail) or msgspec.UNSET,
        subscription_status=[
            EndedSubscription(each.subscription, "unsubscribe")
            for each in outcome
            if each.subscription
        ],
    )
    return response, _header(means, exchange, len(outcome)), set()


async def _once(
    means: Answering,
    exchange: Exchange,
    work: Callable[[Transaction], Any],
) -> Sequence[PartOutcome]:
    """Do what a message asks for once, however often it is called back about."""
    if exchange.outcome:
        return exchange.outcome
    async with means.database.transaction() as tx:
        outcome: list[PartOutcome] = await work(tx)
        await exchanges.decide(tx, exchange.correlation_id, outcome)
    return outcome


_MADE: dict[str, Callable[[Answering, DueExchange, Caller], Any]] = {
    "search": _searched,
    "txn-status": _status,
    "subscribe": _subscribed,
    "unsubscribe": _ended,
}
