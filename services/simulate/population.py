"""The households of one district through the years: who is on which list, and how that changes.

Every year runs in one order: households end, some move, then each commune's review fills its
quota exactly: who worsens, relapses or arises enters first, and as many leave as are then too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal, NamedTuple

from services.simulate.communes import Commune
from services.simulate.figures import Churn, Target
from shared.law.standards import LISTS

Kind = Literal["annual", "regular", "moved", "closed"]

_KNOWN_BEFORE = 0.25  # of the newly arisen: once looked at and found non-poor (assumed)
_SPLIT_OFF = 0.03  # of later households: they continue one that ended (assumed)
_SPRING = 0.002  # of the listed: reviewed again in the spring after the last year (assumed)


class Step(NamedTuple):
    """Something that happens to a household: a review's class, a move, or its end."""

    kind: Kind
    year: int
    commune: Commune
    status: str
    into: str | None = None


@dataclass(slots=True, eq=False)
class Household:
    """One household: where it is now, its class, the lists it was ever on, and its steps."""

    number: str
    household_id: str
    commune: Commune
    status: str = "new"
    continues: str | None = None
    been: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)


class Population:
    """The registered households of communes that households may move between."""

    def __init__(
        self,
        communes: Sequence[Commune],
        quotas: Mapping[int, Mapping[str, Target]],
        churn: Churn,
        rng: Random,
        prefix: str,
    ) -> None:
        """Begin with nobody; `quotas` are the year ends by commune, the first is the baseline."""
        self.households: list[Household] = []
        self._communes = communes
        self._quotas = quotas
        self._churn = churn
        self._rng = rng
        self._prefix = prefix
        self._numbers = dict.fromkeys((c.code for c in communes), 0)
        self._alive = dict(self._numbers)
        self._ended: dict[str, list[str]] = {c.code: [] for c in communes}

    def live(self, spring: bool) -> list[Household]:
        """Live through all the years (`spring`: and some months more); return all households."""
        for position, year in enumerate(sorted(self._quotas)):
            ended = self._end_some(year) if position else []
            if position:
                self._move_some(year)
            for commune, present in zip(self._communes, self._by_commune(), strict=True):
                self._review(commune, present, year)
            for household in ended:
                self._ended[household.commune.code].append(household.household_id)
        if spring:
            self._review_in_spring(max(self._quotas) + 1)
        return self.households

    def _by_commune(self) -> list[list[Household]]:
        present: dict[str, list[Household]] = {c.code: [] for c in self._communes}
        for household in self.households:
            if household.status != "closed":
                present[household.commune.code].append(household)
        return list(present.values())

    def _end_some(self, year: int) -> list[Household]:
        ended = []
        for present in self._by_commune():
            for status in (*LISTS, "non_poor"):
                candidates = [h for h in present if h.status == status]
                for household in self._some(self._churn.closed[status], candidates):
                    self._end(household, year, present)
                    ended.append(household)
        return ended

    def _end(self, household: Household, year: int, present: Sequence[Household]) -> None:
        other = self._rng.choice(present)
        merges = other.status != "closed" and other is not household and self._rng.random() < 0.5
        into = other.household_id if merges else None
        household.steps.append(Step("closed", year, household.commune, household.status, into))
        household.status = "closed"
        self._alive[household.commune.code] -= 1

    def _move_some(self, year: int) -> None:
        present = [h for h in self.households if h.status != "closed"]
        for household in self._some(self._churn.moved, present):
            goal = self._rng.choice(self._communes)
            if goal is not household.commune and self._room(goal, year) > 0:
                self._alive[household.commune.code] -= 1
                self._alive[goal.code] += 1
                household.commune = goal
                household.steps.append(Step("moved", year, goal, household.status))

    def _room(self, commune: Commune, year: int) -> int:
        return self._quotas[year][commune.code].households - self._alive[commune.code]

    def _review(self, commune: Commune, present: Sequence[Household], year: int) -> None:
        """Give every household of a commune its class at the year's end."""
        quota = self._quotas[year][commune.code]
        poor, near, others = (
            self._some(1, [h for h in present if h.status == status])
            for status in (*LISTS, "non_poor")
        )
        worsened = _take(near, min(self._part(self._churn.worsened, len(near)), quota.poor))
        limit = quota.poor - len(worsened)
        entered = self._entries(commune, "poor", limit, len(poor), others, year) + worsened
        poor_now, left = self._filled(commune, "poor", quota.poor, entered, poor, others, year)
        improved = left[: min(self._part(self._churn.improved, len(left)), quota.near_poor)]
        limit = quota.near_poor - len(improved)
        entered = self._entries(commune, "near_poor", limit, len(near), others, year) + improved
        near_now, risen = self._filled(
            commune, "near_poor", quota.near_poor, entered, near, others, year
        )
        again = self._some(self._churn.non_poor_reviewed, others)
        screened = self._screened(commune, len(near_now), year)
        self._record(poor_now, "poor", year)
        self._record(near_now, "near_poor", year)
        self._record([*left[len(improved) :], *risen, *again, *screened], "non_poor", year)

    def _entries(
        self,
        commune: Commune,
        status: str,
        limit: int,
        size: int,
        others: list[Household],
        year: int,
    ) -> list[Household]:
        """Return who comes (back) onto a list from outside both lists, at most `limit`."""
        once = [h for h in others if status in h.been]
        back = once[: min(self._part(self._churn.relapsed[status], size), limit)]
        for household in back:
            others.remove(household)
        arisen = min(self._part(self._churn.newly_arisen[status], size), limit - len(back))
        return back + [self._newly_arisen(commune, status, others, year) for _ in range(arisen)]

    def _filled(
        self,
        commune: Commune,
        status: str,
        quota: int,
        entered: list[Household],
        before: list[Household],
        others: list[Household],
        year: int,
    ) -> tuple[list[Household], list[Household]]:
        """Fill a list up to its quota; return who is on it now, and who left it."""
        staying = before[: quota - len(entered)]
        missing = quota - len(entered) - len(staying)
        more = [self._newly_arisen(commune, status, others, year) for _ in range(missing)]
        return [*staying, *entered, *more], before[len(staying) :]

    def _newly_arisen(
        self, commune: Commune, status: str, others: list[Household], year: int
    ) -> Household:
        never = [h for h in others if status not in h.been]
        pool = never if self._room(commune, year) > 0 else never or others
        if pool and (self._room(commune, year) <= 0 or self._rng.random() < _KNOWN_BEFORE):
            household = self._rng.choice(pool)
            others.remove(household)
            return household
        return self._found(commune)

    def _screened(self, commune: Commune, listed: int, year: int) -> list[Household]:
        wanted = self._part(self._churn.screened, listed)
        return [self._found(commune) for _ in range(min(wanted, max(0, self._room(commune, year))))]

    def _found(self, commune: Commune) -> Household:
        """Register a household that nobody asked about before."""
        self._numbers[commune.code] += 1
        self._alive[commune.code] += 1
        number = f"{self._numbers[commune.code]:06}"
        household = Household(
            f"{commune.code}/{number}", f"{self._prefix}-{commune.code}-{number}", commune
        )
        ended = self._ended[commune.code]
        if ended and self._rng.random() < _SPLIT_OFF:
            household.continues = ended.pop()
        self.households.append(household)
        return household

    def _record(self, households: Iterable[Household], status: str, year: int) -> None:
        first = year == min(self._quotas)
        for household in households:
            changed = household.status != status
            if not changed and status in LISTS and self._rng.random() < self._churn.not_reviewed:
                continue
            steps = household.steps
            early = changed and not first and self._rng.random() < self._churn.regular_review
            if early and not (steps and steps[-1][:2] == ("moved", year)):
                steps.append(Step("regular", year, household.commune, status))
            steps.append(Step("annual", year, household.commune, status))
            household.status = status
            household.been.add(status)

    def _review_in_spring(self, year: int) -> None:
        """Let a handful of the listed rise within the year after the last."""
        listed = [h for h in self.households if h.status in LISTS]
        for household in self._some(_SPRING, listed):
            status = "near_poor" if household.status == "poor" else "non_poor"
            household.steps.append(Step("regular", year, household.commune, status))

    def _part(self, share: float, of: int) -> int:
        """Return about `share` of a number, rounded up or down by lot."""
        return int(share * of + self._rng.random())

    def _some(self, share: float, of: Sequence[Household]) -> list[Household]:
        """Return about `share` of the households, in an order drawn by lot."""
        return self._rng.sample(of, min(len(of), self._part(share, len(of))))


def _take(households: list[Household], count: int) -> list[Household]:
    taken, households[:] = households[:count], households[count:]
    return taken
