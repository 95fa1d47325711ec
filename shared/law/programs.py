"""Programmes that pay, as dated policy: which are in force, and which components they have.

Law: 24/2021/QH15, 90/QĐ-TTg (2021-2025); 257/2025/QH15 (2026-2035).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.kernel.errors import DomainError, PolicyError
from shared.law.entries import FIRST, LAST, Entry, holds


@dataclass(frozen=True, slots=True)
class Program:
    """One programme; where its first or last day is unknown it is not in force."""

    id: str
    components: frozenset[str]
    entry: Entry

    def in_force(self, day: date) -> bool:
        """Say whether money of the programme may be given on a day."""
        return holds(self.entry, day) is True

    def in_force_in(self, year: int) -> bool:
        """Say whether the programme is in force on any day of a year."""
        first, last = self.entry.get(FIRST), self.entry.get(LAST)
        begun = first is not None and first.year <= year
        return begun and (year <= last.year if last else self.entry.get("open_ended") is True)


@dataclass(frozen=True, slots=True)
class Programs:
    """One version of all programmes."""

    items: Mapping[str, Program]

    def named(self, program_id: str) -> Program:
        """Return the programme called `program_id`; `unknown_program` otherwise."""
        try:
            return self.items[program_id]
        except KeyError:
            known = ", ".join(sorted(self.items))
            detail = f"no programme is called {program_id!r}; known are {known}"
            raise DomainError("unknown_program", detail) from None

    def check_year(self, program_id: str, year: int) -> None:
        """Refuse a year in which the programme is not in force (`program_not_in_force`)."""
        if not self.named(program_id).in_force_in(year):
            raise DomainError("program_not_in_force", f"{program_id} is not in force in {year}")

    def check_day(self, program_id: str, day: date) -> None:
        """Refuse a day on which the programme is not in force (`program_not_in_force`)."""
        if not self.named(program_id).in_force(day):
            raise DomainError("program_not_in_force", f"{program_id} is not in force on {day}")

    def check_component(self, program_id: str, component: str) -> None:
        """Refuse a component that the programme does not have (`unknown_component`)."""
        program = self.items.get(program_id)
        if program is not None and component not in program.components:
            known = ", ".join(sorted(program.components)) or "none"
            detail = f"{program_id} has no component {component!r}; it has {known}"
            raise DomainError("unknown_component", detail)


def read_programs(document: Mapping[str, Any]) -> Programs:
    """Build the programmes from their document (`seeds/policy/programs.yaml`)."""
    items: dict[str, Program] = {}
    for entry in document["programs"]:
        components = [part for c in entry["components"] for part in (c, *c["parts"])]
        names = [part["id"] for part in components]
        if entry["id"] in items or len(set(names)) != len(names):
            raise PolicyError("entry_repeated", f"{entry['id']} or a part of it is named twice")
        items[entry["id"]] = Program(entry["id"], frozenset(names), entry)
    return Programs(items)
