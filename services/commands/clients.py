"""`registry clients`: let another system in, change what it may do, shut it out.

A change counts in every process within seconds, without a restart.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Annotated

import typer

from services.commands.shell import OUT, open_database, run_with_database
from shared.access.clients import ANY_SOURCE, Client, read_scopes, read_sources, thumbprint
from shared.access.store import clients, signing_keys
from shared.areas.store import units
from shared.kernel.clock import SystemClock
from shared.kernel.database import Snapshot
from shared.kernel.key_file import KeyFile

Scopes = Annotated[list[str] | None, typer.Option("--scope", help="What it may do; repeat it.")]
Area = Annotated[str, typer.Option(help="Code of the unit whose territory is its own; VN: all.")]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", help="In whose name it may write; repeat it. '*': in anybody's."),
]
Purpose = Annotated[str, typer.Option(help="What it is let in for; stands in audit rows.")]
Certificate = Annotated[
    str, typer.Option(help="SHA-256 of the only certificate that it may come with.")
]


def add_client(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    area: Area,
    scope: Scopes = None,
    source: Sources = None,
    purpose: Purpose = "",
    certificate: Certificate = "",
    outside_id: Annotated[
        str, typer.Option("--id", help="Its id with an outside issuer: it gets no secret here.")
    ] = "",
) -> None:
    """Let a client in; prints its id and, this once, its secret."""
    secret, digest = ("", None) if outside_id else clients.new_secret()
    client = Client(
        outside_id or clients.new_client_id(),
        name,
        digest,
        read_scopes(scope or ()),
        area,
        read_sources(source or ()),
        purpose,
        _thumbprint(certificate),
        SystemClock().now(),
    )
    run_with_database(
        lambda settings, dsn: _add(KeyFile(settings.persons_keys()), dsn, client, secret)
    )


def list_clients() -> None:
    """List the clients and what they may do."""
    run_with_database(lambda _, dsn: _list(dsn))


def grant_client(
    named: Annotated[str, typer.Argument(help="Its id or its name.")],
    area: Area = "",
    scope: Scopes = None,
    source: Sources = None,
    purpose: Purpose = "",
    certificate: Certificate = "",
) -> None:
    """Change what a client may do: each option that is given takes the place of what was."""
    changes: dict[str, object] = {}
    if scope is not None:
        changes["scopes"] = read_scopes(scope)
    if source is not None:
        changes["sources"] = read_sources(source)
    given = {"area": area, "purpose": purpose, "certificate": _thumbprint(certificate)}
    changes |= {name: value for name, value in given.items() if value}
    run_with_database(lambda _, dsn: _change(dsn, named, changes))


def revoke_client(
    named: Annotated[str, typer.Argument(help="Its id or its name.")],
) -> None:
    """Shut a client out for good; its tokens are worth nothing any more."""
    changes: dict[str, object] = {"revoked_at": SystemClock().now()}
    run_with_database(lambda _, dsn: _change(dsn, named, changes))


def _thumbprint(text: str) -> str | None:
    if not text:
        return None
    read = thumbprint(text)
    if read is None:
        raise typer.BadParameter("no SHA-256 and no PEM", param_hint="--certificate")
    return read


async def _add(keys: KeyFile, dsn: str, client: Client, secret: str) -> int:
    async with open_database(dsn) as database, database.transaction() as tx:
        await _check_area(tx, client.area)
        if not await clients.add_client(tx, client):
            print(f"registry: a client is called {client.name!r} already", file=sys.stderr)
            return 1
        await signing_keys.ensure(tx, keys.ring(), client.created_at)
    print(f"client_id={client.client_id}")
    if secret:
        print(f"client_secret={secret}")
        print("The secret is shown this once; the registry keeps a digest.", file=sys.stderr)
    return 0


async def _check_area(snapshot: Snapshot, code: str) -> None:
    """Refuse a unit that never was; a client bound to one would see nothing and nobody know why."""
    (await units.tree(snapshot)).versions(code)


async def _list(dsn: str) -> None:
    async with open_database(dsn) as database, database.statement() as snapshot:
        listed = await clients.list_clients(snapshot)
    for one in listed:
        print(_line(one))
    if not listed:
        print("No client was let in yet (registry clients add).")


def _line(client: Client) -> str:
    """Return a client as a line of `name=value`, as `add` prints it and `grep` finds it."""
    sources = [ANY_SOURCE] if client.sources is None else sorted(client.sources)
    shown = {
        "client_id": client.client_id,
        "name": repr(client.name),
        "area": client.area,
        "scopes": ",".join(sorted(client.scopes)),
        "sources": ",".join(sources),
        "purpose": repr(client.purpose),
        "certificate": client.certificate or "",
        "since": client.created_at.isoformat(timespec="seconds"),
        "revoked": client.revoked_at.isoformat(timespec="seconds") if client.revoked_at else "",
    }
    return " ".join(f"{name}={value}" for name, value in shown.items() if value)


async def _change(dsn: str, named: str, changes: dict[str, object]) -> int:
    async with open_database(dsn) as database, database.transaction() as tx:
        await clients.count_change(tx)
        client = await clients.find_client(tx, named)
        if client is None:
            print(f"registry: no client has the id or the name {named!r}", file=sys.stderr)
            return 1
        if client.revoked_at is not None:
            print(f"registry: {client.name} was revoked; add it anew", file=sys.stderr)
            return 1
        client = replace(client, **changes)  # type: ignore[arg-type]  # by the options above
        await _check_area(tx, client.area)
        await clients.save_client(tx, client)
    what = "is shut out" if client.revoked_at is not None else "has its new grants"
    OUT.print(f"{client.name} ({client.client_id}) {what}, within seconds in every process.")
    return 0
