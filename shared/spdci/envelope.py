"""Messages as they are sent to us: envelope, header, searches.

Fields that the standard does not know are allowed, as its schemas allow them; what it knows is read
strictly. Law: none (the standard is SPDCI Social Registry 1.0.0, Apache-2.0).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from shared.kernel.fields import PRINTABLE, about
from shared.spdci.reasons import HeaderRejected, MessageRefused

VERSION = "1.0.0"
# Searches in one message.
SEARCHES_MAX = 1000
Instant = Annotated[datetime, Meta(tz=True)]
TransactionId = Annotated[str, Meta(max_length=99, pattern=PRINTABLE)]
# The standard names no bound; what is kept has one.
Name = Annotated[str, Meta(max_length=200, pattern=PRINTABLE)]
# ISO 639-3.
Locale = Annotated[str, Meta(pattern="^[a-z]{3}$")]
_ZONED = "an instant of ISO 8601 with its zone"
_SENT = "2026-10-05T03:00:00Z"


class MessageHeader(Struct, frozen=True, kw_only=True):
    """The header of a message that is sent to the registry."""

    message_id: Annotated[Name, about("The sender's id of the message.", example="m-1")]
    message_ts: Annotated[Instant, about(f"When it was sent: {_ZONED}.", example=_SENT)]
    action: Annotated[Name, about("What is asked for, as the path says.", example="search")]
    sender_id: Annotated[Name, about("Who sends it.", example="spmis.example.org")]
    total_count: Annotated[int, Meta(ge=0), about("Number of requests in the message.", example=1)]
    version: Annotated[str, about("Version of the standard: 1.0.0.", example=VERSION)] = VERSION
    sender_uri: Annotated[
        Annotated[str, Meta(max_length=2000, pattern=PRINTABLE)] | None,
        about("The whole address that callbacks of asynchronous messages go to."),
    ] = None
    receiver_id: Annotated[Name | None, about("Whom it is meant for.")] = None
    is_msg_encrypted: Annotated[bool, about("Must be false: nothing is decrypted here.")] = False
    meta: Annotated[
        Any,
        about(
            "Any object. `as_of` (a day) and `known_at` (an instant) in it are the two clocks of "
            "this registry: the day that the records are true for, and the instant of knowledge."
        ),
    ] = None


class Sort(Struct, frozen=True, kw_only=True):
    """By what records are put in order."""

    attribute_name: Annotated[str, about("One of the attributes that can be compared.")]
    sort_order: Annotated[Literal["asc", "desc"], about("Upwards or downwards.")] = "asc"


class Pagination(Struct, frozen=True, kw_only=True):
    """Which part of the records is wanted."""

    page_size: Annotated[int, Meta(ge=1, le=2**31 - 1), about("Records of a page.")]
    page_number: Annotated[int, Meta(ge=1, le=2**31 - 1), about("The page, from 1 on.")] = 1


class SearchCriteria(Struct, frozen=True, kw_only=True):
    """What is looked for, and how it is wanted."""

    query_type: Annotated[
        Literal["idtype-value", "expression", "predicate"], about("How `query` is written.")
    ]
    query: Annotated[
        Any,
        about(
            "By `idtype-value` an identifier `{type, value}`; by `expression` an object of "
            "attributes and operators; by `predicate` a list of comparisons."
        ),
    ]
    version: Annotated[str, about("Version of the criteria.")] = VERSION
    reg_type: Annotated[str | None, about("Registry: `ns:org:RegistryType:Social`.")] = None
    reg_record_type: Annotated[
        str | None, about("Records that are wanted: `Group`, `Member` or `SRPerson`.")
    ] = None
    response_entity: Annotated[
        Literal["Group", "Member"] | None, about("The same; it counts where both are given.")
    ] = None
    sort: Annotated[list[Sort], Meta(max_length=10), about("The order, first things first.")] = []
    pagination: Annotated[Pagination | None, about("The page that is wanted.")] = None
    consent: Annotated[Any, about("Taken and not looked at.")] = None
    authorize: Annotated[Any, about("Taken and not looked at.")] = None


class SearchItem(Struct, frozen=True, kw_only=True):
    """One search among those of a message."""

    reference_id: Annotated[Name, about("The sender's id of the search.", example="r-1")]
    timestamp: Annotated[Instant, about(f"When it was asked: {_ZONED}.", example=_SENT)]
    search_criteria: Annotated[SearchCriteria, about("What is looked for.")]
    locale: Annotated[Locale | UnsetType, about("Language, ISO 639-3, such as `vie`.")] = UNSET


class SearchRequest(Struct, frozen=True, kw_only=True):
    """Searches that belong together."""

    transaction_id: Annotated[TransactionId, about("The sender's id of what it is doing.")]
    search_request: Annotated[list[SearchItem], about(f"At most {SEARCHES_MAX} searches.")]


class SentEnvelope(Struct, frozen=True, kw_only=True):
    """What every message to the registry has."""

    header: Annotated[MessageHeader, about("Who asks, and for what.")]
    signature: Annotated[str | None, about("Signature of header and message.")] = None


class SearchMessage(SentEnvelope, frozen=True, kw_only=True):
    """An envelope with searches."""

    message: Annotated[SearchRequest, about("The searches.")]


class SentMessage(Struct, frozen=True, kw_only=True):
    """Any envelope: its parts as they were sent, byte for byte."""

    header: msgspec.Raw
    message: msgspec.Raw
    signature: str | None = None


class Content(Struct, frozen=True, kw_only=True):
    """What tells an encrypted message: the standard has five fields of it."""

    ciphertext: Any = UNSET


M = TypeVar("M", bound=Struct)
_AT = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


def read_message(content: bytes, kind: type[M]) -> M:
    """Return a message of a type; `MessageRefused` with the place of its first fault."""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        if _is_encrypted(content):
            raise MessageRefused(
                "err.encryption.invalid", "messages must not be encrypted here", "/message"
            ) from None
        detail = str(error)
        place = _AT.search(detail)
        pointer = _pointer(place[1]) if place else ""
        raise MessageRefused("err.request.bad", _AT.sub("", detail), pointer) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise MessageRefused("err.request.bad", "the body is not valid JSON") from None


def _pointer(path: str) -> str:
    return "".join(f"/{field or number}" for field, number in _STEP.findall(path))


def _is_encrypted(content: bytes) -> bool:
    try:
        sent = msgspec.json.decode(content, type=SentMessage)
        return msgspec.json.decode(sent.message, type=Content).ciphertext is not UNSET
    except (msgspec.MsgspecError, RecursionError):
        return False


def check_header(header: MessageHeader, action: str, number: int) -> None:
    """Refuse another version or an encrypted message; reject another action or count."""
    if header.version != VERSION:
        raise MessageRefused(
            "err.version.not_supported", f"version {VERSION} is spoken here", "/header/version"
        )
    if header.is_msg_encrypted:
        detail = "messages must not be encrypted here"
        raise MessageRefused("err.encryption.invalid", detail, "/header/is_msg_encrypted")
    if header.action != action:
        raise HeaderRejected("rjct.action.invalid", f"the action of this path is {action}")
    if header.total_count != number:
        detail = f"total_count must be the number of requests, {number}"
        raise HeaderRejected("rjct.total_count.invalid", detail)
    if number > SEARCHES_MAX:
        detail = f"at most {SEARCHES_MAX} requests are taken in one message"
        raise HeaderRejected("rjct.total_count.limit_exceeded", detail)
