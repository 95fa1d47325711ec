"""The file of static tokens: who calls with which, by the digest of the token.

Read strictly. An entry says what somebody may see, so a misspelt `area` must not be the whole
country, and a list of sources that is a word must not be its letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from shared.access.caller import SCOPES, Caller
from shared.areas.tree import COUNTRY

Code = Annotated[str, Meta(pattern=r"^(VN|[0-9]{2}|[0-9]{3}|[0-9]{5})$")]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-fA-F]{64}$")]
Callers = tuple[tuple[bytes, Caller], ...]


class _Entry(Struct, frozen=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1)]
    token_sha256: Digest
    scopes: frozenset[str]
    area: Code = COUNTRY
    sources: frozenset[str] | None = None
    purpose: str = ""


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    tokens: tuple[_Entry, ...]


def read(content: bytes) -> Callers:
    """Read the content of a file; ValueError says what is wrong and where."""
    try:
        return _callers(msgspec.json.decode(content, type=_File).tokens)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None


def callers_of(entries: Sequence[dict[str, Any]]) -> Callers:
    """Build the callers of entries that were read already."""
    return _callers(msgspec.convert(entries, tuple[_Entry, ...]))


def _callers(entries: Sequence[_Entry]) -> Callers:
    return tuple((bytes.fromhex(entry.token_sha256), _caller(entry)) for entry in entries)


def _caller(entry: _Entry) -> Caller:
    """Make the caller; a scope that does not exist is an error, not a lesser caller."""
    if strange := sorted(entry.scopes - SCOPES):
        raise ValueError(f"client {entry.name!r} has unknown scopes: {', '.join(strange)}")
    return Caller(
        entry.name,
        entry.scopes,
        entry.area,
        entry.sources,
        client_id=f"static:{entry.name}",
        purpose=entry.purpose,
    )
