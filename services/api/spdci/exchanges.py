"""Messages that are answered later: taken with an acknowledgement, called back by a worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from services.api.spdci import search, speaking, transactions
from shared.access.caller import ANYBODY, HOUSEHOLDS_READ
from shared.http.ask import Ask
from shared.http.audit import concern
from shared.http.limits import LOOKUPS_LIMITED, too_many_at_once
from shared.http.operations import JSON, Operation, Routes
from shared.http.problems import ProblemType
from shared.http.public_addresses import check_receiver
from shared.kernel.errors import DomainError
from shared.observability import tracing
from shared.spdci.answers import Ack, AckMessage
from shared.spdci.envelope import MessageHeader, SearchMessage, SentEnvelope, check_header
from shared.spdci.exchanges import Action, Exchange
from shared.spdci.reasons import HeaderRejected, MessageRefused
from shared.spdci.requests import SubscribeMessage, TxnStatusMessage, UnsubscribeMessage
from shared.spdci.store import exchanges
from shared.spdci.store.searches import Searches

routes = Routes("spdci")

# Each is answered anew at each attempt, and few side by side: nobody's may keep out all others'.
WAITING, WAITING_MAX = "messages that wait for their callbacks", 100
TOO_MANY_WAITING = ProblemType(
    "Too many messages of the client wait for their callbacks",
    too_many_at_once(WAITING, WAITING_MAX),
)


async def search_later(ask: Ask, content: bytes) -> AckMessage:
    """Take searches; their answers go to `on-search` of the sender."""
    sent, _ = await speaking.take(ask, content, SearchMessage)
    items = sent.message.search_request
    _check(sent.header, "search", len(items))
    await ask.check_settled()
    try:
        searches = Searches(speaking.searcher(ask, await ask.tree()), items)
    except HeaderRejected as rejected:
        raise _as_refusal(rejected) from None
    if number := len(searches.numbers):
        ask.limit_lookups(number)
    references = [item.reference_id for item in items]
    return await _keep(ask, content, sent, "search", sent.message.transaction_id, references)


async def txn_status_later(ask: Ask, content: bytes) -> AckMessage:
    """Take a question about transactions; its answer goes to `txn/on-status` of the sender."""
    sent, _ = await speaking.take(ask, content, TxnStatusMessage)
    _check(sent.header, "txn-status", sent.header.total_count)
    references = [sent.message.txnstatus_request.reference_id]
    return await _keep(ask, content, sent, "txn-status", sent.message.transaction_id, references)


async def subscribe(ask: Ask, content: bytes) -> AckMessage:
    """Take subscriptions that are wanted; their codes go to `on-subscribe` of the sender."""
    sent, _ = await speaking.take(ask, content, SubscribeMessage)
    items = sent.message.subscribe_request
    _check(sent.header, "subscribe", len(items))
    references = [item.reference_id for item in items]
    return await _keep(ask, content, sent, "subscribe", sent.message.transaction_id, references)


async def unsubscribe(ask: Ask, content: bytes) -> AckMessage:
    """Take codes of subscriptions that are to end; what became of them goes to `on-unsubscribe`."""
    sent, _ = await speaking.take(ask, content, UnsubscribeMessage)
    _check(sent.header, "unsubscribe", sent.header.total_count)
    codes = sent.message.subscription_codes
    return await _keep(ask, content, sent, "unsubscribe", sent.message.transaction_id, codes)


def _check(header: MessageHeader, action: Action, number: int) -> None:
    """Refuse a header that is well-formed and wrong: there is nobody to be called back for it."""
    try:
        check_header(header, action, number)
    except HeaderRejected as rejected:
        raise _as_refusal(rejected) from None


def _as_refusal(rejected: HeaderRejected) -> MessageRefused:
    return MessageRefused("err.request.bad", f"{rejected.code}: {rejected.detail}", "/header")


async def _keep(
    ask: Ask,
    content: bytes,
    sent: SentEnvelope,
    action: Action,
    transaction_id: str,
    references: Sequence[str],
) -> AckMessage:
    """Store a message for the workers, and acknowledge it."""
    header, context = sent.header, ask.context
    uri = _address(ask, header)
    if ask.caller is not ANYBODY and ask.caller.client_id not in await _registered(ask):
        detail = "callbacks go to clients that were let in by `registry clients add`"
        raise MessageRefused("err.request.forbidden", detail)
    now = context.clock.now()
    exchange = Exchange(
        uuid4(),
        ask.caller.client_id,
        header.sender_id,
        uri,
        action,
        header.message_id,
        transaction_id,
        list(references),
        now,
    )
    async with context.database.transaction() as tx:
        traceparent = tracing.traceparent()
        kept = await exchanges.add(tx, context.keys.ring(), exchange, content, traceparent)
        if await exchanges.waiting(tx, ask.caller.client_id) > WAITING_MAX:
            raise too_many_at_once(WAITING, WAITING_MAX)
    if kept is None:
        detail = "rjct.message_id.duplicate: another message had this id"
        raise MessageRefused("err.request.bad", detail, "/header/message_id")
    concern(ask.request, {f"exchange:{kept}"})
    return _ack(str(kept), now)


async def _registered(ask: Ask) -> Sequence[str]:
    return list((await ask.context.registered.current()).clients)


def _ack(correlation_id: str, now: datetime) -> AckMessage:
    return AckMessage(Ack(ack_status="ACK", timestamp=now, correlation_id=correlation_id))


def _address(ask: Ask, header: MessageHeader) -> str:
    """Return where callbacks go; refused where nothing may be sent."""
    try:
        check_receiver(header.sender_uri or "", inside=ask.context.settings.webhooks_inside)
    except DomainError as error:
        detail = f"callbacks need an address: {error.detail}"
        raise MessageRefused("err.sender_uri.invalid", detail, "/header/sender_uri") from None
    return header.sender_uri or ""


_ACKNOWLEDGED = {
    "message": {
        "ack_status": "ACK",
        "timestamp": "2026-10-05T03:00:00.000123Z",
        "correlation_id": "6a0f4f0e-2f6a-4b7e-9c58-5f3e1a6e7b10",
    }
}
_CALLBACK = {"sender_uri": "https://spmis.example.org/registry/callback"}
_SENT_SEARCH = {
    **search.SENT,
    "header": {**transactions.SENT_HEADER, **_CALLBACK, "action": "search"},
}
_SENT_STATUS = {
    **transactions.SENT,
    "header": {**transactions.SENT_HEADER, **_CALLBACK, "action": "txn-status"},
}
_SENT_SUBSCRIBE = {
    "header": {**transactions.SENT_HEADER, **_CALLBACK, "action": "subscribe"},
    "message": {
        "transaction_id": "t-3",
        "subscribe_request": [
            {
                "reference_id": "r-1",
                "timestamp": "2026-10-05T03:00:00Z",
                "subscribe_criteria": {
                    "reg_event_type": "vn:HouseholdStatusChanged",
                    "filter_type": "expression",
                    "filter": {
                        "type": "ns:org:QueryType:expression",
                        "value": {"expression": {"query": {"area_code": "06091"}}},
                    },
                    "notify_record_type": "Group",
                },
            }
        ],
    },
}
_SENT_UNSUBSCRIBE = {
    "header": {**transactions.SENT_HEADER, **_CALLBACK, "action": "unsubscribe"},
    "message": {
        "transaction_id": "t-4",
        "timestamp": "2026-10-05T03:00:00Z",
        "subscription_codes": ["6a0f4f0e-2f6a-4b7e-9c58-5f3e1a6e7b10"],
    },
}
_LATER = (
    "Acknowledged at once; the answer is posted to `sender_uri` of the header, which must be an "
)
_WHERE = "address of the internet, until it is taken, for three days."


def _serve(
    name: str, path: str, summary: str, body: type, shown: object, answer: speaking.Answer
) -> None:
    operation = Operation(
        name="",
        method="POST",
        path=path,
        tag="spdci",
        summary=summary,
        description=_LATER,
        answer={JSON: AckMessage},
        body={JSON: body},
        problems=[speaking.bad(), LOOKUPS_LIMITED, TOO_MANY_WAITING],
        scope=HOUSEHOLDS_READ,
        shown={JSON: shown},
        shown_answer=_ACKNOWLEDGED,
    )
    speaking.serve(routes, name, operation, answer)


_serve(
    "search",
    "/search",
    "Search and be called back (SPDCI)",
    SearchMessage,
    _SENT_SEARCH,
    search_later,
)
_serve(
    "txn_status",
    "/txn/status",
    "Ask what has become of a message and be called back (SPDCI)",
    TxnStatusMessage,
    _SENT_STATUS,
    txn_status_later,
)
_serve(
    "subscribe",
    "/subscribe",
    "Subscribe to changes (SPDCI)",
    SubscribeMessage,
    _SENT_SUBSCRIBE,
    subscribe,
)
_serve(
    "unsubscribe",
    "/unsubscribe",
    "End subscriptions (SPDCI)",
    UnsubscribeMessage,
    _SENT_UNSUBSCRIBE,
    unsubscribe,
)
