"""The envelope: CloudEvents 1.0 structured JSON with ids and dates only, never people.

`decode` refuses what nobody can handle (`MalformedMessage`) and names what a newer release will
handle (`FutureMessage`): the first is quarantined, the second is parked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import jiter
import orjson

from shared.kernel.clock import written_instant
from shared.observability import tracing

SOURCE = "urn:poverty-registry"
ITEMS_KEY = "household_ids"
MAJOR = 1
BYTES_MAX = 1024 * 1024
TYPE_CHARS_MAX = 200

_TYPE_MAJOR = re.compile(r"\.v(\d{1,6})$")
# As the extension "Distributed Tracing" of CloudEvents has it. A quotation mark within a text would
# be escaped, so this is no part of one.
_TRACEPARENT = re.compile(r'"traceparent":"(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})"')
_SCHEMA_MAJOR = re.compile(r"[.:/]v?(\d{1,6})$")


class MalformedMessage(ValueError):
    """The bytes are not a message; trying again cannot help."""

    code = "malformed_message"


class FutureMessage(Exception):
    """The message has a major version that this release does not know yet."""

    code = "future_message"

    def __init__(self, type_: str) -> None:
        """Keep the type, which is needed to send the message again."""
        super().__init__(type_)
        self.type = type_


@dataclass(frozen=True, slots=True)
class Message:
    """Something that happened, told to whoever listens."""

    id: UUID
    type: str
    time: datetime
    data: dict[str, Any]
    # The span that made it, where it is traced.
    traceparent: str | None = None

    @classmethod
    def new(
        cls, type_: str, time: datetime, data: dict[str, Any], traceparent: str | None = None
    ) -> Message:
        """Return a message with a fresh id; the outbox row keeps it through every retry.

        Without a `traceparent` it goes on with the span that is open.
        """
        return cls(uuid4(), type_, time, data, traceparent or tracing.traceparent())


def encode(message: Message) -> bytes:
    """Return the message as structured CloudEvents JSON; too large is `MalformedMessage`."""
    traced = {} if message.traceparent is None else {"traceparent": message.traceparent}
    body = orjson.dumps(
        {
            "specversion": "1.0",
            "id": str(message.id),
            "source": SOURCE,
            "type": message.type,
            "time": written_instant(message.time.astimezone(UTC)),
            **traced,
            "datacontenttype": "application/json",
            "data": message.data,
        }
    )
    if len(body) > BYTES_MAX:
        raise MalformedMessage("too large")
    return body


def decode(body: bytes) -> Message:
    """Return the message in `body`, or raise `MalformedMessage` or `FutureMessage`."""
    envelope = _parse(body)
    if envelope.get("specversion") != "1.0":
        raise MalformedMessage("specversion is not 1.0")
    type_ = _text(envelope, "type")
    if max(_major(_TYPE_MAJOR, type_), _major(_SCHEMA_MAJOR, envelope.get("dataschema"))) > MAJOR:
        raise FutureMessage(type_)
    data = envelope.get("data")
    if not isinstance(data, dict):
        raise MalformedMessage("data is not an object")
    traced = envelope.get("traceparent")
    return Message(
        _uuid(_text(envelope, "id")),
        type_,
        _time(_text(envelope, "time")),
        data,
        traced if isinstance(traced, str) else None,
    )


def traceparent_of(payload: str) -> str | None:
    """Return the `traceparent` of an encoded message, without reading the rest of it."""
    match = _TRACEPARENT.search(payload)
    return match.group(1) if match else None


def narrow(message: Message, items: Sequence[str]) -> Message:
    """Return the message with only `items` in it, or unchanged if it does not list them."""
    listed = message.data.get(ITEMS_KEY)
    if not items or not isinstance(listed, list) or not set(items) <= set(listed):
        return message
    return replace(message, data={**message.data, ITEMS_KEY: list(items)})


def _parse(body: bytes) -> dict[str, Any]:
    if len(body) > BYTES_MAX:
        raise MalformedMessage("too large")
    # PostgreSQL text cannot hold NUL, so an id with one could be neither stored nor quarantined.
    if b"\\u0000" in body:
        raise MalformedMessage("NUL character")
    try:
        envelope = jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError as error:
        raise MalformedMessage("not JSON") from error
    if not isinstance(envelope, dict):
        raise MalformedMessage("not an object")
    return envelope


def _text(envelope: dict[str, Any], key: str) -> str:
    value = envelope.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= TYPE_CHARS_MAX:
        raise MalformedMessage(f"{key} is missing or not a text")
    return value


def _major(pattern: re.Pattern[str], text: object) -> int:
    match = pattern.search(text) if isinstance(text, str) else None
    return int(match.group(1)) if match else MAJOR


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise MalformedMessage("id is not a UUID") from error


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedMessage("time is not RFC 3339") from error
    if time.tzinfo is None:
        raise MalformedMessage("time has no zone")
    return time.astimezone(UTC)
