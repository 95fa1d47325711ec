"""What was promised to callers is kept: the documents of today against `docs/contracts/v1.txt`."""

from __future__ import annotations

import pytest

from tests.contract import breaks, kept, promises

OLD = [
    "GET /a",
    "GET /a asks day = string(date)",
    'GET /a asks kind = "x" | "y"',
    "GET /a gives 200 application/json",
    'GET /a gives 200 status! = "poor" | null',
    "GET /a gives 200 note = string",
    'GET /a gives 200 words = ["x"]',
    "POST /b",
    'POST /b takes types! = ["x"]',
    "POST /b takes events[](moved).area! = string",
    "POST /b takes events[](moved).note = string",
]


def changed(old: str, new: str | None) -> list[str]:
    assert old in OLD
    return [line for line in OLD if line != old] + ([new] if new else [])


def test_no_promise_is_taken_back() -> None:
    broken = breaks(kept(), promises())
    assert not broken, "\n".join(broken)


def test_what_is_promised_today_is_written_down() -> None:
    assert promises() == kept(), "`make contract` writes it"


@pytest.mark.parametrize(
    "now",
    [
        [*OLD, "GET /c", "GET /c asks area! = string"],
        [*OLD, "GET /a asks area = string"],
        [*OLD, "GET /a gives 200 more! = integer"],
        [*OLD, "POST /b takes events[](moved).why = string"],
        [*OLD, "POST /b takes events[](split).why! = string"],
        changed('GET /a asks kind = "x" | "y"', 'GET /a asks kind = "x" | "y" | "z"'),
        changed(
            'GET /a gives 200 status! = "poor" | null', 'GET /a gives 200 status! = "new" | "poor"'
        ),
        changed("GET /a gives 200 note = string", "GET /a gives 200 note! = string"),
        changed('GET /a gives 200 words = ["x"]', 'GET /a gives 200 words = ["x" | "y"]'),
        changed('POST /b takes types! = ["x"]', 'POST /b takes types! = ["x" | "y"]'),
        changed(
            "POST /b takes events[](moved).area! = string",
            "POST /b takes events[](moved).area = null | string",
        ),
    ],
)
def test_what_may_be_added(now: list[str]) -> None:
    assert breaks(OLD, now) == []


@pytest.mark.parametrize(
    "now",
    [
        changed("GET /a", None),
        changed("GET /a asks day = string(date)", None),
        changed("GET /a asks day = string(date)", "GET /a asks day! = string(date)"),
        changed('GET /a asks kind = "x" | "y"', 'GET /a asks kind = "x"'),
        changed("GET /a gives 200 note = string", None),
        changed("GET /a gives 200 note = string", "GET /a gives 200 note = integer"),
        changed(
            'GET /a gives 200 status! = "poor" | null', 'GET /a gives 200 status = "poor" | null'
        ),
        changed(
            'GET /a gives 200 status! = "poor" | null',
            'GET /a gives 200 status! = "poor" | integer | null',
        ),
        changed("POST /b takes events[](moved).note = string", None),
        changed('GET /a gives 200 words = ["x"]', "GET /a gives 200 words = [string]"),
        changed('POST /b takes types! = ["x"]', 'POST /b takes types! = ["y"]'),
        [*OLD, "POST /b takes events[](moved).why! = string"],
        [*OLD, "GET /a asks area! = string"],
    ],
)
def test_what_breaks_programs_that_work_today(now: list[str]) -> None:
    assert breaks(OLD, now) != []
