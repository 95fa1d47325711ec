"""`registry audit verify`: whether the audit chains are what was written, held against anchors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from services.commands.shell import OUT, open_database, run_with_database
from shared.access.audit import Examination, Flaw, Head, read_anchors
from shared.access.store import audit as store
from shared.kernel.database import Database, Snapshot
from shared.runtime.errors import StartError
from shared.settings import Settings

SHOWN_MAX = 100
Anchors = Mapping[UUID, Mapping[int, bytes]]


def verify(
    anchors: Annotated[
        Path | None,
        typer.Option(help="file of anchors; else REGISTRY_AUDIT_ANCHOR_FILE"),
    ] = None,
) -> None:
    """Go through every audit chain; exit 1 and a line each for what was changed or removed."""
    run_with_database(lambda settings, dsn: _verify(settings, dsn, anchors))


async def _verify(settings: Settings, dsn: str, anchors: Path | None) -> int:
    known = read_file(anchors or settings.audit_anchor_file)
    async with open_database(dsn, "audit") as database:
        flaws, chains, entries = await examine(database, known)
        async with database.statement() as snapshot:
            cuts = await store.cuts(snapshot)
    for cut in cuts.values():
        OUT.print(f"chain {cut.chain} begins behind {cut.seq}: older entries were removed")
    for flaw in flaws[:SHOWN_MAX]:
        OUT.print(f"{flaw.kind} chain {flaw.chain} at {flaw.seq}: {flaw.detail}", soft_wrap=True)
    places = sum(map(len, known.values()))
    OUT.print(f"{chains} chains, {entries} entries, {places} anchors: {len(flaws)} flaws")
    return 1 if flaws else 0


def read_file(path: Path | None) -> Anchors:
    """Return the anchors of a file; none where no file is named."""
    if path is None:
        OUT.print("no file of anchors: whoever wrote whole chains anew is not found")
        return {}
    try:
        with path.open("rb") as lines:
            return read_anchors(lines)
    except OSError as error:
        raise StartError(f"the anchors {path} cannot be read: {error}") from error


async def examine(database: Database, anchors: Anchors) -> tuple[list[Flaw], int, int]:
    """Return the flaws of all chains, how many chains there are, and how many entries."""
    flaws: list[Flaw] = []
    async with database.snapshot() as snapshot:
        heads: dict[UUID, Head | None] = {head.chain: head for head in await store.chains(snapshot)}
        heads |= dict.fromkeys([*await store.headless(snapshot), *(anchors.keys() - heads.keys())])
        entries, cuts = 0, await store.cuts(snapshot)
        for chain, head in sorted(heads.items()):
            examination = Examination(chain, anchors.get(chain, {}), cuts.get(chain))
            flaws += await _chain(snapshot, chain, head, examination)
        entries = await store.count(snapshot)
    return flaws, len(heads), entries


async def _chain(
    snapshot: Snapshot, chain: UUID, head: Head | None, examination: Examination
) -> list[Flaw]:
    flaws = list(examination.begin())
    async for row in store.rows_of(snapshot, chain):
        flaws += examination.look(row)
    return [*flaws, *examination.end(head)]
