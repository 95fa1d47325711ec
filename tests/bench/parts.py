"""The parts of the bench: what each sets up, measures and holds itself against."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from tests.bench import cpu, measures, processes, reviews

SECONDS = 8.0
ONE, FIVE = reviews.YEARS[-1:], reviews.YEARS
Figures = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a part runs: a fresh database, perhaps a broker, and the sizes asked for."""

    dsn: str
    amqp: str | None
    sizes: Namespace


def ratio(rate: float, limit: float, **more: Any) -> Figures:
    """Return a rate beside its limit."""
    return {
        "rate": round(rate),
        "limit": round(limit),
        "ratio": round(rate / limit, 3),
        **more,
    }


async def _bulk(place: Place, names: Sequence[str], years: Sequence[int]) -> Figures:
    """Load year by year; each year's microseconds an event show what a history costs."""
    households = place.sizes.households
    with ExitStack() as running:
        started = [
            running.enter_context(
                processes.registry(name, place.dsn, place.amqp if name != "embedded" else None)
            )
            for name in names
        ]
        address = started[0][0]
        await measures.bulk(address, place.dsn, "warm", 1_000)
        spent = await cpu.meter(place.dsn, [pid for _, pid in started])
        by_year, seconds, before = [], 0.0, spent()
        for year in years:
            seconds += households / await measures.bulk(
                address, place.dsn, "bulk", households, [year]
            )
            now = spent()
            by_year.append((now - before).per(households))
            before = now
    rate = households * len(years) / seconds
    figures = ratio(rate, await measures.bare_insert(place.dsn, "bulk"))
    last, first = (sum(by_year[n].values()) for n in (-1, 0))
    return figures | {"cpu_us_an_event": by_year, "last_to_first": round(last / first, 2)}


async def bulk_embedded(place: Place) -> Figures:
    """One review a household, one process."""
    return await _bulk(place, ["embedded"], ONE)


async def bulk_embedded_5(place: Place) -> Figures:
    """Five reviews a household, one process."""
    return await _bulk(place, ["embedded"], FIVE)


async def bulk_rabbitmq(place: Place) -> Figures:
    """One review a household, by the broker."""
    return await _bulk(place, ["ingest", "worker"], ONE)


async def bulk_rabbitmq_5(place: Place) -> Figures:
    """Five reviews a household, by the broker and two workers."""
    return await _bulk(place, ["ingest", "worker", "worker"], FIVE)


async def single(place: Place) -> Figures:
    """One event a request."""
    with (
        processes.registry("ingest", place.dsn, place.amqp) as (address, _),
        processes.registry("worker", place.dsn, place.amqp),
    ):
        await measures.single(address, 1.0, "warm")
        rate = await measures.single(address, SECONDS, "single")
    return ratio(rate, await measures.bare_single(place.dsn, SECONDS))


async def _read(place: Place, of: str, years: Sequence[int]) -> Figures:
    count = 1_000
    with processes.registry("embedded", place.dsn) as (address, _):
        await measures.bulk(address, place.dsn, "read", count, years)
    households = [f"read-{n}" for n in range(count)]
    with processes.registry("api", place.dsn) as (address, pid):
        await measures.read(address, households, 1.0, of)
        spent = await cpu.meter(place.dsn, [pid])
        rate = await measures.read(address, households, SECONDS, of)
        used = spent().per(round(rate * SECONDS))
        limit = await measures.bare_read(place.dsn, address, households, SECONDS, of)
    return ratio(rate, limit, cpu_us_an_answer=used)


async def read_household(place: Place) -> Figures:
    """`GET /v1/households/{id}`."""
    return await _read(place, "", ONE)


async def guarded_read(place: Place) -> Figures:
    """The same with authentication, a territory and audit, in turns with none of them."""
    count, turns = IN_HANOI, 3
    with processes.registry("embedded", place.dsn) as (address, _):
        await measures.bulk(address, place.dsn, "guarded", count, ONE)
    households = [f"guarded-{n}" for n in range(count)]
    with (
        TemporaryDirectory(prefix="registry-bench-") as folder,
        processes.registry("api", place.dsn) as (bare, _),
        processes.registry("api", place.dsn, **_guarded(Path(folder))) as (guarded, pid),
    ):
        rates: dict[str, list[float]] = {bare: [], guarded: []}
        for address, token in ((bare, ""), (guarded, TOKEN)):
            await measures.read(address, households, 1.0, token=token)
        spent = await cpu.meter(place.dsn, [pid])
        for _ in range(turns):
            for address, token in ((bare, ""), (guarded, TOKEN)):
                rate = await measures.read(address, households, SECONDS / 2, token=token)
                rates[address].append(rate)
        used = spent().per(round(sum(rates[guarded]) * SECONDS / 2))
    return ratio(median(rates[guarded]), median(rates[bare]), cpu_us_an_answer=used)


# The first communes of the reviews lie in Hà Nội.
HANOI, IN_HANOI = "01", 75
TOKEN = "bench"


def _guarded(folder: Path) -> dict[str, str]:
    """Return the settings of a process with a client bound to the province of the reviews."""
    client = {"name": "bench", "token_sha256": sha256(TOKEN.encode()).hexdigest()}
    client |= {"scopes": ["households:read"], "area": HANOI}
    tokens = folder / "tokens.json"
    tokens.write_bytes(orjson.dumps({"tokens": [client]}))
    anchors = str(folder / "anchors")
    return {
        "AUTH": "on",
        "AUDIT": "on",
        "TOKENS_FILE": str(tokens),
        "AUDIT_ANCHOR_FILE": anchors,
        "REQUESTS_PER_MINUTE": "10000000",
    }


async def timeline(place: Place) -> Figures:
    """`GET /v1/households/{id}/timeline` after five reviews."""
    return await _read(place, "/timeline", FIVE)


async def latency(place: Place) -> Figures:
    """From the 202 to being visible."""
    with (
        processes.registry("ingest", place.dsn, place.amqp) as (ingest, _),
        processes.registry("worker", place.dsn, place.amqp),
        processes.registry("api", place.dsn) as (api, _),
    ):
        await measures.latency(ingest, api, 1.0, 50, "warm")
        return await measures.latency(ingest, api, SECONDS, 200, "steady")


async def memory(place: Place) -> Figures:
    """Of every process while a long stream is read."""
    with (
        processes.registry("ingest", place.dsn, place.amqp) as (address, ingest),
        processes.registry("worker", place.dsn, place.amqp) as (_, worker),
        processes.registry("api", place.dsn) as (_, api),
    ):
        work = measures.bulk(address, place.dsn, "stream", place.sizes.lines)
        pids = {"ingest": ingest, "worker": worker, "api": api}
        return {"lines": place.sizes.lines, **await measures.memory(pids, work)}


async def import_file(place: Place) -> Figures:
    """A CSV file through the door for files, beside the same reviews as NDJSON."""
    rows, rate = place.sizes.lines, 0.0

    async def send(address: str, folder: str) -> None:
        nonlocal rate
        file = Path(folder) / "reviews.csv"
        rate = await measures.import_file(address, place.dsn, "file", rows, file)

    with (
        TemporaryDirectory(prefix="registry-bench-") as folder,
        processes.registry("embedded", place.dsn) as (address, pid),
    ):
        warm = Path(folder) / "warm.csv"
        await measures.import_file(address, place.dsn, "warm", 1_000, warm)
        used = await measures.memory({"embedded": pid}, send(address, folder))
        ndjson = await measures.bulk(address, place.dsn, "lines", min(rows, 100_000))
    rates = {"rows_a_second": round(rate), "ndjson_lines_a_second": round(ndjson)}
    return {"rows": rows, **rates, "to_ndjson": round(rate / ndjson, 2), **used}


async def allocation_score_share(place: Place) -> Figures:
    """A national fund over all communes."""
    with processes.registry("embedded", place.dsn) as (address, _):
        return await measures.allocation_score_share(address, place.dsn)


async def allocation_household_norm(place: Place) -> Figures:
    """A fund over a million eligible households."""
    # The code that it is about is of one commit: the other parts run on any.
    from tests.bench import allocations

    return await allocations.allocation_household_norm(place.dsn, place.sizes.registry)


async def scale(place: Place) -> Figures:
    """Statistics, movement and a rebuild of a whole registry."""
    from tests.bench import scale

    return await scale.measure(place.dsn, place.sizes.registry)


async def webhooks(place: Place) -> Figures:
    """Deliveries to local receivers, beside posting alone."""
    # The code that it is about is of one commit: the other parts run on any.
    from tests.bench import hooks

    return await hooks.webhooks(place.dsn, min(place.sizes.households, 10_000))


async def restore(place: Place) -> Figures:
    """A backup comes back and is verified."""
    from tests.bench import restore

    return await restore.measure(place.dsn)


async def streams(place: Place) -> Figures:
    """Five hundred streams of changes, and how soon all of them have one."""
    # The code that it is about is of one commit: the other parts run on any.
    from tests.bench import streams

    return await streams.streams(place.dsn)


async def page(place: Place) -> Figures:
    """The pages of a province, as eight readers and a browser see them."""
    from tests.bench import page

    return await page.measure(place.dsn, place.sizes.registry)


async def spdci(place: Place) -> Figures:
    """A thousand identifiers a message, in the sector's standard."""
    from tests.bench import spdci

    return await spdci.measure(place.dsn, place.sizes.registry)


async def traces(place: Place) -> Figures:
    """A read with its traces recorded, in turns with none."""
    # The code that it is about is of one commit: the other parts run on any.
    from tests.bench import traces

    return await traces.traces(place.dsn)


async def export(place: Place) -> Figures:
    """Every household as a file, with audit on."""
    from tests.bench import exports

    return await exports.measure(place.dsn, place.sizes.registry)


async def officials(place: Place) -> Figures:
    """Books, boards and entitlements of a province or of the country."""
    from tests.bench import officials

    return await officials.measure(place.dsn, place.sizes.registry, place.sizes.area)


Part = Callable[[Place], Awaitable[Figures]]
PARTS: dict[str, Part] = {
    part.__name__: part
    for part in (
        bulk_embedded,
        bulk_embedded_5,
        bulk_rabbitmq,
        bulk_rabbitmq_5,
        single,
        read_household,
        guarded_read,
        timeline,
        latency,
        memory,
        import_file,
        allocation_score_share,
        allocation_household_norm,
        webhooks,
        streams,
        scale,
        page,
        spdci,
        traces,
        export,
        officials,
        restore,
    )
}
NEED_BROKER = frozenset({"bulk_rabbitmq", "bulk_rabbitmq_5", "single", "latency", "memory"})
# Of a whole registry, and leave it as it was: one that is loaded will do.
ON_LOADED = ("scale", "page", "spdci", "export", "officials", "restore")
# Ratios to the bare limit that the registry wants to reach.
REQUIRED = {
    "bulk_embedded": 0.10,
    "bulk_embedded_5": 0.15,
    "bulk_rabbitmq": 0.10,
    "bulk_rabbitmq_5": 0.18,
    "single": 0.5,
    "read_household": 0.65,
    # Beside the same read without them.
    "guarded_read": 0.6,
    "timeline": 0.5,
}
