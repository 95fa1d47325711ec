"""What the national programmes in force want of rates: shown beside the rates, not drawn among
them, for they are the country's and no place's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.api.law.policy import list_programs
from services.api.page.site import Page

# Targets of a rate that the page shows; others speak of roads, incomes or communes.
_OF_RATES = ("multidimensional_rate", "ethnic_minority_rate", "poor_district_rate")


@dataclass(frozen=True, slots=True)
class Target:
    """A target in words, and the act that set it."""

    said: str
    act: str


async def targets_of(page: Page) -> Sequence[Target]:
    """Return the targets of rates in force on the day, each once."""
    programs = (await page.put(list_programs, on=page.on)).items
    by_words: dict[str, Target] = {}
    for program in programs:
        act = program["legal_basis"][0].partition(" (")[0]
        for target in program.get("targets") or ():
            if target["code"] in _OF_RATES:
                said = page.t(target["vi"], target["en"])
                by_words.setdefault(said, Target(said, act))
    return list(by_words.values())
