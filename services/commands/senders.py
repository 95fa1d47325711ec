"""`registry clients speaks`: who a client is in messages of SPDCI, and by which keys it signs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer

from services.commands.shell import OUT, open_database, run_with_database
from shared.access.store import clients
from shared.kernel.errors import DomainError
from shared.spdci.senders import Sender
from shared.spdci.signatures import read_sender_keys
from shared.spdci.store import senders


def client_speaks(
    named: Annotated[str, typer.Argument(help="Its id or its name.")],
    sender_id: Annotated[str, typer.Option(help="What it calls itself in headers of SPDCI.")],
    keys: Annotated[
        Path | None, typer.Option(help="File with its public keys, a JWK set (Ed25519, RSA).")
    ] = None,
    signs: Annotated[
        bool, typer.Option("--signs/--may-sign", help="Whether unsigned messages are refused.")
    ] = False,
) -> None:
    """Say who a client is in messages of SPDCI; its signatures are verified by these keys."""
    documents = [] if keys is None else read_sender_keys(_read(keys))
    if signs and not documents:
        raise DomainError("invalid_keys", "whoever has to sign needs keys: --keys FILE")
    run_with_database(lambda _, dsn: _save(dsn, named, sender_id, documents, signs))


def _read(path: Path) -> object:
    try:
        document: object = orjson.loads(path.read_bytes())
    except ValueError:
        raise DomainError("invalid_keys", f"{path} is no JSON") from None
    return document


async def _save(
    dsn: str, named: str, sender_id: str, keys: list[dict[str, object]], signs: bool
) -> int:
    async with open_database(dsn) as database, database.transaction() as tx:
        client = await clients.find_client(tx, named)
        if client is None:
            print(f"registry: no client has the id or the name {named!r}", file=sys.stderr)
            return 1
        if not await senders.save(tx, Sender(client.client_id, sender_id, keys, signs)):
            print(f"registry: another client is {sender_id!r} in messages", file=sys.stderr)
            return 1
    how = "must sign" if signs else "may sign"
    OUT.print(f"{client.name} ({client.client_id}) is {sender_id} in SPDCI and {how}.")
    return 0
