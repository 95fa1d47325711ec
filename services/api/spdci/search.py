"""`POST /registry/sync/search`: up to a thousand searches, answered at once."""

from __future__ import annotations

from uuid import uuid4

from services.api.spdci import speaking
from shared.access.caller import HOUSEHOLDS_READ
from shared.http.ask import Ask
from shared.http.audit import concern
from shared.http.limits import LOOKUPS_LIMITED
from shared.http.operations import JSON, Operation, Routes
from shared.spdci.answers import (
    AnswerHeader,
    AnswerMeta,
    SearchAnswer,
    SearchResponse,
    SearchResponseMessage,
)
from shared.spdci.envelope import SearchMessage, check_header
from shared.spdci.reasons import HeaderRejected
from shared.spdci.store.searches import Searches

routes = Routes("spdci")


async def search_now(ask: Ask, content: bytes) -> SearchResponseMessage:
    """Answer the searches of a message."""
    sent, taken = await speaking.take(ask, content, SearchMessage)
    try:
        check_header(sent.header, "search", len(sent.message.search_request))
        searches = Searches(speaking.searcher(ask, await ask.tree()), sent.message.search_request)
    except HeaderRejected as rejected:
        return await speaking.signed(ask, taken, _message(ask, taken, sent, [], rejected))
    if number := len(searches.numbers):
        ask.limit_lookups(number)
    async with ask.heavy_snapshot() if searches.heavy else ask.snapshot() as snapshot:
        answers = await searches.answers(snapshot, ask.context.keys.ring)
    concern(ask.request, searches.subjects)
    return await speaking.signed(ask, taken, _message(ask, taken, sent, answers))


def _message(
    ask: Ask,
    taken: speaking.Taken,
    sent: SearchMessage,
    answers: list[SearchAnswer],
    rejected: HeaderRejected | None = None,
) -> SearchResponseMessage:
    header = AnswerHeader(
        message_id=str(uuid4()),
        message_ts=ask.context.clock.now(),
        action="on-search",
        status="succ",
        total_count=len(sent.message.search_request),
        completed_count=len(answers),
        sender_id=speaking.registry_id(ask),
        receiver_id=sent.header.sender_id,
    )
    if rejected is None:
        meta = AnswerMeta(ask.as_of, ask.known_at, ask.settled, signature_verified=taken.verified)
        header = speaking.but(header, meta=meta)
    else:
        header = speaking.rejected(header, rejected)
    response = SearchResponse(sent.message.transaction_id, str(uuid4()), answers)
    return SearchResponseMessage(header=header, message=response)


SENT = {
    "header": {
        "version": "1.0.0",
        "message_id": "m-1",
        "message_ts": "2026-10-05T03:00:00Z",
        "action": "search",
        "sender_id": "spmis.example.org",
        "total_count": 1,
        "meta": {"as_of": "2023-12-31"},
    },
    "message": {
        "transaction_id": "t-1",
        "search_request": [
            {
                "reference_id": "r-1",
                "timestamp": "2026-10-05T03:00:00Z",
                "search_criteria": {
                    "query_type": "idtype-value",
                    "query": {"type": "household_id", "value": "LS-06091-000123"},
                },
            }
        ],
    },
}
_ANSWERED = {
    "header": {
        "version": "1.0.0",
        "message_id": "0b8f2a1c-4d5e-4f60-9a7b-1c2d3e4f5a6b",
        "message_ts": "2026-10-05T03:00:00.000123Z",
        "action": "on-search",
        "status": "succ",
        "total_count": 1,
        "completed_count": 1,
        "sender_id": "poverty-registry",
        "receiver_id": "spmis.example.org",
        "is_msg_encrypted": False,
        "meta": {
            "as_of": "2023-12-31",
            "known_at": None,
            "settled_at": "2026-10-05T02:59:59.000123Z",
            "signature_verified": False,
            "consent_checked": False,
        },
    },
    "message": {
        "transaction_id": "t-1",
        "correlation_id": "6a0f4f0e-2f6a-4b7e-9c58-5f3e1a6e7b10",
        "search_response": [
            {
                "reference_id": "r-1",
                "timestamp": "2026-10-05T03:00:00.000123Z",
                "status": "succ",
                "data": {
                    "version": "1.0.0",
                    "reg_type": "ns:org:RegistryType:Social",
                    "reg_record_type": "Group",
                    "reg_records": [
                        {
                            "@type": "Group",
                            "@context": "/registry/profiles/vn/context.jsonld",
                            "@id": "urn:poverty-registry:household:LS-06091-000123",
                            "group_identifier": [
                                {
                                    "@type": "Identifier",
                                    "identifier_type": "household_id",
                                    "identifier_value": "LS-06091-000123",
                                }
                            ],
                            "group_type": "household",
                            "area_code": "06091",
                            "area_type": "rural",
                            "ethnic_group": "Tày",
                            "group_size": 4,
                            "poverty_score": 30,
                            "poverty_score_type": "B2",
                            "classification_code": "poor",
                            "classification_status": "in_force",
                            "classification_validity_start": "2023-12-14",
                            "classification_validity_end": None,
                            "classification_source": "langson",
                            "classification_reference": "VN-2022-2025",
                            "reviewed_on": "2023-12-14",
                        }
                    ],
                },
                "pagination": {"page_size": 1000, "page_number": 1, "total_count": 1},
            }
        ],
    },
}

speaking.serve(
    routes,
    "sync_search",
    Operation(
        name="",
        method="POST",
        path="/sync/search",
        tag="spdci",
        summary="Search and be answered (SPDCI)",
        description="Up to 1,000 searches by identifier, expression or predicate in one message, "
        "answered in their order. What the caller may not see is not among the records. An "
        "attribute, operator or type of identifier that is not known is a rejection with its "
        "reason code, never everything.",
        answer={JSON: SearchResponseMessage},
        body={JSON: SearchMessage},
        problems=[speaking.bad(), LOOKUPS_LIMITED],
        scope=HOUSEHOLDS_READ,
        shown={JSON: SENT},
        shown_answer=_ANSWERED,
    ),
    search_now,
)
