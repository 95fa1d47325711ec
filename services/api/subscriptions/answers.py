"""What is posted about subscriptions and what is answered; who may not have one."""

from __future__ import annotations

from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.areas.tree import COUNTRY
from shared.households.transitions import MovementKind
from shared.http.ask import from_row
from shared.http.parameters import PathParameter
from shared.http.problems import Problem, ProblemType, not_found
from shared.http.schemas import Instant
from shared.kernel.facts import Part
from shared.kernel.fields import WEB_ADDRESS, ShortText, about
from shared.law.standards import ListName
from shared.subscriptions.signing import Secret
from shared.subscriptions.store.deliveries import Backlog
from shared.subscriptions.subscription import EventType, Signature, State, Subscription

ID = "5f0c3a52-7f4e-4f0a-8c39-0d5b9a1e2c47"
SHOWN_SECRET = "whsec_3q2+7zPpVYxq0s1cVh8m7vXqkQe7m9b5r4wYt6u8i0A="  # noqa: S105 - an example
OVERLAP_HOURS, OVERLAP_HOURS_MAX = 24, 24 * 7


def unknown_subscription() -> Problem:
    """Return the one answer for subscriptions that do not exist, or are another's."""
    return not_found("unknown_subscription", "no such subscription is known")


UNKNOWN_SUBSCRIPTION = ProblemType(
    "No such subscription, or another client's", unknown_subscription()
)
ENDED = ProblemType(
    "The subscription has ended",
    Problem(409, "subscription_ended", "the subscription has ended; make another one"),
)
NOT_REGISTERED = ProblemType(
    "The caller is no registered client",
    Problem(
        403,
        "client_not_registered",
        "only a client that `registry clients add` let in may subscribe: what it may see is looked "
        "at again at each delivery, when it shows no token",
    ),
)
TOO_MANY_SUBSCRIPTIONS = ProblemType(
    "The client has as many subscriptions as one may have",
    Problem(409, "too_many_subscriptions", "end a subscription before another one is made"),
)


def _read(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise unknown_subscription() from None


SubscriptionId = Annotated[
    UUID,
    PathParameter(_read, "Id of the subscription.", ID, {"type": "string", "format": "uuid"}),
]


class ChangeFilter(Part, frozen=True, kw_only=True):
    """Which transitions are told, as in the feed; what is left out takes all. Money is as it is."""

    kind: Annotated[
        MovementKind | None, about("Only with a movement of this kind.", example="newly_arisen")
    ] = None
    list: Annotated[
        ListName | None, about("Only with a movement of this list.", example="poor")
    ] = None


class NewSubscription(Part, frozen=True, kw_only=True):
    """Where which changes are to be sent."""

    callback_url: Annotated[
        str,
        Meta(max_length=2000, pattern=WEB_ADDRESS),
        about("Where webhooks are posted to: https.", example="https://bhxh.example/ngheo"),
    ]
    types: Annotated[
        list[EventType],
        Meta(min_length=1, max_length=20),
        about(
            "Types of what is told, as in `/asyncapi.json`.",
            example=["household-status.changed"],
        ),
    ]
    area: Annotated[
        ShortText | None,
        about("Only of this unit, of whichever map, and below; by default all.", example="20"),
    ] = None
    filter: Annotated[
        ChangeFilter | None, about("Only some transitions.", example={"list": "poor"})
    ] = None
    signature: Annotated[
        Signature,
        about("`v1`: HMAC-SHA256 with a secret; `v1a`: Ed25519, verified by a public key."),
    ] = "v1"
    secret: Annotated[
        ShortText | None,
        about("For `v1`: base64 of 24 to 64 bytes, perhaps behind `whsec_`; by default drawn."),
    ] = None


class Rotation(Part, frozen=True, kw_only=True):
    """The next secret, and how long the one before it goes on signing beside it."""

    secret: Annotated[ShortText | None, about("As in a new subscription; by default drawn.")] = None
    overlap_hours: Annotated[
        int,
        Meta(ge=0, le=OVERLAP_HOURS_MAX),
        about("Hours in which both sign.", example=24),
    ] = OVERLAP_HOURS


class TakenFilter(Struct, frozen=True):
    """Which transitions are told."""

    kind: Annotated[MovementKind | None, Meta(description="Of this kind; null: of all.")]
    list: Annotated[ListName | None, Meta(description="Of this list; null: of both.")]


class SubscriptionAnswer(Struct, frozen=True):
    """A subscription as it stands."""

    subscription_id: Annotated[UUID, Meta(description="Id of the subscription.")]
    callback_url: Annotated[str, Meta(description="Where webhooks are posted to.")]
    types: Annotated[list[EventType], Meta(description="Types of what is told.")]
    area: Annotated[str | None, Meta(description="Only of this unit; null: of the country.")]
    filter: Annotated[TakenFilter, Meta(description="Which transitions are told.")]
    signature: Annotated[Signature, Meta(description="How webhooks are signed.")]
    public_keys: Annotated[
        list[str], Meta(description="Of `v1a`: the keys that verify, the newest first.")
    ]
    state: Annotated[
        State, Meta(description="Whether anything is sent; `paused` until it is replayed.")
    ]
    pause_reason: Annotated[
        str | None,
        Meta(
            description="`gone`: the receiver answered 410. `not_granted`: the client may see "
            "nothing of it any more."
        ),
    ]
    created_at: Annotated[Instant, Meta(description="When it was made: earlier changes are old.")]
    waiting: Annotated[int, Meta(description="Deliveries that are planned and not yet taken.")]
    parked: Annotated[int, Meta(description="Deliveries given up after three days.")]
    oldest_waiting_at: Annotated[
        Instant | None, Meta(description="Since when the oldest waits; null: none does.")
    ]
    failing_since: Annotated[
        Instant | None, Meta(description="Since when nothing was taken; null: the last one was.")
    ]

    @classmethod
    def of(
        cls, subscription: Subscription, secrets: list[Secret], backlog: Backlog, **more: Any
    ) -> Self:
        """Return a subscription as its client sees it."""
        return from_row(
            cls,
            subscription,
            types=list(subscription.types),
            area=None if subscription.area == COUNTRY else subscription.area,
            filter=TakenFilter(subscription.kind, subscription.list),
            public_keys=[key for secret in secrets if (key := secret.public) is not None],
            state=subscription.state,
            waiting=backlog.waiting,
            parked=backlog.parked,
            oldest_waiting_at=backlog.oldest,
            **more,
        )


class SignedSubscription(SubscriptionAnswer, frozen=True):
    """A subscription with what its webhooks are verified by, shown this once."""

    secret: (
        Annotated[str, Meta(description="Of `v1`: keep it, it is not shown again.")] | UnsetType
    ) = UNSET


SHOWN = {
    "subscription_id": ID,
    "callback_url": "https://bhxh.example/ngheo",
    "types": ["household-status.changed"],
    "area": "20",
    "filter": {"kind": None, "list": "poor"},
    "signature": "v1",
    "public_keys": [],
    "state": "active",
    "pause_reason": None,
    "created_at": "2026-11-21T03:00:00Z",
    "waiting": 0,
    "parked": 0,
    "oldest_waiting_at": None,
    "failing_since": None,
}
