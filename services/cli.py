"""The command line: `registry run|migrate|seed|…`. Composition root: settings are read here."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services import seeding
from shared.kernel.clock import SystemClock
from shared.kernel.database import DatabaseUnavailable, connect
from shared.kernel.errors import DomainError
from shared.migrations.upgrade import upgrade
from shared.observability import logging
from shared.runtime.embedded_postgres import embedded_postgres
from shared.runtime.errors import StartError
from shared.settings import Settings

app = typer.Typer(
    name="registry", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
ingest = typer.Typer(no_args_is_help=True, help="Record articles from files.")
quarantined = typer.Typer(no_args_is_help=True, help="What the workers refused.")
app.add_typer(ingest, name="ingest")
app.add_typer(quarantined, name="quarantine")
out = Console(highlight=False)


@contextmanager
def database_address(settings: Settings, *, alone: bool = False) -> Iterator[str]:
    """Give the database's address; without one, run the embedded server meanwhile."""
    dsn = settings.database_dsn()
    if dsn is not None:
        yield dsn
        return
    with embedded_postgres(settings.data_dir, alone=alone) as dsn:
        yield dsn


def run_async(work: Awaitable[int | None]) -> None:
    """Run a command's coroutine on the fast loop; its result is the exit code."""
    try:
        import uvloop

        loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = uvloop.new_event_loop
    except ImportError:  # not made for Windows
        loop_factory = None
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        code = runner.run(_awaited(work))
    if code:
        raise typer.Exit(code)


async def _awaited(work: Awaitable[int | None]) -> int | None:
    return await work


def settings() -> Settings:
    """Read the settings from the environment, and set up the log."""
    found = Settings()
    logging.set_up(found.log_format, found.log_level)
    return found


@app.command()
def run(
    process: Annotated[str, typer.Argument(help="embedded, ingest, worker or api")],
) -> None:
    """Run a process until SIGINT or SIGTERM."""
    from services.running import listen, run_process

    found = settings()
    listener = listen(process, found)
    if process == "embedded":
        with database_address(found, alone=True) as dsn:
            run_async(_prepare_and_run(found, dsn, listener))
        return
    dsn_given = found.database_dsn()
    if dsn_given is None:
        raise StartError(f"{process} needs REGISTRY_DATABASE_URL, the address of PostgreSQL")
    run_async(run_process(process, found, dsn_given, listener))


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema and load policy and areas; safe to repeat."""
    found = settings()
    with database_address(found) as dsn:
        run_async(prepare(found, dsn))


@app.command()
def seed() -> None:
    """Load changed policy and areas as a new version; what they touch is recomputed."""
    found = settings()
    with database_address(found) as dsn:
        run_async(_seed(found, dsn))


async def _prepare_and_run(found: Settings, dsn: str, listener: socket.socket) -> int:
    """Embedded mode brings its own database up to date, then runs."""
    from services.running import run_process

    await prepare(found, dsn)
    return await run_process("embedded", found, dsn, listener)


async def prepare(found: Settings, dsn: str) -> None:
    """Migrate, then seed."""
    await upgrade(dsn)
    await _seed(found, dsn)


async def _seed(found: Settings, dsn: str) -> None:
    database = await connect(dsn, name="seed", pool_max=2)
    try:
        loaded = await seeding.load(database, SystemClock())
    finally:
        await database.close()
    if loaded.kinds:
        out.print(f"Loaded {', '.join(loaded.kinds)}; {loaded.households_due} households are due.")
    else:
        out.print("Policy and areas are up to date.")


@app.command()
def rebuild(
    verify: Annotated[
        bool, typer.Option("--verify", help="recompute into fresh tables and compare")
    ] = False,
) -> None:
    """Recompute every timeline from the events; exit 1 with a readable diff if anything differs."""
    from services import rebuild as rebuilding

    if not verify:
        raise StartError("say `registry rebuild --verify`; results are recomputed by the workers")
    with database_address(settings()) as dsn:
        run_async(rebuilding.verify(dsn, out))


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="a CSV, XLSX or NDJSON file")],
    kind: Annotated[str, typer.Option(help="a door: household-events, disbursements, …")],
    dry_run: Annotated[bool, typer.Option(help="check only, store nothing")] = False,
) -> None:
    """Import a file through the same door as the HTTP interface; good rows are kept."""
    from services import operations

    found = settings()
    with database_address(found) as dsn:
        run_async(operations.import_file(found, dsn, file, kind, dry_run))


@ingest.command("articles")
def ingest_articles(
    files: Annotated[list[Path], typer.Argument(help="text or HTML files, one article each")],
) -> None:
    """Record news articles from files."""
    from services import operations

    found = settings()
    with database_address(found) as dsn:
        run_async(operations.ingest_articles(found, dsn, files))


@app.command()
def simulate(
    area: Annotated[str, typer.Option(help="code of the area, e.g. 181")],
    year_from: Annotated[int, typer.Option("--from", help="first year")],
    year_to: Annotated[int, typer.Option("--to", help="last year")],
    seed: Annotated[int, typer.Option(help="the same seed gives the same bytes")] = 1,
    households: Annotated[int | None, typer.Option(help="size, if not the published one")] = None,
    door: Annotated[str | None, typer.Option(help="only this door's items, ready to post")] = None,
) -> None:
    """Write a simulated stream of facts, calibrated on published figures, as NDJSON."""
    from services import simulate as simulation

    areas = simulation.load_areas(seeding.ROOT / "areas")
    figures = simulation.load_figures(seeding.ROOT / "demo" / "published_figures.yaml")
    stream = simulation.simulate(
        area, year_from, year_to, seed, areas=areas, figures=figures, households=households
    )
    written = simulation.write_ndjson(stream, sys.stdout.buffer, door)
    print(f"{written} items", file=sys.stderr)


@quarantined.command("list")
def quarantine_list(limit: int = 100) -> None:
    """List what is in quarantine."""
    from services import operations

    with database_address(settings()) as dsn:
        run_async(operations.quarantine_list(dsn, limit))


@quarantined.command("show")
def quarantine_show(quarantine_id: int) -> None:
    """Show one quarantined item in full."""
    from services import operations

    with database_address(settings()) as dsn:
        run_async(operations.quarantine_show(dsn, quarantine_id))


@quarantined.command("replay")
def quarantine_replay(quarantine_ids: list[int]) -> None:
    """Send quarantined items once more."""
    from services import operations

    with database_address(settings()) as dsn:
        run_async(operations.quarantine_replay(dsn, quarantine_ids))


@app.command()
def doctor() -> None:
    """Check what a registry needs, one line each: settings, database, seeds, broker, backlog."""
    from services.doctor import examine

    found = settings()
    with database_address(found) as dsn:
        run_async(examine(found, dsn, out))


def main() -> None:
    """Run the command line; a refusal to start is one line, not a stack trace."""
    # Millions of short-lived rows and no cycles: the collector's full passes only cost time.
    gc.set_threshold(50_000, 20, 100)
    try:
        app()
    except (StartError, DomainError, DatabaseUnavailable) as error:
        print(f"registry: {error}", file=sys.stderr)
        sys.exit(2)
