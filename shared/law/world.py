"""What posted facts are checked against: the map, the law, its vocabularies, and today.

Law: none (it only holds what other modules read from the law).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.areas.tree import AreaTree
from shared.law.ethnic_groups import EthnicGroups
from shared.law.measures import Measures
from shared.law.programs import Programs
from shared.law.standards import Policy
from shared.law.support_kinds import SupportKinds


@dataclass(frozen=True, slots=True)
class World:
    """All of it as it stands loaded; one world judges one request."""

    areas: AreaTree
    policy: Policy
    programs: Programs
    kinds: SupportKinds
    measures: Measures
    ethnic_groups: EthnicGroups
    today: date
