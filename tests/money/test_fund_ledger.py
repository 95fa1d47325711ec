"""Whatever revisions are sent, no fund falls below what is allocated, no line is drawn over."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared.money.fund_ledger import FundLedger, FundRevision
from shared.money.line_ledger import LineKey, LineState, RunState

LINES: dict[LineKey, LineState] = {
    ("R", "a"): LineState(10, household=False),
    ("R", "b"): LineState(5, household=False),
}
RUNS = {
    "R": RunState("F", committed=True, superseded=False),
    "S": RunState("F", committed=True, superseded=True),
    "P": RunState("F", committed=False, superseded=False),
}
KEPT = FundRevision(("s", "kept"), 1, "KEPT", "p", "c", 2026, "20", 8)
PARENTS: list[LineKey | None] = [None, *LINES, ("R", "z"), ("S", "a"), ("P", "a"), ("X", "a")]


@st.composite
def revisions(draw: st.DrawFn) -> FundRevision:
    key = ("s", draw(st.sampled_from(("kept", "x", "y"))))
    number = draw(st.integers(1, 4))
    if draw(st.booleans()) and draw(st.booleans()):
        return FundRevision(key, number, withdrawn=True)
    return FundRevision(
        key=key,
        revision=number,
        fund_id=draw(st.sampled_from((key[1].upper(), key[1].upper(), "X"))),
        program="p",
        component="c",
        year=draw(st.sampled_from((2026, 2026, 2027))),
        area_code="20",
        amount_vnd=draw(st.integers(0, 12)),
        parent=draw(st.sampled_from(PARENTS)),
    )


def ledger() -> FundLedger:
    """A fund of which 6 are allocated, and 3 that somebody else draws on one line."""
    return FundLedger(
        RUNS,
        LINES,
        {"KEPT": 6},
        drawn={("R", "a"): 3},
        latest={KEPT.key: KEPT},
        ids={KEPT.key: "KEPT"},
        owners={"KEPT": KEPT.key},
    )


@given(st.lists(revisions(), max_size=30))
def test_nothing_is_overdrawn_and_ids_have_one_owner(sent: list[FundRevision]) -> None:
    book = ledger()
    admitted: list[FundRevision] = [KEPT]
    for revision in sent:
        if book.admit(revision) is None:
            admitted.append(revision)
        assert book.amounts()["KEPT"] >= 6
        for line, state in LINES.items():
            others = 3 if line == ("R", "a") else 0
            drawn = sum(f.amount_vnd for f in book.latest.values() if f.parent == line)
            assert book.drawn.get(line, 0) == others + drawn <= state.amount_vnd
    owners: dict[str, set[tuple[str, str]]] = {}
    for revision in admitted:
        assert revision.revision <= book.latest[revision.key].revision
        if revision.fund_id is not None:
            owners.setdefault(revision.fund_id, set()).add(revision.key)
    assert all(len(keys) == 1 for keys in owners.values())
    kept = book.latest[KEPT.key]
    assert (kept.program, kept.year, kept.area_code, kept.parent) == ("p", 2026, "20", None)


@given(st.lists(revisions(), max_size=20), st.lists(revisions(), max_size=20))
def test_what_is_undone_was_never_there(
    before: list[FundRevision], sent: list[FundRevision]
) -> None:
    book = ledger()
    for revision in before:
        book.admit(revision)
    tables = (book.drawn, book.latest, book.ids, book.owners)
    copies, mark = [dict(table) for table in tables], book.journal.mark()
    for revision in sent:
        book.admit(revision)
    book.journal.undo(mark)
    assert [dict(table) for table in tables] == copies


def test_the_codes_name_the_field() -> None:
    new = FundRevision(("s", "x"), 1, "X", "p", "c", 2026, "20", 1)
    later = replace(KEPT, revision=2)
    for revision, expected in (
        (replace(new, fund_id="KEPT"), ("fund_id", "fund_id_taken", True)),
        (replace(later, fund_id="X"), ("fund_id", "fund_id_changed", True)),
        (replace(later, amount_vnd=5), ("amount_vnd", "below_allocated", True)),
        (FundRevision(KEPT.key, 2, withdrawn=True), ("", "below_allocated", True)),
        (replace(later, program="q"), ("program", "fund_in_use", True)),
        (replace(later, component=None), ("component", "fund_in_use", True)),
        (replace(later, year=2027), ("year", "fund_in_use", True)),
        (replace(later, area_code="24"), ("area_code", "fund_in_use", True)),
        (replace(later, funding_source="local"), ("funding_source", "fund_in_use", True)),
        (replace(later, parent=("R", "b")), ("parent", "fund_in_use", True)),
        (replace(new, parent=("X", "a")), ("parent/run_id", "unknown_run", False)),
        (replace(new, parent=("P", "a")), ("parent/run_id", "run_not_committed", False)),
        (replace(new, parent=("S", "a")), ("parent/run_id", "run_superseded", True)),
        (replace(new, parent=("R", "z")), ("parent/area_code", "unknown_line", False)),
        (replace(new, parent=("R", "a"), amount_vnd=8), ("amount_vnd", "exceeds_parent", True)),
    ):
        refusal = ledger().admit(revision)
        assert refusal is not None, expected
        assert (refusal.field, refusal.code, refusal.conflict) == expected


def test_money_that_was_paid_is_not_passed_on() -> None:
    book = ledger()
    book.paid = {("R", "a"): 4}
    new = FundRevision(("s", "x"), 1, "X", parent=("R", "a"), amount_vnd=4)
    refusal = book.admit(new)
    assert refusal is not None
    assert (refusal.field, refusal.code) == ("amount_vnd", "exceeds_parent")
    assert "4 were paid" in refusal.detail
    assert book.admit(replace(new, amount_vnd=3)) is None


def test_money_of_a_parent_stays_what_it_is() -> None:
    book = ledger()
    book.money = {"R": {"program": "p", "funding_source": "central"}}
    new = FundRevision(("s", "x"), 1, "X", "p", parent=("R", "a"), funding_source="central")
    for field, other in (("program", "q"), ("funding_source", "local")):
        refusal = book.admit(replace(new, **{field: other}))
        assert refusal is not None
        assert (refusal.field, refusal.code) == (field, "differs_from_parent")
    assert book.admit(new) is None


def test_a_households_line_is_no_fund() -> None:
    book = ledger()
    book.lines = {("R", "a"): LineState(10, household=True)}
    refusal = book.admit(FundRevision(("s", "x"), 1, "X", parent=("R", "a")))
    assert refusal is not None
    assert (refusal.field, refusal.code) == ("parent/area_code", "unknown_line")


def test_a_late_revision_is_bound_by_its_id_alone() -> None:
    book = ledger()
    assert book.admit(replace(KEPT, revision=5, amount_vnd=9)) is None
    assert book.admit(replace(KEPT, revision=3, amount_vnd=1, parent=("X", "a"))) is None
    assert book.amounts() == {"KEPT": 9}
    refusal = book.admit(replace(KEPT, revision=4, fund_id="X"))
    assert refusal is not None
    assert refusal.code == "fund_id_changed"
