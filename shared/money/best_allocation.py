"""The allocation that reaches the most deprivation for the money, rank before rank of the law.

A household that waits in a queue lacks so many basic services, and a norm would cost so much. The
law orders households by rank and no further; within a rank whoever is chosen, some money reaches
more than other. Of all choices that the money allows this is one that reaches the most in the first
rank; among those, the most in the second; and so on; and of the best ones, one that costs least.

Households that are alike (same ranks, same prices, same lacks) are one number, so a country's queue
is a small program of whole numbers. A solver proposes; what it proposes is checked here to the
đồng, and what it leaves open is the gap: whole deprivations that may be missing from the best.

Law: none asks for it; the ranks are the rule's own (01/2022/TT-BXD for houses).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd


@dataclass(frozen=True, slots=True)
class Choice:
    """What one norm would do for a household: `price` is what is left of it to pay, in đồng."""

    norm: int
    rank: int
    price: int
    reached: int


@dataclass(frozen=True, slots=True)
class Alike:
    """Households of one kind, each of which gets one of the choices, or nothing."""

    choices: tuple[Choice, ...]
    households: int


@dataclass(frozen=True, slots=True)
class IntegerProgram:
    """A program of whole numbers: how many of each variable, so that `aim` is the most.

    `most` bounds each variable, `together` sums of some (places, bound); `prices` with `money` and
    each of `floors` (weights, at least) bound all of them.
    """

    aim: tuple[int, ...]
    most: tuple[int, ...]
    together: tuple[tuple[tuple[int, ...], int], ...]
    prices: tuple[int, ...]
    money: int
    floors: tuple[tuple[tuple[int, ...], int], ...] = ()

    def value(self, numbers: Sequence[int]) -> int:
        """Return what an answer reaches."""
        return _weighed(self.aim, numbers)

    def overspent(self, numbers: Sequence[int]) -> int:
        """Return by how much an answer exceeds the money; 0 where it does not."""
        return max(0, _weighed(self.prices, numbers) - self.money)

    def keeps(self, numbers: Sequence[int]) -> bool:
        """Say, in whole numbers, whether an answer keeps every bound."""
        return (
            all(0 <= n <= most for n, most in zip(numbers, self.most, strict=True))
            and all(sum(numbers[i] for i in places) <= most for places, most in self.together)
            and not self.overspent(numbers)
            and all(_weighed(weights, numbers) >= least for weights, least in self.floors)
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a solver found: numbers (None: none in its time), and what no answer exceeds."""

    numbers: tuple[int, ...] | None
    at_most: int | None


# A solver keeps its own time; it may propose what exceeds the money by a rounding.
Solve = Callable[[IntegerProgram], Proposal]
# So often a program is put again with less money, where rounding exceeded it.
TRIES = 3


@dataclass(frozen=True, slots=True)
class RankResult:
    """One rank: deprivations reached, and what no choice reaches, given the ranks before it."""

    rank: int
    reached: int
    at_most: int

    @property
    def gap(self) -> int:
        """Return how many more may be possible; 0: proven the most."""
        return self.at_most - self.reached


@dataclass(frozen=True, slots=True)
class Best:
    """The allocation: for each kind of households how many get each choice, in their order.

    `spent_at_least`: what no allocation that reaches as much costs less than.
    """

    numbers: tuple[tuple[int, ...], ...]
    ranks: tuple[RankResult, ...]
    spent: int
    spent_at_least: int

    @property
    def proven(self) -> bool:
        """Say whether nothing reaches more; costing less may still be possible."""
        return all(not rank.gap for rank in self.ranks)


def best(alike: Sequence[Alike], money: int, solve: Solve) -> Best:
    """Return the allocation; a solver that finds nothing leaves what was found before it."""
    numbers = _greedy(alike, money)
    program, done = _program(alike, money), []
    for rank in sorted({choice.rank for each in alike for choice in each.choices}):
        aim = _of(alike, lambda c, rank=rank: c.reached if c.rank == rank else 0)  # type: ignore[misc]
        ranked = replace(program, aim=aim)
        numbers, at_most = _put(ranked, numbers, solve)
        reached = ranked.value(numbers)
        done.append(RankResult(rank, reached, at_most))
        program = replace(program, floors=(*program.floors, (aim, reached)))
    cheapest = replace(program, aim=tuple(-price for price in program.prices))
    numbers, at_most = _put(cheapest, numbers, solve)
    return Best(_apart(alike, numbers), tuple(done), -cheapest.value(numbers), max(0, -at_most))


def _put(
    program: IntegerProgram, known: tuple[int, ...], solve: Solve
) -> tuple[tuple[int, ...], int]:
    """Return the better of what is known and what the solver finds, and what no answer exceeds."""
    reaching, at_most = known, _bound(program)
    put = whole = _in_units(program)
    for _ in range(TRIES):
        proposal = solve(put)
        if proposal.at_most is not None and put is whole:
            at_most = min(at_most, proposal.at_most * _unit_of_aim(program))
        if proposal.numbers is None:
            break
        if program.keeps(proposal.numbers):
            if program.value(proposal.numbers) > program.value(reaching):
                reaching = proposal.numbers
            break
        # Rounded up to whole households it costs too much: the same with so much less.
        put = replace(put, money=put.money - max(1, put.overspent(proposal.numbers)))
    return reaching, max(at_most, program.value(reaching))


def _program(alike: Sequence[Alike], money: int) -> IntegerProgram:
    most, together, place = [], [], 0
    for each in alike:
        places = tuple(range(place, place + len(each.choices)))
        place += len(places)
        most += [each.households] * len(places)
        if len(places) > 1:
            together.append((places, each.households))
    prices = _of(alike, lambda choice: choice.price)
    return IntegerProgram(tuple(0 for _ in prices), tuple(most), tuple(together), prices, money)


def _of(alike: Sequence[Alike], weight: Callable[[Choice], int]) -> tuple[int, ...]:
    return tuple(weight(choice) for each in alike for choice in each.choices)


def _apart(alike: Sequence[Alike], numbers: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    left = iter(numbers)
    return tuple(tuple(next(left) for _ in each.choices) for each in alike)


def _in_units(program: IntegerProgram) -> IntegerProgram:
    """Return the same in the largest unit that all prices are whole numbers of."""
    unit = gcd(*program.prices) or 1
    prices = tuple(price // unit for price in program.prices)
    aim = tuple(value // _unit_of_aim(program) for value in program.aim)
    return replace(program, prices=prices, money=program.money // unit, aim=aim)


def _unit_of_aim(program: IntegerProgram) -> int:
    return gcd(*program.aim) or 1


def _bound(program: IntegerProgram) -> int:
    """Return what no answer exceeds, by whole numbers alone: as if households could be parted.

    What the floors cost at the least is set aside; the rest goes where it reaches most for its
    price. Of the other bounds none can make it more.
    """
    useful = [each for each in _variables(program) if each[0] > 0]
    reached = Fraction(sum(aim * most for aim, price, most in useful if not price))
    kept = sum(_least_cost(program, weights, least) for weights, least in program.floors)
    left = max(Fraction(0), program.money - kept)
    priced = [(Fraction(aim, price), price, most) for aim, price, most in useful if price]
    for share, price, most in sorted(priced, reverse=True):
        spent = min(left, most * price)
        reached += share * spent
        left -= spent
    return reached.numerator // reached.denominator


def _least_cost(program: IntegerProgram, weights: Sequence[int], least: int) -> Fraction:
    """Return what reaching so much costs at the least, if households could be parted."""
    cost, missing = Fraction(0), Fraction(least)
    useful = [
        (Fraction(price, weight), weight, most)
        for weight, price, most in zip(weights, program.prices, program.most, strict=True)
        if weight > 0
    ]
    for share, weight, most in sorted(useful):
        reached = min(missing, Fraction(most * weight))
        cost += share * reached
        missing -= reached
    return cost


def _variables(program: IntegerProgram) -> Iterator[tuple[int, int, int]]:
    return zip(program.aim, program.prices, program.most, strict=True)


def _greedy(alike: Sequence[Alike], money: int) -> tuple[int, ...]:
    """Return an allocation that keeps the bounds: rank by rank, what reaches most for its price."""
    numbers = [[0] * len(each.choices) for each in alike]
    left = [each.households for each in alike]
    places = [(k, p) for k, each in enumerate(alike) for p, _ in enumerate(each.choices)]
    for kind, place in sorted(places, key=lambda at: _order(alike[at[0]].choices[at[1]])):
        choice = alike[kind].choices[place]
        number = min(left[kind], money // choice.price if choice.price else left[kind])
        numbers[kind][place] = number if choice.reached else 0
        left[kind] -= numbers[kind][place]
        money -= numbers[kind][place] * choice.price
    return tuple(number for each in numbers for number in each)


def _order(choice: Choice) -> tuple[int, bool, Fraction]:
    """Sort by rank, then those that cost nothing, then by what a đồng reaches."""
    share = Fraction(choice.reached, choice.price) if choice.price else Fraction(0)
    return choice.rank, choice.price > 0, -share


def _weighed(weights: Sequence[int], numbers: Sequence[int]) -> int:
    return sum(weight * number for weight, number in zip(weights, numbers, strict=True))


@dataclass(frozen=True, slots=True)
class Reached:
    """What an allocation comes to in one rank, or in all."""

    households: int = 0
    reached: int = 0
    spent: int = 0

    def plus(self, choice: Choice, households: int) -> Reached:
        """Add households that get a choice."""
        return Reached(
            self.households + households,
            self.reached + choice.reached * households,
            self.spent + choice.price * households,
        )
