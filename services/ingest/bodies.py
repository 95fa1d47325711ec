"""Bytes to lines of bounded length, and to checked revisions.

First strict JSON, then the kind's fields, then law and areas.

Strict: no duplicate keys (two readers would see two facts), no NaN, no float where an integer is
meant, no field that the kind does not know. Every fault is named, not only the first.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import jiter
from starlette.requests import ClientDisconnect, Request

from shared.http.problems import RETRY_SECONDS, Problem
from shared.kernel.errors import Fault
from shared.kernel.facts import Checks, Fact, FactKind
from shared.kernel.reading import pointed
from shared.kernel.revisions import Revision, revision_of
from shared.law.world import World

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


ITEMS_MAX = 1000
# Checking a large body takes long enough to keep every other caller waiting.
IN_THREAD_BYTES = 256 * 1024


async def read_body(request: Request, limit: int) -> bytes:
    """Return the whole body, or 413 as soon as it grows over the limit."""
    try:
        return b"".join([chunk async for chunk in limited(request.stream(), limit)])
    except ClientDisconnect:
        raise incomplete() from None


def checks_too_slow() -> Problem:
    """Return the 503 of a body that could not be checked in time; the database is well."""
    return Problem(
        503,
        "checks_too_slow",
        "checking this body takes too long; nothing was stored, send it in smaller parts or later",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


def incomplete() -> Problem:
    """Return the problem of a caller who hung up; nobody reads it, but no failure is logged."""
    return Problem(400, "body_incomplete", "the connection ended before the body did")


def parse(data: bytes, *, exact: bool = False) -> Any:
    """Return strict JSON as Python values; anything else is 400 `invalid_json`.

    `exact`: numbers with a point or an exponent become `Decimal`, as they were written.
    """
    try:
        return jiter.from_json(
            data,
            allow_inf_nan=False,
            catch_duplicate_keys=True,
            cache_mode="keys",
            float_mode="decimal" if exact else "float",
        )
    except ValueError as error:
        code, detail = _json_fault(str(error))
        raise Problem(400, code, detail, [Fault("", code, detail)]) from None


def _json_fault(message: str) -> tuple[str, str]:
    if "uplicate key" in message:
        return "duplicate_key", "an object names one key twice"
    # The parser's message may quote what was sent; its position is enough to find the fault.
    place = message[message.rindex(" at line") :] if " at line" in message else ""
    return "invalid_json", f"the body is not valid JSON{place}"


def read_request(kind: FactKind, data: bytes, world: World, ends: float) -> list[Revision]:
    """Return the revisions of `{"<plural>": […]}`, or every fault of all of them.

    Ends itself at the instant `ends` of the monotonic clock: a thread cannot be ended from outside.
    """
    bare = data.removeprefix(BOM_UTF8)  # Windows programs put it before a text
    revisions: list[Revision] = []
    faults: list[Fault] = []
    for position, posted in enumerate(_posted(kind, parse(bare, exact=kind.exact))):
        if monotonic() > ends:
            raise checks_too_slow()
        result = revision_or_faults(kind, posted, world, f"/{kind.plural}/{position}")
        if isinstance(result, Revision):
            revisions.append(result)
        else:
            faults += result
    if faults:
        raise Problem(422, faults[0].code, faults[0].detail, faults)
    return revisions


def _posted(kind: FactKind, body: Any) -> list[Any]:
    name = kind.plural
    if not isinstance(body, dict):
        raise _malformed("", "not_an_object", f'the body must be {{"{name}": […]}}')
    if unknown := sorted(field for field in body if field != name):
        detail = f"the body takes only {name}"
        faults = [Fault(pointed(field), "unknown_field", detail) for field in unknown]
        raise Problem(422, "unknown_field", detail, faults)
    facts = body.get(name)
    if facts is None:
        raise _malformed(f"/{name}", "missing_field", f"{name} is missing")
    if not isinstance(facts, list):
        raise _malformed(f"/{name}", "not_a_list", f"{name} must be a list")
    if not facts:
        raise _malformed(f"/{name}", "no_items", "send at least one item")
    if len(facts) > ITEMS_MAX:
        raise _malformed(f"/{name}", "too_many_items", f"send at most {ITEMS_MAX} items")
    return facts


def _malformed(pointer: str, code: str, detail: str) -> Problem:
    return Problem(422, code, detail, [Fault(pointer, code, detail)])


def read_line(kind: FactKind, line: bytes, world: World) -> Revision | list[Fault]:
    """Return the revision of one line of a stream, or all of its faults."""
    try:
        posted = parse(line, exact=kind.exact)
    except Problem as problem:
        return list(problem.faults)
    return revision_or_faults(kind, posted, world)


def revision_or_faults(
    kind: FactKind, posted: Any, world: World, pointer: str = ""
) -> Revision | list[Fault]:
    """Return the revision that was posted, or all of its faults, their pointers below one."""
    fact = kind.read(posted, pointer)
    if isinstance(fact, list):
        return fact
    if isinstance(fact, Fact):
        checks = Checks(pointer)
        fact.check(world, checks)
        if checks.faults:
            return checks.faults
    return revision_of(kind, fact, posted, world, pointer)
