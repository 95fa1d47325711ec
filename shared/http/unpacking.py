"""Packed bodies, unpacked in pieces of bounded size: gzip (RFC 1952) and zstd (RFC 8878).

Both formats are a series of members (zstd: frames), and all of them are read: who joins two packed
files has sent the rows of both. What follows the last one and is none is refused.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import Protocol

from starlette.types import Message, Receive

from shared.http.problems import Problem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE_BYTES = 256 * 1024
_GZIP = zlib.MAX_WBITS | 16
# The largest window that RFC 9659 lets a sender use; a larger one is memory that it makes us hold.
_WINDOW_LOG_MAX = 23


class Unpacker(Protocol):
    """Unpacks one member; what it was given and has not unpacked yet it keeps."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes of what it was given."""

    @property
    def unused_data(self) -> bytes:
        """What it was given beyond the end of the member."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return at most so many unpacked bytes."""


class Gzip:
    """A member of gzip."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(_GZIP)

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""
        return self._unpacker.eof

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes of what it was given."""
        return not self._unpacker.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """What it was given beyond the end of the member."""
        return self._unpacker.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return at most so many unpacked bytes."""
        return self._unpacker.decompress(self._unpacker.unconsumed_tail + data, max_length)


def _zstd() -> Unpacker:
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG_MAX}
    return zstd.ZstdDecompressor(options=options)


UNPACKERS: dict[str, Callable[[], Unpacker]] = {"gzip": Gzip, "x-gzip": Gzip, "zstd": _zstd}


class Unpacked:
    """Receives a packed body in pieces, and refuses one that grows over the limit."""

    def __init__(
        self, receive: Receive, bytes_max: int, encoding: str, begin: Callable[[], Unpacker]
    ) -> None:
        self._receive = receive
        self._left = bytes_max
        self._max = bytes_max
        self._encoding = encoding
        self._begin = begin
        self._unpacker = begin()
        self._held = b""
        self._more = True

    async def receive(self) -> Message:
        """Return the next piece of the body."""
        while not self._pending and self._more:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            self._held, self._more = message.get("body", b""), message.get("more_body", False)
        piece = self._piece()
        more = self._more or self._pending
        if not more and not self._unpacker.eof:
            raise self._not_packed(f"the body is not whole {self._encoding}")
        return {"type": "http.request", "body": piece, "more_body": more}

    @property
    def _pending(self) -> bool:
        """Whether there is something to unpack."""
        return bool(self._held) or not (self._unpacker.eof or self._unpacker.needs_input)

    def _piece(self) -> bytes:
        if self._unpacker.eof and self._held:
            self._unpacker = self._begin()
        held, self._held = self._held, b""
        try:
            piece = b"" if self._unpacker.eof else self._unpacker.decompress(held, PIECE_BYTES)
        except (zlib.error, zstd.ZstdError):
            raise self._not_packed(f"the body is not {self._encoding}") from None
        if self._unpacker.eof:
            self._held = self._unpacker.unused_data
        self._left -= len(piece)
        if self._left < 0:
            detail = f"at most {self._max} bytes are taken here, unpacked"
            raise Problem(413, "body_too_large", detail)
        return piece

    @staticmethod
    def _not_packed(detail: str) -> Problem:
        return Problem(400, "body_not_packed", f"{detail}, as its header says")
