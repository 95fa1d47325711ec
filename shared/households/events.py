"""The four household events, as facts with an effective date.

They are values: checks on what may be said at all (dates in order, known areas and indicators) are
made once, at the door, by `services.ingest`; here the facts are taken as said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.law.standards import Measure, Recognised


@dataclass(frozen=True, slots=True)
class Assessed:
    """A review (rà soát): what the household earns and lacks, from `effective_from` on.

    `value` is income in đồng per person and month with `lacking` a count of deprivations, or score
    B1 with `lacking` score B2. `deprived` holds indicator codes of the standard. `decided`: the
    class that counts in place of the computed one (`shared.households.recognised`).
    """

    event_id: UUID
    source: str
    external_id: str
    household_id: str
    effective_from: date
    assessed_on: date
    area_code: str
    area_type: str
    standard: str | None
    measure: Measure
    value: int
    lacking: int
    deprived: tuple[str, ...]
    recognised: Recognised | None
    ethnic_group: str | None
    review: str | None = None
    decided: Recognised | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A household becomes known; `continues` names an older one of the same family."""

    event_id: UUID
    source: str
    external_id: str
    household_id: str
    effective_from: date
    area_code: str
    area_type: str
    ethnic_group: str | None
    continues: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """The household lives elsewhere from `effective_from` on."""

    event_id: UUID
    source: str
    external_id: str
    household_id: str
    effective_from: date
    area_code: str
    area_type: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The household ends: dissolved, moved out, merged or deceased; `into`: where it goes on."""

    event_id: UUID
    source: str
    external_id: str
    household_id: str
    effective_from: date
    reason: str
    into: str | None


HouseholdEvent = Assessed | Registered | Moved | Closed
