"""Communes put together for a count: every number is the one that each by itself would give."""

from __future__ import annotations

from collections import Counter
from functools import partial
from random import Random

from shared.areas.stand_ins import stand_ins
from shared.households.year_end import ByCommune, Dwelling, Passage, row_of

KINDS = ("start", "left", "relapsed", "newly_arisen", "moved", "closed", "end")


def test_one_of_each_kind_stands_in_for_all_of_it() -> None:
    found = stand_ins([9, 4, 7, 2], lambda area_id: area_id % 2)
    assert found == {2: 2, 4: 2, 7: 7, 9: 7}


def passages(rng: Random, number: int) -> list[Passage]:
    made = []
    for _ in range(number):
        kind = rng.choice(KINDS)
        places = [Dwelling(rng.choice([None, *range(1, 9)]), rng.choice(["urban", "rural"]))]
        places.append(Dwelling(rng.randint(1, 8), rng.choice(["urban", "rural"])))
        flags = rng.random() < 0.5, rng.random() < 0.2
        origin = places[1] if kind == "moved" else None
        made.append(Passage("poor", kind, places[0], origin, *flags, rng.randint(1, 5)))  # type: ignore[arg-type]
    return made


def within(communes: frozenset[int], area_type: str | None, place: Dwelling) -> bool:
    return place.area_id in communes and area_type in (None, place.area_type)


def test_a_row_looks_at_its_own_communes_and_misses_none() -> None:
    rng = Random(11)
    for _ in range(200):
        every = passages(rng, rng.randint(0, 30))
        indexed = ByCommune(every)
        communes = frozenset(rng.sample(range(1, 9), rng.randint(1, 8)))
        for area_type in (None, "urban", "rural"):
            own = partial(within, communes, area_type)
            assert row_of(indexed.touching(communes), "poor", own) == row_of(every, "poor", own)
        touched = Counter(map(id, indexed.touching(communes)))
        assert set(touched.values()) <= {1}
