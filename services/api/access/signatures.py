"""Signatures on documents: whoever holds one asks here whether this registry made it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct, convert

from services.api.access.signing import DocumentKind
from shared.access.documents import NotSigned, read_document
from shared.access.store import signing_keys
from shared.http.ask import Ask
from shared.http.operations import Routes
from shared.http.parameters import PathParameter
from shared.http.problems import Problem, ProblemType, not_found
from shared.http.schemas import Instant

routes = Routes("access")

_POSSIBLE = re.compile(r"[A-Za-z0-9_-]{1,400}\.[A-Za-z0-9_-]{1,4000}\.[A-Za-z0-9_-]{1,200}")
SHOWN = "eyJhbGciOiJFZERTQSJ9.eyJraW5kIjoieWVhcl9lbmRfYm9vayJ9.c2lnbmVk"


def not_signed() -> Problem:
    """Return the one answer for texts that no key of this registry signed."""
    return not_found("not_signed_here", "no document of this registry has this signature")


NOT_SIGNED = ProblemType("No document of this registry has this signature", not_signed())


def _read(text: str) -> str:
    if not _POSSIBLE.fullmatch(text):
        raise not_signed()
    return text


Signature = Annotated[str, PathParameter(_read, "The signature, as the document has it.", SHOWN)]


class Statement(Struct, frozen=True):
    """What a signature states."""

    kind: DocumentKind
    about: dict[str, Any]
    digest: str
    settled_at: datetime


class SignedDocument(Struct, frozen=True):
    """A document that this registry signed."""

    kind: Annotated[DocumentKind, Meta(description="What it is.")]
    about: Annotated[
        dict[str, Any], Meta(description="What it is about; asked alike, it is answered alike.")
    ]
    digest: Annotated[str, Meta(description="SHA-256 of its content; it stands on the paper.")]
    settled_at: Annotated[Instant, Meta(description="What was known at this instant stands in it.")]
    signed_by: Annotated[str, Meta(description="Id of the key.")]
    key_retired_at: Annotated[
        Instant | None, Meta(description="When another key took its place; null: it still signs.")
    ]


async def read_signature(ask: Ask, signature: str) -> tuple[Statement, signing_keys.SigningKey]:
    """Return what was signed and by which key, also one that ended long ago."""
    async with ask.context.database.statement() as snapshot:
        keys = [
            *await signing_keys.list_keys(snapshot),
            *await signing_keys.list_ended(snapshot),
        ]
    by_id = {key.kid: key for key in keys}
    try:
        kid, statement = read_document(signature, {kid: key.key for kid, key in by_id.items()})
    except NotSigned:
        raise not_signed() from None
    return convert(statement, Statement), by_id[kid]


@routes.get(
    "/v1/signatures/{signature}",
    scope=None,
    problems=[NOT_SIGNED],
    shown={
        "kind": "year_end_book",
        "about": {"area": "181", "basis": "recognised", "year": 2023},
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "settled_at": "2026-11-21T05:00:00.000123Z",
        "signed_by": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        "key_retired_at": None,
    },
)
async def get_signature(ask: Ask, signature: Signature) -> SignedDocument:
    """Verify the signature of a document.

    What was signed, when it was known and by which key; it needs no token, for the document itself
    says no less. Hold the digest against that of the paper. A document is what was known at its
    instant: whether that still stands, the same question asked today says.
    """
    said, key = await read_signature(ask, signature)
    return SignedDocument(
        said.kind, said.about, said.digest, said.settled_at, key.kid, key.retired_at
    )
