"""What was answered for a past instant is answered for ever, byte for byte; rows only ever end."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random
from typing import Any

from shared.kernel import knowledge
from tests.facts import RICH, assessed, closed, moved, total
from tests.harness import Registry

HOUSEHOLDS = [f"FH-{number}" for number in range(25)]
AREAS = ("06091", "06103")
QUESTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("/v1/households/{household}", {"as_of": "2024-06-01"}),
    ("/v1/households/{household}", {"as_of": "2026-11-01"}),
    ("/v1/households/{household}/timeline", {}),
    ("/v1/households/{household}/events", {"limit": "1000"}),
    ("/v1/households/{household}/explanation", {"as_of": "2025-06-01"}),
    ("/v1/households", {"area": "20", "as_of": "2025-06-30", "limit": "1000"}),
    ("/v1/households", {"status": "poor", "not_reviewed_since": "2024-01-01"}),
    ("/v1/areas/20/statistics", {"as_of": "2025-01-01"}),
    ("/v1/areas/06103/statistics", {"as_of": "2025-08-01"}),
    (
        "/v1/areas/20/movement",
        {"list": "poor", "from_date": "2022-12-31", "to_date": "2026-01-01"},
    ),
)
Asked = tuple[str, dict[str, str], tuple[int, str, str | None]]


def some_events(rng: Random, count: int) -> list[dict[str, Any]]:
    made = []
    for _ in range(count):
        household, year = rng.choice(HOUSEHOLDS), rng.randint(2022, 2026)
        day, area = f"{year}-{rng.randint(1, 10):02}-14", rng.choice(AREAS)
        said: dict[str, Any] = rng.choice(({}, RICH, {"deprived": ["water"]}))
        which = rng.random()
        if which < 0.75:
            made.append(assessed(household, day, area_code=area, **said))
        elif which < 0.95:
            made.append(moved(household, day, area))
        else:
            made.append(closed(household, f"{year}-12-31"))
    return made


def correction(rng: Random, event: dict[str, Any], revision: int) -> dict[str, Any]:
    if rng.random() < 0.2:
        kept = {name: event[name] for name in ("type", "source", "external_id")}
        return {**kept, "revision": revision, "withdrawn": True}
    changed = {**event, "revision": revision}
    if rng.random() < 0.3:
        changed["household_id"] = rng.choice(HOUSEHOLDS)
    if event["type"] == "assessed":
        changed |= rng.choice(({"income_vnd": 1_000}, RICH))
    return changed


async def answer(app: Registry, path: str, asked: dict[str, str]) -> tuple[int, str, str | None]:
    """Return status, body without the watermark, and ETag."""
    response = await app.client.get(path, params=asked)
    body = response.json()
    body.pop("settled_at", None)
    return response.status_code, json.dumps(body), response.headers.get("etag")


async def last_commit(app: Registry) -> str:
    async with app.context.database.snapshot() as snapshot:
        return (await knowledge.settled(snapshot)).isoformat()


async def ask_everything(app: Registry, rng: Random, known_at: str) -> list[Asked]:
    asked: list[Asked] = []
    for path, params in QUESTIONS:
        where = path.format(household=rng.choice(HOUSEHOLDS))
        given = {**params, "known_at": known_at}
        asked.append((where, given, await answer(app, where, given)))
    return asked


async def test_twenty_instants_answer_the_same_after_a_thousand_corrections(app: Registry) -> None:
    rng = Random(20)
    sent: list[dict[str, Any]] = []
    before: list[Asked] = []
    for number in range(20):
        new = some_events(rng, 20)
        await app.send(new)
        fact = total(rng.choice(("20", *AREAS)), f"{2021 + number % 4}-12-31", 1000 + number)
        await app.send([fact], "area-facts")
        sent += new
        before += await ask_everything(app, rng, await last_commit(app))
    assert {status for _, _, (status, _, _) in before} <= {200, 404}
    revisions: dict[str, int] = {}
    for _ in range(40):
        batch = []
        for event in rng.sample(sent, 25):
            revision = revisions[event["external_id"]] = revisions.get(event["external_id"], 1) + 1
            batch.append(correction(rng, event, revision))
        await app.send(batch)
    for path, asked, first in before:
        assert await answer(app, path, asked) == first, (path, asked)


async def test_a_correction_ends_rows_and_overwrites_nothing(app: Registry) -> None:
    rng = Random(21)
    sent = some_events(rng, 60)
    await app.send(sent)
    for revision in range(2, 6):
        before = await everything(app)
        await app.send([correction(rng, event, revision) for event in rng.sample(sent, 20)])
        after = await everything(app)
        for key, row in before.items():
            assert after[key] == row or (row[-1] is None and after[key][:-1] == row[:-1])
        assert len(after) > len(before)


async def everything(app: Registry) -> dict[Any, tuple[Any, ...]]:
    """Return every row by its key, its end in system time last."""
    async with app.context.database.snapshot() as snapshot:
        rows = await snapshot.fetch("SELECT * FROM episodes")
        found: dict[Any, tuple[Any, ...]] = {
            (r["household_id"], r["valid_from"], r["known_from"]): _with_end(r, "known_to")
            for r in rows
        }
        assert len(found) == len(rows)
        for r in await snapshot.fetch("SELECT * FROM transitions"):
            found["transition", r["seq"]] = _with_end(r, "retracted_at")
        for r in await snapshot.fetch("SELECT * FROM household_events"):
            found["event", r["event_id"]] = (*(str(v) for v in r.values()), None)
        return found


def _with_end(row: Any, end: str) -> tuple[Any, ...]:
    return (*(value for name, value in row.items() if name != end), row[end])


async def test_not_settled_while_a_writer_holds_the_clock(app: Registry) -> None:
    await app.send([assessed("FH-1", "2023-12-14")])
    path, database = "/v1/households/FH-1", app.context.database
    async with database.transaction() as tx:
        held = await knowledge.tick(tx)
        refused = await app.client.get(path, params={"known_at": held.isoformat()})
        assert (refused.status_code, refused.json()["code"]) == (422, "not_settled")
        latest = await app.get(path, as_of="2024-01-01")
        assert latest["status"] == "poor"
        watermark = {"known_at": latest["settled_at"], "as_of": "2024-01-01"}
        at_watermark = await answer(app, path, watermark)
        assert at_watermark[0] == 200
    assert (await answer(app, path, {"known_at": held.isoformat()}))[0] == 200
    assert await answer(app, path, watermark) == at_watermark


async def test_with_no_writer_this_moment_is_settled_and_the_next_hour_is_not(
    app: Registry,
) -> None:
    await app.send([assessed("FH-1", "2023-12-14")])
    async with app.context.database.snapshot() as snapshot:
        now: datetime = await snapshot.fetchval("SELECT clock_timestamp()")
    path, asked = "/v1/households/FH-1", {"known_at": now.isoformat(), "as_of": "2025-01-01"}
    before = await answer(app, path, asked)
    assert before[0] == 200
    await app.send([assessed("FH-1", "2024-12-14", **RICH)])
    assert await answer(app, path, asked) == before
    later = (now + timedelta(hours=1)).isoformat()
    refused = await app.client.get(path, params={"known_at": later})
    assert (refused.status_code, refused.json()["code"]) == (422, "in_future")


async def test_a_withdrawal_that_came_first_is_unknown_until_its_household_is(
    app: Registry,
) -> None:
    late = assessed("FH-2", "2023-12-14")
    await app.send([assessed("FH-2", "2022-12-14")])
    kept = {name: late[name] for name in ("type", "source", "external_id")}
    await app.send([{**kept, "revision": 2, "withdrawn": True}])
    asked = {"known_at": await last_commit(app)}
    before = await answer(app, "/v1/households/FH-2/events", asked)
    await app.send([late])
    assert await answer(app, "/v1/households/FH-2/events", asked) == before
    now = await app.get("/v1/households/FH-2/events")
    assert len(now["items"]) == 3
