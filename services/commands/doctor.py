"""`registry doctor`: one line per thing that a registry needs, and what to do about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from services.commands.refusals import refusal
from services.commands.shell import OUT, open_database, run_with_database
from services.commands.wake import overdue
from services.worker.routes import routes, topology
from shared.households.store import announcements
from shared.kernel import server
from shared.kernel.clock import SystemClock
from shared.kernel.database import Database, DatabaseUnavailable
from shared.law.store import seeds
from shared.law.store.seeds import SeedCache
from shared.messaging import outbox, quarantine
from shared.messaging.rabbitmq import RabbitMQTransport
from shared.messaging.transport import TransportUnavailable
from shared.migrations.upgrade import head
from shared.settings import Settings

Examination = Callable[[], Awaitable[tuple[bool, str]]]


def doctor() -> None:
    """Check what a registry needs, one line each: settings, database, seeds, broker, backlog."""
    run_with_database(_examine)


async def _examine(settings: Settings, dsn: str) -> int:
    """Print what is well and what is not; return 1 if anything is not."""
    examinations = {"broker": lambda: _broker(settings)}
    try:
        async with open_database(dsn, "doctor") as database:
            return await _print(_examinations(settings, database) | examinations)
    except DatabaseUnavailable as error:
        OUT.print(f"FAIL database: {error}", soft_wrap=True)
        await _print(examinations)
        return 1


async def _print(examinations: Mapping[str, Examination]) -> int:
    sick = 0
    for name, look in examinations.items():
        try:
            well, sentence = await look()
        except Exception as error:  # one examination must not hide the others
            well, sentence = False, refusal(error) or f"{type(error).__name__}: {error}"
        sick += not well
        OUT.print(f"{'ok  ' if well else 'FAIL'} {name}: {sentence}", soft_wrap=True)
    return 1 if sick else 0


async def _broker(settings: Settings) -> tuple[bool, str]:
    url = settings.amqp_dsn()
    if url is None:
        return True, "none configured: embedded mode needs none"
    planned = topology(routes(settings, SeedCache()))
    transport = RabbitMQTransport(url, planned, name="registry-doctor")
    try:
        await transport.declare()
        spent = await transport.count_spent()
    except TransportUnavailable as error:
        return False, str(error)
    finally:
        await transport.close()
    answers = "RabbitMQ answers; exchanges and queues are declared"
    if spent:
        answers += f"; {spent} messages delivered too often lie in {planned.dead}, a worker"
        answers += " puts them back"
    return True, answers


def _examinations(settings: Settings, database: Database) -> dict[str, Examination]:
    async def postgresql() -> tuple[bool, str]:
        async with database.statement() as snapshot:
            major, version = await server.version(snapshot)
        needed = f"{server.OLDEST_MAJOR} or newer is needed"
        return major >= server.OLDEST_MAJOR, f"PostgreSQL {version} ({needed})"

    async def schema() -> tuple[bool, str]:
        at = await server.schema(database)
        remedy = "`registry migrate` brings it there"
        return at == head(), f"at {at or 'nothing'}, newest {head()} ({remedy})"

    async def seeded() -> tuple[bool, str]:
        async with database.statement() as snapshot:
            kinds = await seeds.digests(snapshot)
        shown = ", ".join(f"{kind} {digest[:8]}" for kind, digest in sorted(kinds.items()))
        return "areas" in kinds and "poverty_standards" in kinds, shown or "nothing is loaded"

    async def backlog() -> tuple[bool, str]:
        async with database.statement() as snapshot:
            rows, age = await outbox.depth(snapshot, settings.outbox_rows_max + 1)
            refused = await quarantine.count_open(snapshot)
        well = rows <= settings.outbox_rows_max and not refused
        return well, f"{rows} messages wait, oldest {age:.0f} s; {refused} items in quarantine"

    async def due() -> tuple[bool, str]:
        lost = await overdue(database)
        return not lost, "; ".join(lost) or "nothing accepted is overdue"

    async def announced() -> tuple[bool, str]:
        async with database.statement() as snapshot:
            day = await announcements.peek(snapshot)
        lag = (SystemClock().today() - day).days
        return lag <= 1, f"up to {day}, {lag} days behind"

    return {
        "database": postgresql,
        "schema": schema,
        "policy and areas": seeded,
        "backlog": backlog,
        "due": due,
        "announced": announced,
    }
