"""What became of a subscription's deliveries, a trial, and sending again what was given up."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

from msgspec import Meta, Struct

from services.api.subscriptions.answers import ENDED, UNKNOWN_SUBSCRIPTION, SubscriptionId
from services.api.subscriptions.subscriptions import going_on, own
from services.api.words import NextCursor
from shared.http.ask import Ask, from_row
from shared.http.operations import ANY, Routes
from shared.http.parameters import choice, whole_number
from shared.http.problems import Problem, ProblemType
from shared.http.schemas import Instant
from shared.kernel.facts import Part
from shared.kernel.fields import about
from shared.subscriptions.store import deliveries as store
from shared.subscriptions.store import subscriptions
from shared.subscriptions.store.deliveries import LoggedDelivery, PlannedDelivery
from shared.subscriptions.subscription import TRIAL, DeliveryState

routes = Routes("subscriptions")

_WEBHOOK = "c0ffee52-7f4e-5f0a-8c39-0d5b9a1e2c47"
TRIALS_WAITING_MAX = 10


class Delivery(Struct, frozen=True):
    """A webhook of a subscription: what it tells of, and what its receiver answered last."""

    webhook_id: Annotated[UUID, Meta(description="As in the header: the same at each attempt.")]
    type: Annotated[str, Meta(description="Type of what it tells.")]
    seq: Annotated[int | None, Meta(description="Place in the feed of what it tells; null: none.")]
    state: Annotated[
        DeliveryState,
        Meta(
            description="`waiting` for its turn or its next attempt, `delivered` (2xx came), "
            "`parked` (given up after three days), `withheld` (no longer allowed)."
        ),
    ]
    attempts: Annotated[int, Meta(description="How often it was sent since it was planned.")]
    planned_at: Annotated[Instant, Meta(description="When it was planned, or replayed.")]
    next_attempt_at: Annotated[
        Instant | None, Meta(description="Not before then it is sent again; null: it is not.")
    ]
    sent_at: Annotated[Instant | None, Meta(description="When it was sent last; null: never.")]
    status: Annotated[
        int | None, Meta(description="HTTP status of the last answer; null: none came.")
    ]
    fault: Annotated[
        str | None,
        Meta(
            description="Why it was not taken: `refused` (by its status), `redirected`, `timeout`, "
            "`connection_failed`, `host_not_found`, `private_address`, `invalid_address`."
        ),
    ]
    milliseconds: Annotated[int | None, Meta(description="How long the last attempt took, in ms.")]

    @classmethod
    def of(cls, row: LoggedDelivery) -> Delivery:
        """Return a delivery as its subscriber sees it."""
        again = row.due_at if row.state == "waiting" else None
        return from_row(cls, row, webhook_id=row.delivery_id, next_attempt_at=again)


class Deliveries(Struct, frozen=True):
    """A page of a subscription's log."""

    items: Annotated[list[Delivery], Meta(description="The newest first.")]
    next_cursor: NextCursor


_SHOWN = {
    "webhook_id": _WEBHOOK,
    "type": "household-status.changed",
    "seq": 4711,
    "state": "delivered",
    "attempts": 1,
    "planned_at": "2026-11-21T03:00:00Z",
    "next_attempt_at": None,
    "sent_at": "2026-11-21T03:00:00.120Z",
    "status": 204,
    "fault": None,
    "milliseconds": 31,
}


@routes.get(
    "/v1/subscriptions/{subscription_id}/deliveries",
    scope=ANY,
    cursor=[whole_number],
    problems=[UNKNOWN_SUBSCRIPTION],
    shown={"items": [_SHOWN], "next_cursor": None},
)
async def list_deliveries(
    ask: Ask,
    subscription_id: SubscriptionId,
    state: Annotated[
        DeliveryState | None, choice(DeliveryState, "Only deliveries in this state.")
    ] = None,
) -> Deliveries:
    """Log of a subscription's deliveries.

    What was sent, what was answered and how long it took, the newest first. What was delivered is
    kept for 30 days.
    """
    before = ask.page.after[0] if ask.page.after else None
    async with ask.context.database.snapshot() as snapshot:
        await own(ask, snapshot, subscription_id)
        rows = await store.list_log(snapshot, subscription_id, state, before, ask.page.fetch)
    shown, next_cursor = ask.page.cut(rows, lambda row: [row.number])
    return Deliveries([Delivery.of(row) for row in shown], next_cursor)


class Replay(Part, frozen=True, kw_only=True):
    """What is sent again."""

    since: Annotated[
        Instant | None,
        about(
            "Also what was delivered from this instant on, with the same ids.",
            example="2026-11-21T03:00:00Z",
        ),
    ] = None


class Replayed(Struct, frozen=True):
    """How much is sent again."""

    replayed: Annotated[int, Meta(description="Deliveries that wait again.")]


TOO_MANY_TRIALS = ProblemType(
    "Trials are ordered faster than they are taken",
    Problem(409, "too_many_trials", "the trials before have still to be delivered"),
)


@routes.post(
    "/v1/subscriptions/{subscription_id}/replay",
    scope=ANY,
    problems=[UNKNOWN_SUBSCRIPTION, ENDED],
    shown={"replayed": 12},
    order=True,
)
async def replay_subscription(
    ask: Ask, replay: Replay, subscription_id: SubscriptionId
) -> Replayed:
    """Send again.

    What was parked, and with `since` what was delivered since then, is sent again with the ids that
    it had; what waits is tried at once, and a paused subscription goes on. What is sent again may
    come behind what its household has been through since: `seq` tells the order.
    """
    now = ask.context.clock.now()
    async with ask.effect() as tx:
        await going_on(ask, tx, subscription_id)
        await subscriptions.resume(tx, subscription_id)
        return Replayed(await store.replay(tx, subscription_id, replay.since, now))


class Trial(Part, frozen=True, kw_only=True):
    """A trial; it needs nothing."""


class TrialPlanned(Struct, frozen=True):
    """A trial that is sent within a second or two."""

    webhook_id: Annotated[UUID, Meta(description="What its header `webhook-id` will say.")]


@routes.post(
    "/v1/subscriptions/{subscription_id}/test",
    scope=ANY,
    problems=[UNKNOWN_SUBSCRIPTION, ENDED, TOO_MANY_TRIALS],
    shown={"webhook_id": _WEBHOOK},
    status=202,
    order=True,
)
async def test_subscription(
    ask: Ask, trial: Trial, subscription_id: SubscriptionId
) -> TrialPlanned:
    """Send a trial.

    A webhook of type `subscription.test` about nobody, signed like all others. What became of it
    stands in the log.
    """
    now = ask.context.clock.now()
    async with ask.effect() as tx:
        found = await going_on(ask, tx, subscription_id)
        if await store.waiting_of(tx, subscription_id, TRIAL) >= TRIALS_WAITING_MAX:
            raise TOO_MANY_TRIALS.problem
        planned = PlannedDelivery(found.delivery_id(f"trial:{uuid4()}"), TRIAL)
        await store.plan(tx, subscription_id, [planned], now)
    return TrialPlanned(planned.delivery_id)
