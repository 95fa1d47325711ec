"""Whatever is changed, taken out or put elsewhere in a chain no longer fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from shared.access.audit import (
    Entry,
    Examination,
    Flaw,
    Head,
    Linked,
    first_link,
    linked,
    read_anchors,
    written_anchor,
)
from shared.kernel.errors import DomainError

CHAIN = UUID("6f1c1d0a-0000-4000-8000-000000000001")
AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def entry(number: int) -> Entry:
    return Entry(
        at=AT + timedelta(seconds=number),
        client="static:langson",
        purpose="review",
        method="GET",
        route="/v1/households/{household_id}",
        status=200,
        request_id=f"r{number}",
        subjects=(f"LS-{number}",),
        digest=bytes([number]) * 32,
    )


def chain(length: int = 6) -> tuple[list[Linked], Head]:
    return linked(Head(CHAIN, 0, first_link(CHAIN)), map(entry, range(1, length + 1)))


def flaws(
    rows: Sequence[Linked], head: Head | None, anchors: dict[int, bytes] | None = None
) -> list[Flaw]:
    examination = Examination(CHAIN, anchors or {})
    found = [flaw for row in rows for flaw in examination.look(row)]
    return found + list(examination.end(head))


def test_what_was_written_has_no_flaw_in_one_batch_or_in_many() -> None:
    rows, head = chain()
    assert flaws(rows, head) == []
    parts, last = list[Linked](), Head(CHAIN, 0, first_link(CHAIN))
    for number in range(1, 7):
        more, last = linked(last, [entry(number)])
        parts += more
    assert (parts, last) == (rows, head)


CHANGES: list[Callable[[Entry], Entry]] = [
    lambda e: replace(e, at=e.at + timedelta(microseconds=1)),
    lambda e: replace(e, client="static:other"),
    lambda e: replace(e, purpose=""),
    lambda e: replace(e, method="POST"),
    lambda e: replace(e, route="/v1/households"),
    lambda e: replace(e, status=404),
    lambda e: replace(e, request_id="r"),
    lambda e: replace(e, subjects=()),
    lambda e: replace(e, digest=b""),
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("place", [0, 3, 5])
def test_a_changed_row_is_found_where_it_is(change: Callable[[Entry], Entry], place: int) -> None:
    rows, head = chain()
    rows[place] = replace(rows[place], entry=change(rows[place].entry))
    assert [(f.kind, f.seq) for f in flaws(rows, head)] == [("changed", place + 1)]


@pytest.mark.parametrize("place", [0, 2, 5])
def test_a_removed_row_is_found(place: int) -> None:
    rows, head = chain()
    del rows[place]
    assert ("removed", place + 1) in [(f.kind, f.seq) for f in flaws(rows, head)]


def test_rows_in_another_order_are_found() -> None:
    rows, head = chain()
    rows[1], rows[3] = (
        replace(rows[1], entry=rows[3].entry, link=rows[3].link),
        replace(rows[3], entry=rows[1].entry, link=rows[1].link),
    )
    assert {f.seq for f in flaws(rows, head)} >= {2, 4}


def test_rows_that_close_the_gap_after_one_was_taken_out_are_found() -> None:
    rows, head = chain()
    closed = [replace(row, seq=n) for n, row in enumerate(rows[:2] + rows[3:], start=1)]
    shorter = Head(CHAIN, 5, rows[-1].link)
    assert ("changed", 3) in [(f.kind, f.seq) for f in flaws(closed, shorter)]
    assert flaws(closed, head)


def test_a_shorter_chain_with_its_head_written_anew_is_found_by_an_anchor_alone() -> None:
    rows, _ = chain()
    shorter = Head(CHAIN, 4, rows[3].link)
    assert flaws(rows[:4], shorter) == []
    found = flaws(rows[:4], shorter, {6: rows[5].link})
    assert [(f.kind, f.seq) for f in found] == [("removed", 5)]


def test_a_chain_written_anew_as_a_whole_is_found_by_an_anchor_alone() -> None:
    rows, _ = chain()
    forged, head = linked(
        Head(CHAIN, 0, first_link(CHAIN)), [entry(1), replace(entry(2), client="x"), entry(3)]
    )
    assert flaws(forged, head) == []
    found = flaws(forged, head, {2: rows[1].link})
    assert [(f.kind, f.seq) for f in found] == [("not_anchored", 2)]


def test_a_chain_without_a_head_or_without_rows_is_found() -> None:
    rows, head = chain()
    assert [f.kind for f in flaws(rows, None)] == ["removed"]
    assert [f.kind for f in flaws([], head)] == ["removed"]
    assert [f.kind for f in flaws([], None, {2: rows[1].link})] == ["removed"]


def test_anchors_are_read_as_they_were_written() -> None:
    _, head = chain()
    other = Head(uuid4(), 9, b"\1" * 32)
    lines = [written_anchor(head, AT), b"", written_anchor(other, AT)]
    assert read_anchors(lines) == {CHAIN: {6: head.link}, other.chain: {9: other.link}}
    for line in (b"x", b"[]", b'{"chain": 1}', b'{"chain": "x", "seq": 1, "link": ""}'):
        with pytest.raises(DomainError) as refused:
            read_anchors([written_anchor(head, AT), line])
        assert refused.value.code == "anchor_unreadable"
