"""Subscriptions: a client says where it wants to be told of changes, and what signs them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

from msgspec import UNSET, Meta, Struct

from services.api.subscriptions.answers import (
    ENDED,
    NOT_REGISTERED,
    SHOWN,
    SHOWN_SECRET,
    TOO_MANY_SUBSCRIPTIONS,
    UNKNOWN_SUBSCRIPTION,
    ChangeFilter,
    NewSubscription,
    Rotation,
    SignedSubscription,
    SubscriptionAnswer,
    SubscriptionId,
    unknown_subscription,
)
from services.api.words import NextCursor
from shared.access.caller import ANYBODY
from shared.access.store import clients
from shared.areas.reach import check_reached
from shared.http.ask import Ask
from shared.http.operations import ANY, Routes
from shared.http.parameters import read_instant
from shared.http.problems import UNKNOWN_AREA, ProblemType, forbidden, invalid
from shared.http.public_addresses import check_receiver
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.errors import DomainError, Fault
from shared.subscriptions.signing import Secret, new_secret
from shared.subscriptions.store import deliveries
from shared.subscriptions.store import subscriptions as store
from shared.subscriptions.store.deliveries import Backlog
from shared.subscriptions.subscription import (
    SCOPES,
    SUBSCRIPTIONS_MAX,
    Subscription,
)

routes = Routes("subscriptions")

_SIGNED = {**SHOWN, "secret": SHOWN_SECRET}
_REFUSED = ProblemType(
    "Nothing may be sent there, or the secret is none",
    invalid([Fault("/callback_url", "private_address", "no address inside private networks")]),
)


class Subscriptions(Struct, frozen=True):
    """A page of the caller's own subscriptions."""

    items: Annotated[list[SubscriptionAnswer], Meta(description="In the order they were made.")]
    next_cursor: NextCursor


@routes.post(
    "/v1/subscriptions",
    scope=ANY,
    problems=[_REFUSED, UNKNOWN_AREA, NOT_REGISTERED, TOO_MANY_SUBSCRIPTIONS],
    shown=_SIGNED,
    status=201,
    order=True,
)
async def post_subscription(ask: Ask, subscription: NewSubscription) -> SignedSubscription:
    """Subscribe.

    What is committed from now on is posted to the address, signed after *Standard Webhooks*: at
    least once, of one household and of one fund in order, for three days until a 2xx comes. Changes
    of status and exit windows need `households:read`, money `funds:read`, articles `articles:read`,
    findings `statistics:read` (and those of funds or households the scope of these); what the
    client may see is looked at again at each delivery. The secret is shown in this answer and
    never again.
    """
    now = ask.context.clock.now()
    secret = _checked(ask, subscription, now)
    area = await _area(ask, subscription.area)
    for kind in subscription.types:
        if SCOPES[kind] not in ask.caller.scopes:
            raise forbidden(SCOPES[kind])
    async with ask.effect() as tx:
        await _check_caller(ask, tx)
        taken = subscription.filter or ChangeFilter()
        made = await store.begin(
            tx,
            uuid4(),
            now,
            client_id=ask.caller.client_id,
            callback_url=subscription.callback_url,
            types=sorted(set(subscription.types)),
            area=area,
            kind=taken.kind,
            listed=taken.list,
            signature=subscription.signature,
        )
        ring = ask.context.keys.ring()
        await store.add_secret(tx, ring, made.subscription_id, secret, timedelta())
    return _signed(made, [secret], secret, Backlog(0, 0, None))


def _checked(ask: Ask, posted: NewSubscription, now: datetime) -> Secret:
    """Return the secret; refuse it and the address with every fault."""
    faults, secret = [], None
    try:
        check_receiver(posted.callback_url, inside=ask.context.settings.webhooks_inside)
    except DomainError as error:
        faults.append(Fault("/callback_url", error.code, error.detail))
    try:
        secret = new_secret(posted.signature, now, posted.secret)
    except DomainError as error:
        faults.append(Fault("/secret", error.code, error.detail))
    if faults or secret is None:
        raise invalid(faults)
    return secret


async def _area(ask: Ask, code: str | None) -> str:
    """Return the unit that is asked for; one outside the caller's area is unknown to it."""
    if code is None:
        return ask.caller.area
    check_reached(await ask.tree(), ask.caller.area, code)
    return code


async def _check_caller(ask: Ask, tx: Transaction) -> None:
    client = await clients.find_by_id(tx, ask.caller.client_id)
    if ask.caller is not ANYBODY and (client is None or client.revoked_at is not None):
        raise NOT_REGISTERED.problem
    if await store.count_own(tx, ask.caller.client_id) >= SUBSCRIPTIONS_MAX:
        raise TOO_MANY_SUBSCRIPTIONS.problem


def _signed(
    subscription: Subscription, valid: list[Secret], shown: Secret, backlog: Backlog
) -> SignedSubscription:
    return SignedSubscription.of(subscription, valid, backlog, secret=shown.shown or UNSET)


async def own(ask: Ask, snapshot: Snapshot, subscription_id: UUID) -> Subscription:
    """Return the caller's subscription; another's does not exist."""
    found = await store.find_own(snapshot, subscription_id, ask.caller.client_id)
    if found is None:
        raise unknown_subscription()
    return found


async def going_on(ask: Ask, snapshot: Snapshot, subscription_id: UUID) -> Subscription:
    """Return the caller's subscription; one that ended is refused."""
    subscription = await own(ask, snapshot, subscription_id)
    if subscription.ended_at is not None:
        raise ENDED.problem
    return subscription


async def answer(
    ask: Ask, snapshot: Snapshot, subscriptions: list[Subscription]
) -> list[SubscriptionAnswer]:
    """Return subscriptions with their backlog and keys."""
    ids = [subscription.subscription_id for subscription in subscriptions]
    backlogs = await deliveries.backlogs(snapshot, ids)
    return [
        SubscriptionAnswer.of(one, await _valid(ask, snapshot, one), backlogs[one.subscription_id])
        for one in subscriptions
    ]


async def _valid(ask: Ask, snapshot: Snapshot, subscription: Subscription) -> list[Secret]:
    ring = ask.context.keys.ring()
    return await store.secrets(snapshot, ring, subscription, ask.context.clock.now())


@routes.get(
    "/v1/subscriptions",
    scope=ANY,
    cursor=[read_instant, UUID],
    shown={"items": [SHOWN], "next_cursor": None},
)
async def list_subscriptions(ask: Ask) -> Subscriptions:
    """Subscriptions of the caller.

    Its own, without those that ended.
    """
    page = ask.page
    async with ask.context.database.snapshot() as snapshot:
        rows = await store.list_own(snapshot, ask.caller.client_id, page.after, page.fetch)
        shown, next_cursor = page.cut(rows, lambda s: [s.created_at.isoformat(), s.subscription_id])
        return Subscriptions(await answer(ask, snapshot, list(shown)), next_cursor)


@routes.get(
    "/v1/subscriptions/{subscription_id}",
    scope=ANY,
    problems=[UNKNOWN_SUBSCRIPTION],
    shown=SHOWN,
)
async def get_subscription(ask: Ask, subscription_id: SubscriptionId) -> SubscriptionAnswer:
    """A subscription.

    What is told, where, how much waits, and since when the receiver takes nothing.
    """
    async with ask.context.database.snapshot() as snapshot:
        found = await own(ask, snapshot, subscription_id)
        (shown,) = await answer(ask, snapshot, [found])
    return shown


@routes.delete(
    "/v1/subscriptions/{subscription_id}",
    scope=ANY,
    problems=[UNKNOWN_SUBSCRIPTION],
    shown={**SHOWN, "state": "ended"},
)
async def delete_subscription(ask: Ask, subscription_id: SubscriptionId) -> SubscriptionAnswer:
    """End a subscription.

    Nothing is sent any more, not even what waits; its log stays.
    """
    async with ask.context.database.transaction() as tx:
        await own(ask, tx, subscription_id)
        await store.end(tx, subscription_id, ask.context.clock.now())
        (shown,) = await answer(ask, tx, [await own(ask, tx, subscription_id)])
    return shown


@routes.post(
    "/v1/subscriptions/{subscription_id}/rotate",
    scope=ANY,
    problems=[UNKNOWN_SUBSCRIPTION, ENDED, _REFUSED],
    shown=_SIGNED,
    order=True,
)
async def rotate_subscription(
    ask: Ask, rotation: Rotation, subscription_id: SubscriptionId
) -> SignedSubscription:
    """Exchange the secret.

    The new one signs at once; the one before it signs beside it for the overlap, so that a receiver
    may change over at any moment of it. Whoever verifies takes either signature.
    """
    now = ask.context.clock.now()
    async with ask.effect() as tx:
        found = await going_on(ask, tx, subscription_id)
        try:
            secret = new_secret(found.signature, now, rotation.secret)
        except DomainError as error:
            raise invalid([Fault("/secret", error.code, error.detail)]) from None
        overlap = timedelta(hours=rotation.overlap_hours)
        await store.add_secret(tx, ask.context.keys.ring(), subscription_id, secret, overlap)
        backlog = (await deliveries.backlogs(tx, [subscription_id]))[subscription_id]
        return _signed(found, await _valid(ask, tx, found), secret, backlog)
