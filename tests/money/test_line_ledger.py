"""Whatever is sent in whatever order, a line is never overpaid, and what counts is the highest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.money.line_ledger import Key, LineKey, LineLedger, LineState, Payment, RunState, Sums

LINES: dict[LineKey, LineState] = {
    ("R", "a"): LineState(10, household=False),
    ("R", "b"): LineState(5, household=True),
    ("S", "a"): LineState(10, household=False),
}
RUNS = {
    "R": RunState("F", committed=True, superseded=False),
    "S": RunState("F", committed=True, superseded=True),
    "P": RunState("F", committed=False, superseded=False),
}
LINE_KEYS: list[LineKey | None] = [None, *LINES, ("P", "a"), ("R", "c"), ("X", "a")]


@st.composite
def payments(draw: st.DrawFn) -> Payment:
    line = draw(st.sampled_from(LINE_KEYS))
    return Payment(
        key=("s", draw(st.sampled_from("xyz"))),
        revision=draw(st.integers(1, 4)),
        line=line,
        kind=draw(st.sampled_from(("paid", "returned"))),
        amount_vnd=draw(st.integers(1, 8)) if line else 0,
    )


def ledger(**changes: object) -> LineLedger:
    return LineLedger(RUNS, LINES, {("S", "a"): Sums(6, 1)}, **changes)  # type: ignore[arg-type]


def summed(latest: dict[Key, Payment]) -> dict[LineKey, Sums]:
    """The sums anew from what counts: the second, naive way."""
    sums = {line: Sums() for line in LINES} | {("S", "a"): Sums(6, 1)}
    for payment in latest.values():
        if payment.line is not None:
            before = sums[payment.line]
            paid = payment.amount_vnd if payment.kind == "paid" else 0
            sums[payment.line] = Sums(
                before.paid + paid, before.returned + payment.amount_vnd - paid
            )
    return sums


@given(st.lists(payments(), max_size=30))
def test_no_line_is_ever_overpaid(sent: list[Payment]) -> None:
    book = ledger()
    for payment in sent:
        out = book.sums.get(("S", "a"), Sums()).net
        refusal = book.admit(payment)
        for line, sums in summed(book.latest).items():
            assert book.sums.get(line, Sums()) == sums
            assert 0 <= sums.net <= LINES[line].amount_vnd
        # What is out of a superseded run only comes back.
        assert book.sums[("S", "a")].net <= out
        assert refusal is None or refusal.code in {
            "unknown_run",
            "unknown_line",
            "run_not_committed",
            "run_superseded",
            "exceeds_allocation",
            "exceeds_payment",
        }


@given(st.lists(payments(), max_size=20), st.lists(payments(), max_size=20))
def test_what_is_undone_was_never_there(before: list[Payment], sent: list[Payment]) -> None:
    book = ledger()
    for payment in before:
        book.admit(payment)
    sums, latest, mark = dict(book.sums), dict(book.latest), book.journal.mark()
    for payment in sent:
        book.admit(payment)
    book.journal.undo(mark)
    assert (book.sums, book.latest) == (sums, latest)


@given(st.lists(payments(), max_size=30))
def test_a_refusal_changes_nothing(sent: list[Payment]) -> None:
    book = ledger()
    for payment in sent:
        sums, latest = dict(book.sums), dict(book.latest)
        if book.admit(payment) is not None:
            assert (book.sums, book.latest) == (sums, latest)


@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=4),
    st.permutations(range(4)),
)
def test_revisions_that_all_fit_count_alike_in_any_order(
    amounts: list[int], order: list[int]
) -> None:
    sent = [
        Payment(("s", "x"), number + 1, ("R", "ab"[amount % 2]), "paid", amount)
        for number, amount in enumerate(amounts)
    ]
    straight, shuffled = ledger(), ledger()
    for payment in sent:
        assert straight.admit(payment) is None
    for number in order:
        if number < len(sent):
            assert shuffled.admit(sent[number]) is None
    assert {k: v for k, v in straight.sums.items() if v != Sums()} == {
        k: v for k, v in shuffled.sums.items() if v != Sums()
    }


def test_the_codes_name_the_field() -> None:
    def refused(line: LineKey, kind: str = "paid", amount: int = 1) -> tuple[str, str, bool]:
        refusal = ledger().admit(Payment(("s", "x"), 1, line, kind, amount))  # type: ignore[arg-type]
        assert refusal is not None
        return refusal.field, refusal.code, refusal.conflict

    assert refused(("X", "a")) == ("run_id", "unknown_run", False)
    assert refused(("P", "a")) == ("run_id", "run_not_committed", True)
    assert refused(("R", "c")) == ("line", "unknown_line", False)
    assert refused(("S", "a")) == ("run_id", "run_superseded", True)
    assert refused(("R", "a"), amount=11) == ("amount_vnd", "exceeds_allocation", True)
    assert refused(("R", "a"), "returned") == ("amount_vnd", "exceeds_payment", True)


def test_what_is_passed_on_is_not_paid() -> None:
    book = ledger(drawn={("R", "a"): 4})
    assert book.admit(Payment(("s", "x"), 1, ("R", "a"), "paid", 6)) is None
    refusal = book.admit(Payment(("s", "y"), 1, ("R", "a"), "paid", 1))
    assert refusal is not None
    assert (refusal.field, refusal.code) == ("amount_vnd", "exceeds_allocation")
    assert "funds below have 4" in refusal.detail
    assert book.admit(Payment(("s", "z"), 1, ("R", "a"), "returned", 6)) is None


def test_a_refusal_of_what_is_left_behind_names_no_field() -> None:
    book = ledger()
    for payment in (
        Payment(("s", "x"), 1, ("R", "a"), "paid", 5),
        Payment(("s", "y"), 1, ("R", "a"), "returned", 5),
    ):
        assert book.admit(payment) is None
    for correction in (
        Payment(("s", "x"), 2),
        Payment(("s", "x"), 2, ("R", "b"), "paid", 5),
    ):
        refusal = book.admit(correction)
        assert refusal is not None
        assert (refusal.field, refusal.code) == ("", "exceeds_payment")
