"""`POST /registry/sync/txn/status`: what has become of messages that are answered later."""

from __future__ import annotations

from uuid import uuid4

from services.api.spdci import speaking
from shared.access.caller import HOUSEHOLDS_READ
from shared.http.ask import Ask
from shared.http.operations import JSON, Operation, Routes
from shared.spdci.answers import (
    AnswerHeader,
    RequestsAnswer,
    TxnStatusAnswer,
    TxnStatusResponse,
    TxnStatusResponseMessage,
)
from shared.spdci.envelope import check_header
from shared.spdci.reasons import HeaderRejected
from shared.spdci.requests import TxnStatusMessage
from shared.spdci.store.statuses import txn_status

routes = Routes("spdci")


async def txn_status_now(ask: Ask, content: bytes) -> TxnStatusResponseMessage:
    """Answer what has become of a client's transactions."""
    sent, taken = await speaking.take(ask, content, TxnStatusMessage)
    query, transaction = sent.message.txnstatus_request, sent.message.transaction_id
    now = ask.context.clock.now()
    header = AnswerHeader(
        message_id=str(uuid4()),
        message_ts=now,
        action="txn-on-status",
        status="succ",
        total_count=1,
        completed_count=1,
        sender_id=speaking.registry_id(ask),
        receiver_id=sent.header.sender_id,
    )
    try:
        check_header(sent.header, "txn-status", sent.header.total_count)
    except HeaderRejected as rejected:
        header = speaking.rejected(header, rejected)
        answer = TxnStatusAnswer(query.txn_type, RequestsAnswer(transaction, "", []))
    else:
        client_id = ask.caller.client_id
        async with ask.context.database.statement() as snapshot:
            answer = await txn_status(snapshot, client_id, query, transaction, now)
    message = TxnStatusResponse(transaction, str(uuid4()), answer)
    return await speaking.signed(
        ask, taken, TxnStatusResponseMessage(header=header, message=message)
    )


SENT_HEADER = {
    "version": "1.0.0",
    "message_id": "m-2",
    "message_ts": "2026-10-05T03:00:00Z",
    "sender_id": "spmis.example.org",
    "total_count": 1,
}
SENT = {
    "header": {**SENT_HEADER, "action": "txn-status"},
    "message": {
        "transaction_id": "t-2",
        "txnstatus_request": {
            "reference_id": "r-1",
            "txn_type": "search",
            "attribute_type": "transaction_id",
            "attribute_value": "t-1",
        },
    },
}
_ANSWERED = {
    "header": {
        "version": "1.0.0",
        "message_id": "0b8f2a1c-4d5e-4f60-9a7b-1c2d3e4f5a6b",
        "message_ts": "2026-10-05T03:00:00.000123Z",
        "action": "txn-on-status",
        "status": "succ",
        "total_count": 1,
        "completed_count": 1,
        "sender_id": "poverty-registry",
        "receiver_id": "spmis.example.org",
        "is_msg_encrypted": False,
    },
    "message": {
        "transaction_id": "t-2",
        "correlation_id": "6a0f4f0e-2f6a-4b7e-9c58-5f3e1a6e7b10",
        "txnstatus_response": {
            "txn_type": "search",
            "txn_status": {
                "transaction_id": "t-1",
                "correlation_id": "5f3e1a6e-7b10-4b7e-9c58-6a0f4f0e2f6a",
                "search_response": [
                    {
                        "reference_id": "r-1",
                        "timestamp": "2026-10-05T03:00:00.000123Z",
                        "status": "succ",
                    }
                ],
            },
        },
    },
}

speaking.serve(
    routes,
    "sync_txn_status",
    Operation(
        name="",
        method="POST",
        path="/sync/txn/status",
        tag="spdci",
        summary="Ask what has become of a message (SPDCI)",
        description="Of messages that are answered by a callback: each request is received, "
        "pending while its callback is tried, successful or rejected. What is another client's, "
        "or was answered at once, is as what never was.",
        answer={JSON: TxnStatusResponseMessage},
        body={JSON: TxnStatusMessage},
        problems=[speaking.bad()],
        scope=HOUSEHOLDS_READ,
        shown={JSON: SENT},
        shown_answer=_ANSWERED,
    ),
    txn_status_now,
)
