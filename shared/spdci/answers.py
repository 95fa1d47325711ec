"""What the registry answers: acknowledgements, envelopes, answers to searches."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from shared.spdci.envelope import VERSION
from shared.spdci.reasons import (
    AckStatus,
    ErrorCode,
    HeaderReason,
    RequestStatus,
    SearchReason,
)
from shared.spdci.records import (
    PROFILE,
    STATUS_CHANGED,
    SpdciGroup,
    SpdciIdentifier,
    SpdciMember,
)
from shared.spdci.requests import TxnType
from shared.spdci.searching import REGISTRY

SubscriptionStatus = Literal["subscribe", "unsubscribe"]
Sentence = Annotated[str | UnsetType, Meta(description="What is wrong, in a sentence.")]
TransactionEcho = Annotated[str, Meta(description="As the sender called the transaction.")]
CorrelationId = Annotated[str, Meta(description="The registry's id of the transaction.")]
At = Annotated[datetime, Meta(description="When this was answered.")]
Locale = Annotated[str | UnsetType, Meta(description="As asked.")]


class AnswerMeta(Struct, frozen=True):
    """What this registry says beside the standard: its clocks, and what it checked."""

    as_of: Annotated[date, Meta(description="The day that the records are true for.")]
    known_at: Annotated[datetime | None, Meta(description="As asked; null: the latest state.")]
    settled_at: Annotated[
        datetime, Meta(description="Asked with this `known_at`, the answer stays the same.")
    ]
    signature_verified: Annotated[
        bool, Meta(description="Whether the message was signed and the signature was right.")
    ]
    consent_checked: Annotated[bool, Meta(description="Always false: consents are not read.")] = (
        False
    )


class AnswerHeader(Struct, frozen=True, kw_only=True):
    """The header of an answer."""

    version: Annotated[str, Meta(description="Version of the standard.")] = VERSION
    message_id: Annotated[str, Meta(description="The registry's id of this message.")]
    message_ts: At
    action: Annotated[str, Meta(description="What this is: `on-search`, `txn-on-status`, …")]
    status: Annotated[
        RequestStatus, Meta(description="`rjct` if the message as a whole was rejected.")
    ]
    status_reason_code: Annotated[
        HeaderReason | UnsetType, Meta(description="Why it was rejected.")
    ] = UNSET
    status_reason_message: Sentence = UNSET
    total_count: Annotated[int, Meta(description="Requests in the message.")]
    completed_count: Annotated[int, Meta(description="Requests that are answered.")]
    sender_id: Annotated[str, Meta(description="This registry.")]
    receiver_id: Annotated[str, Meta(description="Who asked.")]
    is_msg_encrypted: Annotated[bool, Meta(description="Always false.")] = False
    meta: Annotated[AnswerMeta | UnsetType, Meta(description="Clocks, and what was checked.")] = (
        UNSET
    )


class SearchData(Struct, frozen=True, kw_only=True):
    """The records that a search found."""

    version: Annotated[str, Meta(description="Version of the records.")] = VERSION
    reg_type: Annotated[str, Meta(description="The registry.")] = REGISTRY
    reg_record_type: Annotated[Literal["Group", "Member"], Meta(description="What they are.")]
    reg_records: Annotated[
        list[SpdciGroup | SpdciMember],
        Meta(description="What is unknown, or not the caller's to see, is not among them."),
    ]


class SearchPage(Struct, frozen=True):
    """Which part of the records was given."""

    page_size: Annotated[int, Meta(description="Records that a page has at most.")]
    page_number: Annotated[int, Meta(description="The page, from 1 on.")]
    total_count: Annotated[int, Meta(description="Records on all pages.")]


class SearchAnswer(Struct, frozen=True, kw_only=True):
    """The answer to one search."""

    reference_id: Annotated[str, Meta(description="As the sender called the search.")]
    timestamp: At
    status: Annotated[RequestStatus, Meta(description="`succ`, or `rjct` with a reason.")]
    status_reason_code: Annotated[SearchReason | UnsetType, Meta(description="Why not.")] = UNSET
    status_reason_message: Sentence = UNSET
    data: Annotated[SearchData | UnsetType, Meta(description="The records.")] = UNSET
    pagination: Annotated[SearchPage | UnsetType, Meta(description="Which of them.")] = UNSET
    locale: Locale = UNSET


class SearchResponse(Struct, frozen=True):
    """The answers to the searches of a message, in their order."""

    transaction_id: TransactionEcho
    correlation_id: CorrelationId
    search_response: Annotated[list[SearchAnswer], Meta(description="One per search.")]


class SearchResponseMessage(Struct, frozen=True, kw_only=True):
    """An envelope with the answers to searches."""

    signature: Annotated[str | UnsetType, Meta(description="Signature of header and message.")] = (
        UNSET
    )
    header: Annotated[AnswerHeader, Meta(description="Whose answer this is.")]
    message: Annotated[SearchResponse, Meta(description="The answers.")]


class AckError(Struct, frozen=True):
    """Why a message was not taken."""

    code: Annotated[ErrorCode, Meta(description="The standard's code.")]
    message: Annotated[str, Meta(description="What is wrong, in a sentence.")]


class Ack(Struct, frozen=True, kw_only=True):
    """What becomes of a message: `ACK` a callback will come, `NACK` none, `ERR` not taken."""

    ack_status: Annotated[AckStatus, Meta(description="What becomes of it.")]
    timestamp: At
    correlation_id: CorrelationId
    error: Annotated[AckError | UnsetType, Meta(description="Of `ERR`: why.")] = UNSET


class AckMessage(Struct, frozen=True):
    """An acknowledgement."""

    message: Annotated[Ack, Meta(description="What becomes of the message.")]


class RequestAnswer(Struct, frozen=True):
    """What has become of one request."""

    reference_id: Annotated[str, Meta(description="As the sender called the request.")]
    timestamp: At
    status: Annotated[
        RequestStatus, Meta(description="`rcvd`, `pdng` while a callback is tried, `succ`, `rjct`.")
    ]
    status_reason_code: Annotated[
        str | UnsetType, Meta(description="Why it was rejected, in the codes of its kind.")
    ] = UNSET
    status_reason_message: Sentence = UNSET


def request_answer(
    reference_id: str,
    now: datetime,
    status: RequestStatus,
    reason: str | None = None,
    detail: str | None = None,
) -> RequestAnswer:
    """Return what has become of a request."""
    return RequestAnswer(reference_id, now, status, reason or UNSET, detail or UNSET)


class RequestsAnswer(Struct, frozen=True):
    """What has become of the requests of a transaction; no records, those are in its callback."""

    transaction_id: TransactionEcho
    correlation_id: CorrelationId
    search_response: Annotated[list[RequestAnswer], Meta(description="One per request.")]


class TxnStatusAnswer(Struct, frozen=True):
    """What has become of transactions of a kind."""

    txn_type: Annotated[TxnType, Meta(description="As asked.")]
    txn_status: Annotated[RequestsAnswer, Meta(description="The requests.")]


class TxnStatusResponse(Struct, frozen=True):
    """The answer to a question about transactions."""

    transaction_id: TransactionEcho
    correlation_id: CorrelationId
    txnstatus_response: Annotated[TxnStatusAnswer, Meta(description="The answer.")]


class TxnStatusResponseMessage(Struct, frozen=True, kw_only=True):
    """An envelope with what has become of transactions."""

    signature: Annotated[str | UnsetType, Meta(description="Signature of header and message.")] = (
        UNSET
    )
    header: Annotated[AnswerHeader, Meta(description="Whose answer this is.")]
    message: Annotated[TxnStatusResponse, Meta(description="The answer.")]


class SubscriptionInfo(Struct, frozen=True):
    """A subscription as it stands."""

    code: Annotated[str, Meta(description="Its code.")]
    status: Annotated[SubscriptionStatus, Meta(description="Whether it holds.")]
    timestamp: At


class SubscribeAnswer(Struct, frozen=True, kw_only=True):
    """What became of one subscription that was wanted."""

    reference_id: Annotated[str, Meta(description="As the sender called it.")]
    timestamp: At
    status: Annotated[RequestStatus, Meta(description="`succ`, or `rjct` with a reason.")]
    status_reason_code: Annotated[str | UnsetType, Meta(description="Why not.")] = UNSET
    status_reason_message: Sentence = UNSET
    subscriptions: Annotated[list[SubscriptionInfo], Meta(description="What was made.")] = []


class SubscribeResponse(Struct, frozen=True):
    """What became of subscriptions that were wanted."""

    transaction_id: TransactionEcho
    correlation_id: CorrelationId
    subscribe_response: Annotated[list[SubscribeAnswer], Meta(description="One per request.")]


class EndedSubscription(Struct, frozen=True):
    """A subscription and whether it holds."""

    code: Annotated[str, Meta(description="Its code.")]
    status: Annotated[SubscriptionStatus, Meta(description="`unsubscribe` once it has ended.")]


class UnsubscribeResponse(Struct, frozen=True, kw_only=True):
    """What became of subscriptions that were to end."""

    transaction_id: TransactionEcho
    correlation_id: CorrelationId
    timestamp: At
    status: Annotated[RequestStatus, Meta(description="`rjct` if a code is none of the sender's.")]
    status_reason_code: Annotated[str | UnsetType, Meta(description="Why not.")] = UNSET
    status_reason_message: Sentence = UNSET
    subscription_status: Annotated[
        list[EndedSubscription], Meta(description="Those that have ended.")
    ] = []


class ChangedGroup(
    Struct, frozen=True, kw_only=True, rename={"id": "@id"}, tag_field="@type", tag="Group"
):
    """A household whose class has changed, as it stands from that day on."""

    context: str = field(name="@context", default=PROFILE)
    id: str
    group_identifier: list[SpdciIdentifier]
    group_type: str = "household"
    area_code: str | None
    classification_code: str | None
    classification_validity_start: date
    previous_classification_code: str | None
    # Of a change that is taken back: none of it was so.
    retracted: bool = False


class EventData(Struct, frozen=True, kw_only=True):
    """What has changed; the standard's own words for events name none of a status."""

    version: str = VERSION
    reg_type: str = REGISTRY
    reg_record_type: str = "Group"
    vn_event_type: str = STATUS_CHANGED
    reg_records: ChangedGroup


class NotifyEvent(Struct, frozen=True):
    """One change."""

    reference_id: str
    timestamp: datetime
    data: EventData


class NotifyEvents(Struct, frozen=True):
    """Changes that a subscriber is told of."""

    transaction_id: str
    notify_event: list[NotifyEvent]


class Callback(Struct, frozen=True, kw_only=True):
    """An envelope that is sent to a sender's own address."""

    signature: str | UnsetType = UNSET
    header: AnswerHeader
    message: Any
