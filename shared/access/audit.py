"""The audit chain: one entry per request with data of households or persons, and one per write.

Each entry's link is the digest of the link before it and of the entry, so that what is changed,
taken out or put elsewhere later no longer fits. A process has a chain of its own; where it ended
stands in its row, and in anchors that are kept where the database's owner cannot write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.kernel.errors import DomainError

Flawed = Literal["changed", "removed", "not_anchored"]


class Entry(Struct, frozen=True, kw_only=True):
    """Who was answered what about whom: `digest` is that of the answer, `subjects` are sorted."""

    at: datetime
    client: str
    purpose: str
    method: str
    route: str
    status: int
    request_id: str
    subjects: tuple[str, ...]
    digest: bytes


class Linked(Struct, frozen=True):
    """An entry in its place in a chain."""

    seq: int
    link: bytes
    entry: Entry


class Head(Struct, frozen=True):
    """How far a chain goes, as somebody saw it."""

    chain: UUID
    seq: int
    link: bytes


@dataclass(frozen=True, slots=True)
class Flaw:
    """A place where a chain is not what was written."""

    chain: UUID
    seq: int
    kind: Flawed
    detail: str


_encode = msgspec.json.Encoder().encode


def first_link(chain: UUID) -> bytes:
    """Return what the first entry of a chain follows."""
    return sha256(b"poverty-registry audit chain " + chain.bytes).digest()


def link(previous: bytes, seq: int, entry: Entry) -> bytes:
    """Return the link of an entry in its place."""
    # One instant has one text, whatever zone it is given in.
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    content = _encode(
        [
            seq,
            at,
            entry.client,
            entry.purpose,
            entry.method,
            entry.route,
            entry.status,
            entry.request_id,
            entry.subjects,
            entry.digest.hex(),
        ]
    )
    return sha256(previous + content).digest()


def linked(head: Head, entries: Iterable[Entry]) -> tuple[list[Linked], Head]:
    """Return entries in their places behind a head, and the head that they make."""
    seq, previous, rows = head.seq, head.link, []
    for entry in entries:
        seq += 1
        previous = link(previous, seq, entry)
        rows.append(Linked(seq, previous, entry))
    return rows, Head(head.chain, seq, previous)


class Examination:
    """Goes through one chain in order and finds what does not fit.

    `anchors` are links by place as anchors have them; they hold against whoever writes the whole
    chain and its head anew. `cut` is the last entry that was removed from its beginning, if any.
    """

    def __init__(self, chain: UUID, anchors: Mapping[int, bytes], cut: Head | None = None) -> None:
        """Begin at the start of a chain, or of what is kept of it."""
        self._chain = chain
        self._anchors = anchors
        self._last = cut or Head(chain, 0, first_link(chain))

    def begin(self) -> Iterator[Flaw]:
        """Yield what is wrong with the place at which a chain was cut."""
        seq, link_there = self._last.seq, self._last.link
        if self._anchors.get(seq, link_there) != link_there:
            detail = "an anchor has another link for the place where the chain was cut"
            yield self._flaw(seq, "not_anchored", detail)

    def look(self, row: Linked) -> Iterator[Flaw]:
        """Yield what is wrong with the next row."""
        expected = self._last.seq + 1
        if row.seq != expected:
            places = f"{expected} to {row.seq - 1}" if row.seq - 1 > expected else f"{expected}"
            yield self._flaw(expected, "removed", f"there is no entry {places}")
        elif link(self._last.link, row.seq, row.entry) != row.link:
            detail = "the entry is not the one that was written here: changed, or moved"
            yield self._flaw(row.seq, "changed", detail)
        if self._anchors.get(row.seq, row.link) != row.link:
            detail = "an anchor has another link for this place: the chain was written anew"
            yield self._flaw(row.seq, "not_anchored", detail)
        self._last = Head(self._chain, row.seq, row.link)

    def end(self, head: Head | None) -> Iterator[Flaw]:
        """Yield what is missing at the end; `head` is what the chain's own row says."""
        last = max([*self._anchors, 0 if head is None else head.seq])
        if last > self._last.seq:
            where = "an anchor" if last in self._anchors else "its head"
            detail = f"{where} is at {last}, the entries end at {self._last.seq}"
            yield self._flaw(self._last.seq + 1, "removed", detail)
        elif head is None:
            yield self._flaw(0, "removed", "the chain has no head of its own")
        elif (head.seq, head.link) != (self._last.seq, self._last.link):
            yield self._flaw(head.seq, "changed", "its head is not the link of its last entry")

    def _flaw(self, seq: int, kind: Flawed, detail: str) -> Flaw:
        return Flaw(self._chain, seq, kind, detail)


def written_anchor(head: Head, at: datetime) -> bytes:
    """Return the line of an anchor."""
    return _encode({"at": at, "chain": str(head.chain), "seq": head.seq, "link": head.link.hex()})


def read_anchors(lines: Iterable[bytes]) -> dict[UUID, dict[int, bytes]]:
    """Return links by chain and place; a line that is none is `anchor_unreadable`."""
    anchors: dict[UUID, dict[int, bytes]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            anchor = msgspec.json.decode(line)
            place = anchors.setdefault(UUID(anchor["chain"]), {})
            place[int(anchor["seq"])] = bytes.fromhex(anchor["link"])
        except (ValueError, KeyError, TypeError, AttributeError, msgspec.MsgspecError):
            detail = f"line {number} of the anchors is no anchor"
            raise DomainError("anchor_unreadable", detail) from None
    return anchors
