"""`registry ingest articles`: files through the articles' door, and what is read in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from services.commands import article_tables
from services.commands.doors import open_doors
from services.commands.shell import OUT, run_with_database
from services.ingest.bodies import revision_or_faults
from services.ingest.context import IngestContext, world_of
from services.worker import article_checks, reviewing
from services.worker.article_reader import ArticleReader
from shared.law.world import World
from shared.press.facts import ARTICLES
from shared.press.store import articles
from shared.runtime.child import Child
from shared.runtime.errors import StartError
from shared.settings import Settings

_UNSAFE = re.compile(r"[^A-Za-z0-9._:/-]")


def ingest_articles(
    files: Annotated[list[Path], typer.Argument(help="text or HTML files, one article each")],
) -> None:
    """Record news articles from files."""
    run_with_database(lambda settings, dsn: _ingest(settings, dsn, files))


async def _ingest(settings: Settings, dsn: str, files: list[Path]) -> int:
    """Record article files (text or HTML); a file sent again unchanged is a duplicate."""
    async with open_doors(settings, dsn) as context:
        world = await world_of(context)
        child = Child("reader")
        try:
            reader = ArticleReader(context.seeds, child)
            refused = [file for file in files if not await _record(context, world, reader, file)]
        finally:
            await child.end()
    return 1 if refused else 0


async def _record(context: IngestContext, world: World, reader: ArticleReader, file: Path) -> bool:
    revision = revision_or_faults(ARTICLES, _article(file), world)
    if isinstance(revision, list):
        OUT.print(f"{file.name}: refused: {revision[0].code}: {revision[0].detail}")
        return False
    judged = await context.recorder.submit(ARTICLES, [revision])
    article_id = revision.value("article_id")
    OUT.print(f"{file.name}: {judged.receipts[0].outcome}, article {article_id}")
    async with context.database.snapshot() as snapshot:
        row = await articles.find(snapshot, article_id)
        if row is not None:
            # Read here for the eye; a worker reads it once more, for the store.
            read = await reader.read(snapshot, row)
            subject = reviewing.article_subject(str(row.article_id))
            contradictions = await article_checks.findings(
                snapshot, context.seeds, subject, read.rows, read.figures
            )
            article_tables.show(OUT, file.name, read, contradictions)
    return True


def _article(file: Path) -> dict[str, str]:
    try:
        text = file.read_text("utf-8", errors="replace").replace("\x00", "\ufffd")
    except OSError as error:
        raise StartError(f"{file} cannot be read: {error.strerror}") from error
    field = "html" if file.suffix.lower() in {".html", ".htm"} else "text"
    return {
        "source": "files",
        "external_id": _UNSAFE.sub("-", file.name)[:64],
        field: "".join(c for c in text if ord(c) >= 32 or c in "\n\r\t"),
    }
