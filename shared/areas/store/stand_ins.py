"""Stand-ins of communes as statements read them."""

from __future__ import annotations

from typing import Any

from shared.areas.stand_ins import StandIns


def counted(stand_ins: StandIns, area: str, given: list[Any]) -> str:
    """Return the SQL of the commune that stands in for that of the column `area`.

    The parameter is looked into by place, not searched: ids are the numbers from 1 on.
    """
    if not stand_ins:
        return area
    given.append([stand_ins.get(number, number) for number in range(1, max(stand_ins) + 1)])
    return f"coalesce((${len(given)}::int[])[{area}], {area})"
