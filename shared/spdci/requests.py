"""Messages beside searches: asking what has become of one, subscribing, and ending that."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.kernel.fields import PRINTABLE, about
from shared.spdci.envelope import (
    SEARCHES_MAX,
    VERSION,
    Instant,
    Locale,
    Name,
    SentEnvelope,
    TransactionId,
)

SubscriptionCode = Annotated[str, Meta(max_length=99, pattern=PRINTABLE)]
TxnType = Literal["search", "subscribe", "receipt"]


class TxnStatusQuery(Struct, frozen=True, kw_only=True):
    """Which transactions are asked about."""

    reference_id: Annotated[Name, about("The sender's id of this question.", example="r-1")]
    txn_type: Annotated[TxnType, about("What kind of messages they were.")]
    attribute_type: Annotated[
        Literal["transaction_id", "reference_id_list", "correlation_id"],
        about("What they are named by."),
    ]
    attribute_value: Annotated[
        TransactionId | Annotated[list[Name], Meta(max_length=SEARCHES_MAX)],
        about("The id, or a list of references."),
    ]
    locale: Annotated[Locale | UnsetType, about("Language, ISO 639-3.")] = UNSET


class TxnStatusRequest(Struct, frozen=True, kw_only=True):
    """A question about transactions."""

    transaction_id: Annotated[TransactionId, about("The sender's id of what it is doing.")]
    txnstatus_request: Annotated[TxnStatusQuery, about("What is asked.")]


class TxnStatusMessage(SentEnvelope, frozen=True, kw_only=True):
    """An envelope with a question about transactions."""

    message: Annotated[TxnStatusRequest, about("The question.")]


class SubscribeCriteria(Struct, frozen=True, kw_only=True):
    """What of the changes is wanted."""

    reg_event_type: Annotated[Name, about("Which events: `vn:HouseholdStatusChanged`.")]
    filter: Annotated[
        Any, about("A condition of `area_code` and, of one list, `classification_code`.")
    ]
    notify_record_type: Annotated[Name, about("Records that are wanted: `Group`.")]
    filter_type: Annotated[
        Literal["idtype-value", "expression", "predicate", "graphql"],
        about("How the filter is written; `expression` or `predicate` here."),
    ] = "expression"
    version: Annotated[str, about("Version of the criteria.")] = VERSION
    reg_type: Annotated[str | None, about("Registry: `ns:org:RegistryType:Social`.")] = None
    frequency: Annotated[Any, about("Must be left out: changes are told as they happen.")] = None
    authorize: Annotated[Any, about("Taken and not looked at.")] = None


class SubscribeItem(Struct, frozen=True, kw_only=True):
    """One subscription that is wanted."""

    reference_id: Annotated[Name, about("The sender's id of it.", example="r-1")]
    timestamp: Annotated[Instant, about("When it was asked for, with its zone.")]
    subscribe_criteria: Annotated[SubscribeCriteria, about("What is wanted.")]
    locale: Annotated[Locale | UnsetType, about("Language, ISO 639-3.")] = UNSET


class SubscribeRequest(Struct, frozen=True, kw_only=True):
    """Subscriptions that are wanted together."""

    transaction_id: Annotated[TransactionId, about("The sender's id of what it is doing.")]
    subscribe_request: Annotated[
        list[SubscribeItem], Meta(max_length=100), about("At most 100 of them.")
    ]


class SubscribeMessage(SentEnvelope, frozen=True, kw_only=True):
    """An envelope with subscriptions that are wanted."""

    message: Annotated[SubscribeRequest, about("The subscriptions.")]


class UnsubscribeRequest(Struct, frozen=True, kw_only=True):
    """Subscriptions that are to end."""

    transaction_id: Annotated[TransactionId, about("The sender's id of what it is doing.")]
    timestamp: Annotated[Instant, about("When it was asked for, with its zone.")]
    subscription_codes: Annotated[
        list[SubscriptionCode], Meta(max_length=100), about("Their codes, at most 100.")
    ]


class UnsubscribeMessage(SentEnvelope, frozen=True, kw_only=True):
    """An envelope with subscriptions that are to end."""

    message: Annotated[UnsubscribeRequest, about("The subscriptions.")]
