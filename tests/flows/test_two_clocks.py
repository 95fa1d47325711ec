"""Valid time and knowledge time: corrections close rows, and what was answered stays answered."""

from __future__ import annotations

import random
from typing import Any

from shared.kernel import knowledge
from tests.facts import RICH, assessed, corrected, withdrawn
from tests.harness import Registry

AS_OF = "2024-06-01"


async def _settled(app: Registry) -> str:
    async with app.context.database.statement() as snapshot:
        return (await knowledge.settled(snapshot)).isoformat()


async def _answers(app: Registry, households: list[str], known_at: str) -> list[bytes]:
    """Return the bodies of every kind of answer for an instant, clock echoes left out."""
    paths = [f"/v1/households/{h}{part}" for h in households for part in ("", "/timeline")]
    paths += [f"/v1/households/{h}/events" for h in households]
    paths += [f"/v1/households/{h}/explanation" for h in households]
    paths += ["/v1/areas/20/statistics", "/v1/households"]
    found = []
    for path in paths:
        params: dict[str, Any] = {"known_at": known_at}
        if not path.endswith(("/timeline", "/events")):
            params["as_of"] = AS_OF
        response = await app.client.get(path, params=params)
        body = response.json()
        for echo in ("settled_at",):
            body.pop(echo, None)
        found.append(repr((path, response.status_code, body)).encode())
    params = {"list": "poor", "from_date": "2022-12-31", "to_date": AS_OF, "known_at": known_at}
    body = await app.get("/v1/areas/20/movement", **params)
    body.pop("settled_at")
    return [*found, repr(body).encode()]


async def test_a_correction_changes_now_and_not_then(app: Registry) -> None:
    event = assessed("H1", "2023-12-14")
    await app.send([event])
    then = await _settled(app)
    await app.send([corrected(event, income_vnd=3_000_000)])
    now = await app.get("/v1/households/H1", as_of=AS_OF)
    past = await app.get("/v1/households/H1", as_of=AS_OF, known_at=then)
    assert (now["status"], past["status"]) == ("non_poor", "poor")
    assert past["known_at"] is not None


async def test_an_answer_equals_the_one_for_its_own_settled_instant(app: Registry) -> None:
    await app.send([assessed("H1", "2023-12-14")])
    latest = await app.get("/v1/households/H1", as_of=AS_OF)
    again = await app.get("/v1/households/H1", as_of=AS_OF, known_at=latest["settled_at"])
    clocks = {"known_at", "settled_at"}
    assert {k: v for k, v in latest.items() if k not in clocks} == {
        k: v for k, v in again.items() if k not in clocks
    }


async def test_before_anything_was_known_a_household_is_unknown(app: Registry) -> None:
    before = await _settled(app)
    await app.send([assessed("H1", "2023-12-14")])
    response = await app.client.get("/v1/households/H1", params={"known_at": before})
    assert response.status_code == 404


async def test_answers_stay_byte_identical_through_a_thousand_corrections(app: Registry) -> None:
    draw = random.Random(20)
    households = [f"H{n}" for n in range(8)]
    events = [
        assessed(
            h,
            f"{year}-12-{draw.randint(1, 14):02d}",
            assessed_on="2022-10-01",
            **({} if draw.random() < 0.6 else RICH),
        )
        for h in households
        for year in (2022, 2023)
    ]
    recorded: dict[str, list[bytes]] = {}
    for start in range(0, len(events), 4):
        await app.send(events[start : start + 4])
        instant = await _settled(app)
        recorded[instant] = await _answers(app, households, instant)
    for _ in range(50):
        batch = []
        for position in draw.sample(range(len(events)), 10):
            event = events[position]
            change = withdrawn if event.get("withdrawn") is None and draw.random() < 0.1 else None
            if change and "household_id" in event:
                batch.append(change(event))
            else:
                poor = draw.random() < 0.5
                batch.append(
                    corrected(
                        event,
                        income_vnd=1_000_000 if poor else 4_000_000,
                        effective_from=f"{draw.choice((2022, 2023))}-12-{draw.randint(15, 28)}",
                    )
                )
            events[position] = {**event, "revision": batch[-1]["revision"]}
        await app.send(batch * 2)
    for instant, answers in recorded.items():
        assert await _answers(app, households, instant) == answers


async def test_known_at_in_the_future_and_without_a_zone_is_refused(app: Registry) -> None:
    await app.send([assessed("H1", "2023-12-14")])
    for text, code in (("2999-01-01T00:00:00Z", "in_future"), ("2026-01-01T00:00:00", None)):
        response = await app.client.get("/v1/households/H1", params={"known_at": text})
        assert response.status_code == 422
        assert code is None or response.json()["code"] == code
