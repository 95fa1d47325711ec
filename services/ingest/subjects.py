"""What a fact is about, by its columns: a unit, a household, a line of a run, on the day it names.

A new kind of fact needs nothing for it but columns of these names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.households.facts import HouseholdEvent
from shared.households.places import Residence, rank_of
from shared.kernel.facts import FactKind
from shared.kernel.revisions import FactKey, Revision
from shared.money.line_ledger import LineKey

# The columns by which a fact says what it is about, where its kind has them.
PERSONS = ("person_id", "other_person_id")
PLACES = (
    *("area_id", "household_id", "run_id", "line", "parent_run", "parent_line", "request_id"),
    *PERSONS,
)
NAMES = (*PLACES, "type", "fund_id", "continues")


@dataclass(frozen=True, slots=True)
class Subject:
    """What one revision is about; what its kind does not say is None."""

    key: FactKey
    day: date
    area_id: int | None = None
    household_id: str | None = None
    run_id: str | None = None
    line: str | None = None
    parent_run: str | None = None
    parent_line: str | None = None
    type: str = ""
    fund_id: str | None = None
    continues: str | None = None
    request_id: UUID | None = None
    person_id: UUID | None = None
    other_person_id: UUID | None = None
    # Where a household event says that the household lives.
    area_code: str | None = None

    @property
    def persons(self) -> list[tuple[str, UUID]]:
        """Return the persons that it names, by the names of its fields."""
        return [(name, one) for name in PERSONS if (one := getattr(self, name)) is not None]

    @property
    def lines(self) -> set[LineKey]:
        """Return the lines of runs that it names."""
        pairs = ((self.run_id, self.line), (self.parent_run, self.parent_line))
        return {(run, line) for run, line in pairs if run is not None and line is not None}

    @property
    def residence(self) -> Residence | None:
        """Return where it says that its household lives, if it does."""
        if self.household_id is None or self.area_code is None:
            return None
        return Residence(self.key, self.day, rank_of(self.type), self.area_code)


def names_of(kind: FactKind) -> list[str]:
    """Return the columns of a kind that say what its facts are about.

    Who asks for a household may name any, and is not told whether it exists.
    """
    own = {"household_id", "request_id"} if kind.asks else set()
    return [name for name in NAMES if name in kind.columns and name not in own]


def day_of(kind: FactKind) -> str | None:
    """Return the column with the day that facts of a kind name; None: they are about no place."""
    if not set(PLACES) & kind.columns.keys():
        return None
    return next((name for name, column in kind.columns.items() if column == "date"), None)


def subject_of(revision: Revision) -> Subject | None:
    """Return what a revision is about; None of a withdrawal, and where no place matters."""
    column = day_of(revision.kind)
    if column is None or revision.fact is None:
        return None
    named = {name: revision.value(name) for name in names_of(revision.kind)}
    if isinstance(revision.fact, HouseholdEvent):
        named["area_code"] = getattr(revision.fact, "area_code", None)
    return Subject(revision.key, revision.value(column), **named)
