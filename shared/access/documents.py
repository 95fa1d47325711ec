"""Signatures of documents: what a book or a certificate says of itself, signed to be shown.

A signature is a JWS (RFC 7515) by the key that signs tokens. It carries what is signed, so who has
it can hold the paper against it; its `typ` keeps it from being taken for a token, and a token for
it. What a document states, and when, makes its bytes: the same document is signed alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.access.tokens import ALGORITHMS, EDDSA

TYPE = "registry-document"


class NotSigned(Exception):
    """A text that is no signature of a document by one of the keys."""


def sign_document(statement: Mapping[str, Any], key: OKPKey) -> str:
    """Return the signature of what a document states, with the statement in it."""
    content = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    header = {"alg": EDDSA, "kid": key.kid, "typ": TYPE}
    return jws.serialize_compact(header, content.encode(), key, algorithms=list(ALGORITHMS))


def read_document(text: str, keys: Mapping[str, OKPKey]) -> tuple[str, dict[str, Any]]:
    """Return the id of the key and what was signed; raises `NotSigned`."""

    def choose(document: Any) -> OKPKey:
        header = document.headers()
        if header.get("typ") != TYPE or header.get("kid") not in keys:
            raise NotSigned
        return keys[header["kid"]]

    try:
        document = jws.deserialize_compact(text, choose, algorithms=list(ALGORITHMS))
        statement = json.loads(document.payload)
        return document.headers()["kid"], dict(statement)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise NotSigned from None
