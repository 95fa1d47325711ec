"""The best allocation: cases that an official can read, and every other one tried one by one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from services.api.money.highs import Highs
from shared.money.best_allocation import (
    Alike,
    Best,
    Choice,
    IntegerProgram,
    Proposal,
    Reached,
    best,
)

CASES = yaml.safe_load((Path(__file__).parent / "cases/best_allocation.yaml").read_text("utf-8"))
SECONDS = 20.0


def by_rank(alike: Sequence[Alike], numbers: Sequence[Sequence[int]]) -> Mapping[int, Reached]:
    """Sum up an allocation by rank."""
    sums: dict[int, Reached] = {}
    for each, own in zip(alike, numbers, strict=True):
        for choice, households in zip(each.choices, own, strict=True):
            sums[choice.rank] = sums.get(choice.rank, Reached()).plus(choice, households)
    return sums


def alike_of(waiting: Sequence[Mapping[str, Any]]) -> list[Alike]:
    found = []
    for each in waiting:
        offered = [said for name, said in each.items() if name != "households"]
        choices = tuple(Choice(norm, *said) for norm, said in enumerate(offered))
        found.append(Alike(choices, each["households"]))
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_a_case(case: Mapping[str, Any]) -> None:
    alike = alike_of(case["waiting"])
    found = best(alike, case["money"], Highs(SECONDS))
    assert [list(numbers) for numbers in found.numbers] == case["get"]
    assert {rank.rank: rank.reached for rank in found.ranks} == case["reached"]
    assert found.spent == found.spent_at_least == case["spent"]
    assert found.proven
    sums = by_rank(alike, found.numbers)
    assert sum(each.spent for each in sums.values()) == case["spent"]


def allocations(alike: Sequence[Alike]) -> Iterator[list[tuple[int, ...]]]:
    """Give every way in which each household gets one of its norms or nothing."""
    ways = [
        [
            numbers
            for numbers in product(range(each.households + 1), repeat=len(each.choices))
            if sum(numbers) <= each.households
        ]
        for each in alike
    ]
    for way in product(*ways):
        yield list(way)


def naive(alike: Sequence[Alike], money: int) -> tuple[list[int], int]:
    """Return what each rank reaches, and the least đồng for it, by trying everything."""
    ranks = sorted({choice.rank for each in alike for choice in each.choices})
    best_key: tuple[list[int], int] | None = None
    for way in allocations(alike):
        given = [
            (choice, number)
            for each, numbers in zip(alike, way, strict=True)
            for choice, number in zip(each.choices, numbers, strict=True)
        ]
        spent = sum(choice.price * number for choice, number in given)
        if spent <= money:
            reached = [sum(c.reached * n for c, n in given if c.rank == rank) for rank in ranks]
            if best_key is None or (reached, -spent) > best_key:
                best_key = (reached, -spent)
    assert best_key is not None
    return best_key[0], -best_key[1]


def drawn(rng: Random) -> tuple[list[Alike], int]:
    alike = []
    for _ in range(rng.randint(1, 3)):
        prices = 0, 20_000_000, 40_000_000, 12_000_000, rng.randint(1, 50_000_000)
        choices = tuple(
            Choice(norm, rng.randint(0, 3), rng.choice(prices), rng.randint(0, 6))
            for norm in range(rng.randint(1, 2))
        )
        alike.append(Alike(choices, rng.randint(1, 3)))
    return alike, rng.choice([0, 80_000_000, rng.randint(0, 300_000_000)])


def keeps(alike: Sequence[Alike], money: int, found: Best) -> bool:
    spent = sum(each.spent for each in by_rank(alike, found.numbers).values())
    whole = all(
        sum(numbers) <= each.households and min(numbers, default=0) >= 0
        for each, numbers in zip(alike, found.numbers, strict=True)
    )
    return whole and spent == found.spent <= money


def test_no_other_allocation_reaches_more_or_costs_less() -> None:
    rng = Random(29)
    for _ in range(300):
        alike, money = drawn(rng)
        found = best(alike, money, Highs(SECONDS))
        reached, spent = naive(alike, money)
        assert keeps(alike, money, found)
        assert [rank.reached for rank in found.ranks] == reached, (alike, money)
        assert (found.spent, found.spent_at_least, found.proven) == (spent, spent, True)


def nothing(_: IntegerProgram) -> Proposal:
    """Propose as a solver does whose time is over."""
    return Proposal(None, None)


def test_a_solver_without_time_leaves_an_allocation_and_an_honest_gap() -> None:
    rng = Random(31)
    for _ in range(300):
        alike, money = drawn(rng)
        found = best(alike, money, nothing)
        assert keeps(alike, money, found)
        first, most = found.ranks[0], naive(alike, money)[0][0]
        assert first.reached <= most <= first.at_most
        assert found.spent_at_least <= found.spent


def test_what_rounding_makes_too_dear_is_put_again_with_less_money() -> None:
    prices = (20_000_001, 5), (40_000_000, 8), (20_000_000, 4)
    alike = [Alike((Choice(0, 1, *each),), 1) for each in prices]
    asked: list[int] = []

    def rounds_up(program: IntegerProgram) -> Proposal:
        asked.append(program.money)
        return Proposal((1, 1, 1) if len(asked) == 1 else (0, 1, 1), 17)

    found = best(alike, 60_000_000, rounds_up)
    assert asked[:2] == [60_000_000, 60_000_000 - 20_000_001]
    assert (found.numbers, found.ranks[0].reached) == (((0,), (1,), (1,)), 12)
    # What the solver proved of less money says nothing of all of it; what is proven here does.
    assert found.ranks[0].at_most == 12 and found.proven


def test_a_queue_of_a_country_is_a_small_program() -> None:
    rng = Random(37)
    alike = [
        Alike(
            (Choice(0, rank, 40_000_000 - begun, lacking), Choice(1, rank, 20_000_000, lacking)),
            rng.randint(1, 20_000),
        )
        for rank in (1, 2, 6)
        for lacking in range(1, 13)
        for begun in (0, 28_000_000)
    ]
    found = best(alike, 3_999_999_999_999, Highs(SECONDS))
    assert found.proven and keeps(alike, 3_999_999_999_999, found)


def test_the_solver_needs_no_numpy() -> None:
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "from services.api.money.highs import Highs\n"
        "from shared.money.best_allocation import IntegerProgram\n"
        "found = Highs(5)(IntegerProgram((3, 2), (2, 2), (((0, 1), 3),), (5, 3), 11))\n"
        "assert (found.numbers, found.at_most) == ((1, 2), 7), found\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
