"""The key that this registry signs with: tokens, messages and documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from joserfc.jwk import OKPKey

from shared.access.documents import sign_document
from shared.access.store import signing_keys
from shared.http.ask import Ask
from shared.http.context import Context
from shared.kernel.clock import written_instant
from shared.kernel.key_file import KeysUnreadable
from shared.kernel.sealing import SealBroken

DocumentKind = Literal["year_end_book", "certificate", "decision_list"]


async def signing_key(context: Context) -> OKPKey | None:
    """Return the key that signs now; None: there is none, or none that this process can open."""
    async with context.database.statement() as snapshot:
        key = signing_keys.signer(await signing_keys.list_keys(snapshot), context.clock.now())
    try:
        return None if key is None else key.private(context.keys.ring())
    except (SealBroken, KeysUnreadable):
        return None


async def signature_of(
    ask: Ask, kind: DocumentKind, about: Mapping[str, Any], digest: str
) -> str | None:
    """Return the signature of a document as known at `ask.settled`; None: nothing can sign."""
    key = await signing_key(ask.context)
    if key is None:
        return None
    settled = written_instant(ask.settled)
    statement = {"kind": kind, "about": about, "digest": digest, "settled_at": settled}
    return sign_document(statement, key)
