"""The feed of transitions: what changed, in the order in which it was committed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from msgspec import Meta, Struct

from shared.access.caller import HOUSEHOLDS_READ
from shared.areas.reach import reached_ever
from shared.households.store import feed
from shared.households.transitions import MovementKind
from shared.http import parameters
from shared.http.ask import Ask
from shared.http.feed_items import FeedTransition, Retraction, item
from shared.http.operations import Routes
from shared.http.parameters import write_cursor
from shared.http.problems import UNKNOWN_AREA, Problem, ProblemType
from shared.http.schemas import one_of
from shared.kernel import knowledge
from shared.law.standards import ListName

routes = Routes("households")


class Feed(Struct, frozen=True):
    """A page of the feed."""

    items: Annotated[
        list[Annotated[Any, one_of(FeedTransition, Retraction)]],
        Meta(description="Transitions and retractions in commit order."),
    ]
    next_cursor: Annotated[str, Meta(description="Never null: the feed has no end.")]


CURSOR_EXPIRED = ProblemType(
    "The registry was restored from a backup after this cursor was given",
    Problem(
        410,
        "cursor_expired",
        "the registry was restored from a backup after this cursor was given, and what it has "
        "seen may be gone: read the feed from its beginning",
    ),
)


Area = Annotated[
    str | None, parameters.text("Code of a unit, of whichever map; its communes count too.")
]
FromDate = Annotated[date | None, parameters.day("Only transitions on this day or later.")]
ToDate = Annotated[date | None, parameters.day("Only transitions on this day or earlier.")]
Kind = Annotated[
    MovementKind | None,
    parameters.choice(MovementKind, "Only those with a movement of this kind."),
]
InList = Annotated[
    ListName | None, parameters.choice(ListName, "Only those with a movement of this list.")
]


def place_of(value: Any) -> tuple[int, int]:
    """Read (epoch, place); before the first restore a cursor is the place alone."""
    if type(value) is int:
        return 0, parameters.whole_number(value)
    epoch, place = value.split(".")
    return parameters.whole_number(int(epoch)), parameters.whole_number(int(place))


@routes.get(
    "/v1/transitions",
    scope=HOUSEHOLDS_READ,
    cursor=[place_of],
    problems=[UNKNOWN_AREA, CURSOR_EXPIRED],
    private=True,
)
async def list_transitions(
    ask: Ask,
    area: Area = None,
    from_date: FromDate = None,
    to_date: ToDate = None,
    kind: Kind = None,
    list_: InList = None,
) -> Feed:
    """Feed of transitions.

    Published transitions and retractions in commit order. `next_cursor` is never null: follow it
    for ever and nothing is missed and nothing repeated. What a correction undoes appears as
    `{seq, retracts}` under the filters of its original. After the registry was restored from a
    backup, cursors from before are answered 410 `cursor_expired`: read from the beginning.
    """
    wanted = await wanted_of(ask, area, from_date, to_date, kind, list_)
    async with ask.reads.snapshot() as snapshot:
        epoch = await knowledge.epoch(snapshot)
        after = begin(ask.page.after, epoch, 0)
        rows, place = await feed.list_transitions(snapshot, after, wanted, ask.page.limit)
    return Feed([item(row) for row in rows], cursor_at(epoch, place))


async def wanted_of(
    ask: Ask,
    area: str | None,
    from_date: date | None,
    to_date: date | None,
    kind: MovementKind | None,
    list_: ListName | None,
) -> feed.TransitionFilter:
    """Return which transitions are asked for, as far as the caller may see them."""
    area_ids = reached_ever(await ask.tree(), ask.caller.area, area)
    return feed.TransitionFilter(area_ids, from_date, to_date, kind, list_)


def begin(cursor: tuple[tuple[int, int]] | None, epoch: int, otherwise: int) -> int:
    """Return the place of a cursor; one from before a restore is refused."""
    begun, after = cursor[0] if cursor else (epoch, otherwise)
    if begun != epoch:
        raise CURSOR_EXPIRED.problem
    return after


def cursor_at(epoch: int, place: int) -> str:
    """Return the cursor of a place."""
    return write_cursor([f"{epoch}.{place}" if epoch else place])
