"""Many households at once: what holds of each on a day, in one statement."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from services.api.households.status import ListedHousehold, as_listed
from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.reach import granted
from shared.households.facts import HouseholdId
from shared.households.store import reads
from shared.http.ask import Ask
from shared.http.operations import Routes
from shared.http.schemas import Instant
from shared.kernel.facts import Part
from shared.kernel.fields import Day, about

routes = Routes("households")

# As many as a page of any list may have.
IDS_MAX = 1000


class HouseholdLookup(Part, frozen=True, kw_only=True):
    """Which households are asked about, on which day, as known when."""

    household_ids: Annotated[
        list[HouseholdId],
        Meta(min_length=1, max_length=IDS_MAX),
        about("Their ids, in any order.", example=["LS-06091-000123", "LS-06091-000124"]),
    ]
    as_of: Annotated[
        Day | None, about("The day; by default today in Viet Nam.", example="2023-12-31")
    ] = None
    known_at: Annotated[
        Instant | None, about("The instant of knowledge; by default the latest state.")
    ] = None


class LookedUp(Struct, frozen=True):
    """What holds of the households that were asked about."""

    items: Annotated[list[ListedHousehold], Meta(description="Those that are there, by id.")]
    unknown: Annotated[
        list[str],
        Meta(description="Ids of no household in the caller's area on the day, by id."),
    ]
    as_of: Annotated[date, Meta(description="The day that the answer is true for.")]
    known_at: Annotated[Instant | None, Meta(description="As asked; null: the latest state.")]
    settled_at: Annotated[
        Instant, Meta(description="Asked with this `known_at`, the answer never changes again.")
    ]


_SHOWN = {
    "items": [
        {
            "household_id": "LS-06091-000123",
            "status": "near_poor",
            "living_standard": None,
            "since": "2023-12-14",
            "area_code": "06091",
            "area_type": "rural",
            "standard": "VN-2022-2025",
            "reviewed_on": "2023-12-14",
        }
    ],
    "unknown": ["LS-06091-000124"],
    "as_of": "2023-12-31",
    "known_at": None,
    "settled_at": "2026-10-05T03:00:00.000123Z",
}


@routes.post("/v1/households/lookup", scope=HOUSEHOLDS_READ, shown=_SHOWN)
async def look_up_households(ask: Ask, lookup: HouseholdLookup) -> LookedUp:
    """Many households at once.

    The status of up to 1,000 households on a day, in one statement. An id that is not known, or
    lies outside the caller's area, is `unknown`: the two are told alike.
    """
    ask.as_of, ask.known_at = lookup.as_of or ask.today, lookup.known_at
    tree, wanted = await ask.tree(), sorted(set(lookup.household_ids))
    reach = granted(tree, ask.caller.area, ask.as_of)
    async with ask.snapshot() as snapshot:
        rows = await reads.look_up(snapshot, wanted, ask.as_of, ask.known_at)
    seen = [row for row in rows if reach is None or row.area_id in reach]
    there = {row.household_id for row in seen}
    return LookedUp(
        items=[as_listed(tree, row, ask.as_of) for row in seen],
        unknown=[name for name in wanted if name not in there],
        as_of=ask.as_of,
        known_at=ask.known_at,
        settled_at=ask.settled,
    )
