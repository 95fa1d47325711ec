"""Chunks of bytes to lines of bounded length: a line without end must not fill the memory."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from shared.http.problems import Problem
from shared.kernel.errors import Fault

SHOWN_BYTES = 4000


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be looked into: why, and how it begins."""

    fault: Fault
    content: str


async def limited(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    """Pass the chunks on; 413 as soon as they are more than `limit` bytes together."""
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise Problem(413, "body_too_large", f"at most {limit} bytes are taken here")
        yield chunk


async def lines(chunks: AsyncIterator[bytes], line_max: int) -> AsyncIterator[bytes | Refused]:
    """Yield the lines of a stream."""
    splitter = Splitter(line_max)
    async for chunk in _unmarked(chunks):
        for line in splitter.feed(chunk):
            yield line
    for line in splitter.end():
        yield line


async def _unmarked(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Leave out the byte order mark that editors and Windows programs put before a text."""
    held: bytes | None = b""
    async for chunk in chunks:
        if held is None:
            yield chunk
            continue
        held += chunk
        if len(held) >= len(BOM_UTF8):
            yield held.removeprefix(BOM_UTF8)
            held = None
    if held:
        yield held.removeprefix(BOM_UTF8)


@dataclass
class Splitter:
    """Cuts chunks into lines without their ends; of one that is too long only the start is kept."""

    line_max: int
    _held: bytearray = field(default_factory=bytearray)
    _too_long: bool = False

    def feed(self, chunk: bytes) -> Iterator[bytes | Refused]:
        """Yield the lines that end in this chunk."""
        *parts, rest = chunk.split(b"\n")
        for part in parts:
            self._add(part)
            yield self._take()
        self._add(rest)

    def end(self) -> Iterator[bytes | Refused]:
        """Yield the last line, if it did not end."""
        if self._held:
            yield self._take()

    def _add(self, part: bytes) -> None:
        if self._too_long:
            return
        self._held += part
        if len(self._held) > self.line_max:
            self._too_long = True
            del self._held[SHOWN_BYTES:]

    def _take(self) -> bytes | Refused:
        found: bytes | Refused = bytes(self._held.removesuffix(b"\r"))
        if self._too_long:
            detail = f"a line may hold at most {self.line_max} bytes"
            shown = self._held.decode("utf-8", "replace")
            found = Refused(Fault("", "line_too_long", detail), shown)
        self._held, self._too_long = bytearray(), False
        return found
