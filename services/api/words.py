"""What answers about several subjects share: fields, and an administrative unit as a part."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, Struct

from shared.areas import tree
from shared.areas.tree import AreaTree, Level

NextCursor = Annotated[
    str | None,
    Meta(description="The `cursor` of the next page; null on the last."),
]
EventId = Annotated[UUID, Meta(description="Id of the fact, as its receipt gave it.")]
Source = Annotated[str, Meta(description="The system that sent it.")]
ExternalId = Annotated[str, Meta(description="The sender's own id of it.")]
Revision = Annotated[int, Meta(description="The highest revision of an id counts.", ge=1)]


class Unit(Struct, frozen=True):
    """An administrative unit."""

    code: Annotated[str, Meta(description="Its code; `VN` is the country.", examples=["06091"])]
    name: Annotated[str, Meta(description="Its name in Vietnamese, without its kind.")]
    level: Annotated[Level, Meta(description="Its level; the map from 2025-07 has no districts.")]
    kind: Annotated[str, Meta(description="Its kind in Vietnamese, such as `xã` or `phường`.")]
    parent_code: Annotated[str | None, Meta(description="Code of the unit above; null: none.")]
    valid_from: Annotated[date, Meta(description="First day in force.")]
    valid_to: Annotated[date | None, Meta(description="First day no longer in force; null: open.")]

    @classmethod
    def of(cls, unit: tree.Unit) -> Self:
        """Return the unit as callers see it."""
        return cls(
            unit.code,
            unit.name,
            unit.level,
            unit.kind,
            unit.parent_code,
            unit.valid_from,
            unit.valid_to,
        )


def unit_on(units: AreaTree, area_id: int | None, day: date) -> tree.Unit | None:
    """Return the unit that a household placed in `area_id` counts in on `day`."""
    return None if area_id is None else units.current(units.by_id(area_id), day)
