"""`registry doctor`: one line per thing that a registry needs, and what to do about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Annotated

import orjson
import typer

from services.commands import certificates, surroundings
from services.commands.refusals import refusal
from services.commands.shell import OUT, open_database, run_with_database
from services.commands.wake import overdue
from services.worker.routes import routes, topology
from shared.households.store import announcements, persons
from shared.kernel import server
from shared.kernel.clock import SystemClock
from shared.kernel.database import Database, DatabaseUnavailable
from shared.kernel.key_file import KeyFile
from shared.law.store import seeds
from shared.law.store.seeds import POLICY, SeedCache
from shared.messaging import outbox, quarantine
from shared.messaging.rabbitmq import RabbitMQTransport
from shared.messaging.transport import TransportUnavailable
from shared.migrations.upgrade import head
from shared.settings import Settings

# Instants of facts are the database's, days are the process's: apart by more, midnight is two days.
SKEW_SECONDS_MAX = 30.0
# Law for the day after tomorrow's review has to be loaded before that review begins.
LAW_AHEAD = timedelta(days=92)

Examination = Callable[[], Awaitable[tuple[bool, str]]]


@dataclass(frozen=True)
class Examined:
    """What one examination saw."""

    name: str
    ok: bool
    detail: str


def doctor(
    json: Annotated[bool, typer.Option("--json", help="one JSON document, for programs")] = False,
) -> None:
    """Check what a registry needs, one line each: settings, database, seeds, broker, backlog."""
    run_with_database(lambda settings, dsn: _examine(settings, dsn, json))


async def _examine(settings: Settings, dsn: str, json: bool) -> int:
    """Print what is well and what is not; return 1 if anything is not."""
    examined = await _examined(settings, dsn)
    if json:
        document = {"ok": all(one.ok for one in examined), "checks": list(map(asdict, examined))}
        OUT.print(orjson.dumps(document).decode(), soft_wrap=True, markup=False)
    else:
        for one in examined:
            line = f"{'ok  ' if one.ok else 'FAIL'} {one.name}: {one.detail}"
            OUT.print(line, soft_wrap=True, markup=False)
    return 0 if all(one.ok for one in examined) else 1


async def _examined(settings: Settings, dsn: str) -> list[Examined]:
    broker = {"broker": lambda: _broker(settings)}
    try:
        async with open_database(dsn, "doctor") as database:
            return await _look(
                _examinations(settings, database) | _around(settings, database) | broker
            )
    except DatabaseUnavailable as error:
        return [Examined("database", False, str(error)), *await _look(broker)]


async def _look(examinations: Mapping[str, Examination]) -> list[Examined]:
    examined = []
    for name, look in examinations.items():
        try:
            well, sentence = await look()
        except Exception as error:  # one examination must not hide the others
            well, sentence = False, refusal(error) or f"{type(error).__name__}: {error}"
        examined.append(Examined(name, well, sentence))
    return examined


async def _broker(settings: Settings) -> tuple[bool, str]:
    url = settings.amqp_dsn()
    if url is None:
        return True, "none configured: embedded mode needs none"
    planned = topology(routes(settings, SeedCache()))
    transport = RabbitMQTransport(url, planned, name="registry-doctor")
    try:
        await transport.declare()
        spent = await transport.count_spent()
        idle = [queue for queue, count in (await transport.count_consumers()).items() if not count]
    except TransportUnavailable as error:
        return False, str(error)
    finally:
        await transport.close()
    answers = "RabbitMQ answers; exchanges and queues are declared"
    if spent:
        answers += f"; {spent} messages delivered too often lie in {planned.dead}, a worker"
        answers += " puts them back"
    if idle:
        return False, f"{answers}; nobody takes from {', '.join(idle)}: start a worker"
    return True, answers


async def _sealed(settings: Settings, database: Database) -> tuple[bool, str]:
    ring = KeyFile(settings.persons_keys()).ring()
    async with database.statement() as snapshot:
        if await persons.unsealed(snapshot):
            return False, "some are not encrypted yet: `registry migrate` does it"
    return True, f"encrypted; key {ring.current} wraps"


def _around(settings: Settings, database: Database) -> dict[str, Examination]:
    return {
        "releases": lambda: surroundings.releases(database),
        "audit": lambda: surroundings.audit_heads(database),
        "backup": lambda: surroundings.backup(settings, database),
        "drill": lambda: surroundings.drill(settings, database),
        "archive": lambda: surroundings.archive(database),
        "room": lambda: surroundings.room(settings),
        "signing key": lambda: certificates.signing(database),
        "certificate": lambda: certificates.gateway(settings),
    }


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

    async def clock() -> tuple[bool, str]:
        async with database.statement() as snapshot:
            apart = abs((await server.clock(snapshot) - SystemClock().now()).total_seconds())
        return apart <= SKEW_SECONDS_MAX, f"{apart:.1f} s between this machine and the database's"

    async def law_ahead() -> tuple[bool, str]:
        async with database.snapshot() as snapshot:
            policy = await SeedCache().read(snapshot, POLICY)
        day = SystemClock().today() + LAW_AHEAD
        return True, f"{policy.standards.on(day).id} is in force on {day}"

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
        "law ahead": law_ahead,
        "clock": clock,
        "backlog": backlog,
        "due": due,
        "announced": announced,
        "persons": lambda: _sealed(settings, database),
    }
