"""A sender: a client as messages name it, with the keys that its signatures are verified by."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from shared.spdci.envelope import MessageHeader
from shared.spdci.reasons import MessageRefused
from shared.spdci.signatures import verify, verifying_keys


class Sender(Struct, frozen=True):
    """Who a client is in messages; `signs`: a message without a signature is refused."""

    client_id: str
    sender_id: str
    keys: list[dict[str, Any]]
    signs: bool


def check_sender(
    header: MessageHeader, holder: Sender | None, own: Sender | None, client_id: str
) -> None:
    """Refuse a name that is another client's, or not the client's own where it has one.

    `holder` has the name in the header, `own` belongs to the client that calls.
    """
    taken = holder is not None and holder.client_id != client_id
    other = own is not None and own.sender_id != header.sender_id
    if taken or other:
        detail = "the sender is not the client that calls"
        raise MessageRefused("err.sender_id.invalid", detail, "/header/sender_id")


def check_signature(
    signature: str | None, content: bytes, header: MessageHeader, own: Sender | None, now: float
) -> bool:
    """Say whether a message was signed; refuse a signature that does not verify, or is missing.

    What is signed by whom we have no keys of is refused too: an answer must not say that somebody
    vouched for a question when nobody looked.
    """
    if signature:
        keys = {} if own is None else verifying_keys(own.keys)
        verify(signature, content, header.sender_id, keys, now)
        return True
    if own is not None and own.signs:
        raise MessageRefused(
            "err.signature.missing", "this client signs its messages", "/signature"
        )
    return False
