"""What the registry answers: acknowledgements, envelopes, answers to searches."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.spdci.envelope import VERSION
from shared.spdci.reasons import (
    AckStatus,
    ErrorCode,
    HeaderReason,
    RequestStatus,
    SearchReason,
)
from shared.spdci.records import SpdciGroup, SpdciMember
from shared.spdci.searching import REGISTRY

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
