"""The bytes of a body, unpacked no further than the limit: a small body may unpack to gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

from services.ingest.feeds.faults import Unfetched

# Reads both gzip and zlib, which servers mix up.
_EITHER = zlib.MAX_WBITS | 32


async def inflated(chunks: AsyncIterator[bytes], encoding: str, bytes_max: int) -> bytes:
    """Return the body; `too_large` as soon as it is, `bad_encoding` if it cannot be unpacked."""
    name = encoding.strip().lower()
    if name not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise Unfetched("bad_encoding")
    unpacker = None if name in {"", "identity"} else zlib.decompressobj(_EITHER)
    body = bytearray()
    async for chunk in chunks:
        try:
            body += unpacker.decompress(chunk, bytes_max + 1) if unpacker else chunk
        except zlib.error:
            raise Unfetched("bad_encoding") from None
        if len(body) > bytes_max or (unpacker and unpacker.unconsumed_tail):
            raise Unfetched("too_large")
    if unpacker and not unpacker.eof:
        raise Unfetched("incomplete", passing=True)
    return bytes(body)
