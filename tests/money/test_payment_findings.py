"""What payments and support do not agree in, case by case, and never for what is in order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given as drawn
from hypothesis import strategies as st

from shared.law.support_kinds import read_support_kinds
from shared.money.payment_findings import Given, PaymentMade, SupportedLine, of_household
from tests.builders import POLICY_FILE

CASES = yaml.safe_load((Path(__file__).parent / "cases/payment_findings.yaml").read_text("utf-8"))
KINDS = read_support_kinds(
    yaml.safe_load((POLICY_FILE.parent / "support_kinds.yaml").read_text("utf-8"))
)
MILLION = 1_000_000
DAY = date(2024, 1, 1)


def payment(number: int, on: date, millions: int, source: str) -> PaymentMade:
    kind: Any = "paid" if millions > 0 else "returned"
    return PaymentMade(f"p{number:02}", source, kind, abs(millions) * MILLION, on)


def lines(case: Mapping[str, Any]) -> list[SupportedLine]:
    paid: dict[str, list[PaymentMade]] = {}
    for number, (run, on, millions, source) in enumerate(case.get("paid", ())):
        paid.setdefault(run, []).append(payment(number, on, millions, source))
    return [
        SupportedLine(
            run,
            "H",
            line.get("supersedes"),
            "housing",
            line["norm"] * MILLION,
            tuple(line["tranches"]),
            tuple(paid.get(run, ())),
        )
        for run, line in case.get("lines", {}).items()
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_a_case(case: Mapping[str, Any]) -> None:
    records = [
        Given(f"g{number}", source, kind, KINDS.named(kind).supports, "1 head", on, None)
        for number, (kind, on, source) in enumerate(case.get("given", ()))
    ]
    findings = list(of_household(lines(case), records, case.get("closed_on")))
    unit = {"supported_twice": 1}
    assert {f.kind: [f.stated, f.expected] for f in findings} == {
        kind: [value * unit.get(kind, MILLION) for value in values]
        for kind, values in case["finds"].items()
    }
    assert len(findings) == len(case["finds"])
    assert all(f.en and f.vi and "{" not in f.en + f.vi for f in findings)


@drawn(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 30)), min_size=1, max_size=5))
def test_tranches_agree_with_a_count_by_hand(payments: list[tuple[int, int]]) -> None:
    paid = [(DAY + timedelta(days=day), millions) for day, millions in payments]
    line = SupportedLine(
        "R",
        "H",
        None,
        "housing",
        sum(millions for _, millions in paid) * MILLION,
        (70, 30),
        tuple(payment(n, on, millions, "a") for n, (on, millions) in enumerate(paid)),
    )
    first = min(on for on, _ in paid)
    on_first_day = sum(millions for on, millions in paid if on == first)
    early = on_first_day * 10 > 7 * sum(millions for _, millions in paid)
    kinds = [f.kind for f in of_household([line], [], None)]
    assert kinds == (["tranche_exceeded"] if early else [])
