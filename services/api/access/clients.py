"""Clients: who was let in, for what, and what each may do; `registry clients` changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from services.api.words import NextCursor
from shared.access.caller import OPERATIONS, Caller
from shared.access.clients import Client
from shared.access.store import clients as store
from shared.areas.reach import granted
from shared.areas.tree import AreaTree
from shared.http import parameters
from shared.http.ask import Ask
from shared.http.operations import Routes
from shared.http.schemas import Instant
from shared.kernel.database import Snapshot

routes = Routes("access")


class ListedClient(Struct, frozen=True):
    """A system or an office that was let in."""

    client_id: Annotated[str, Meta(description="Its id, as audit rows have it.")]
    name: Annotated[str, Meta(description="What people call it.")]
    scopes: Annotated[list[str], Meta(description="What it may do.")]
    area: Annotated[
        str, Meta(description="Code of the unit whose territory it sees; `VN` is everything.")
    ]
    sources: Annotated[
        list[str] | None, Meta(description="In whose name it may write; null: in anybody's.")
    ]
    purpose: Annotated[str, Meta(description="What it was let in for.")]
    bound_to_certificate: Annotated[
        bool, Meta(description="Whether it must come with one certificate.")
    ]
    created_at: Annotated[Instant, Meta(description="When it was let in.")]
    revoked_at: Annotated[
        Instant | None, Meta(description="When it was shut out; null: it stands.")
    ]


class Clients(Struct, frozen=True):
    """A page of clients."""

    items: Annotated[list[ListedClient], Meta(description="Clients in the order of coming.")]
    next_cursor: NextCursor


_SHOWN = {
    "items": [
        {
            "client_id": "c-5d0c9f1e2b7a4c38",
            "name": "Phòng LĐ Bình Gia",
            "scopes": ["households:read", "statistics:read"],
            "area": "181",
            "sources": ["langson"],
            "purpose": "yearly review",
            "bound_to_certificate": False,
            "created_at": "2026-11-21T03:00:00Z",
            "revoked_at": None,
        }
    ],
    "next_cursor": None,
}


async def seen_by(ask: Ask, snapshot: Snapshot) -> Sequence[Client]:
    """Return the clients whose territory lies in the caller's, revoked ones too."""
    tree = await ask.tree()
    return [
        client
        for client in await store.list_clients(snapshot)
        if _within(tree, ask.caller, client, ask)
    ]


def _within(tree: AreaTree, caller: Caller, client: Client, ask: Ask) -> bool:
    own = granted(tree, caller.area, ask.today)
    theirs = granted(tree, client.area, ask.today)
    return own is None or (theirs is not None and theirs <= own)


@routes.get(
    "/v1/clients",
    scope=OPERATIONS,
    cursor=[parameters.instant_of, parameters.short_text],
    private=True,
    shown=_SHOWN,
)
async def list_clients(ask: Ask) -> Clients:
    """Clients.

    Who was let in and is registered here, for what, and what each may see and do; those of a part
    of the country for who has all of that part. Tokens of a file (`REGISTRY_TOKENS_FILE`) are no
    clients and do not stand here.
    """
    page = ask.page
    async with ask.snapshot() as snapshot:
        seen = await seen_by(ask, snapshot)
    behind = [each for each in seen if page.after is None or _place(each) > tuple(page.after)]
    shown, next_cursor = page.cut(behind[: page.fetch], lambda each: [*_place(each)])
    return Clients([_listed(each) for each in shown], next_cursor)


def _place(client: Client) -> tuple[object, ...]:
    return client.created_at, client.client_id


def _listed(client: Client) -> ListedClient:
    return ListedClient(
        client_id=client.client_id,
        name=client.name,
        scopes=sorted(client.scopes),
        area=client.area,
        sources=None if client.sources is None else sorted(client.sources),
        purpose=client.purpose,
        bound_to_certificate=client.certificate is not None,
        created_at=client.created_at,
        revoked_at=client.revoked_at,
    )
