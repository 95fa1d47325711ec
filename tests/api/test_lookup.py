"""Many households at once: each as the list shows it; what is outside is as what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from shared.http.auth import OFF, tokens_of
from tests.facts import assessed
from tests.harness import Registry

PATH = "/v1/households/lookup"


@pytest.fixture
def guarded(app: Registry) -> Iterator[Registry]:
    """Serve a client of one commune as well as the country's."""
    yield app
    app.tokens = OFF


async def asked(app: Registry, *ids: str, **more: Any) -> dict[str, Any]:
    response = await app.post(PATH, {"household_ids": ids, **more})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_each_stands_as_in_the_list_and_what_is_not_there_is_named(app: Registry) -> None:
    await app.send([assessed("A", "2023-12-14"), assessed("B", "2024-12-14")])
    day = "2024-06-30"
    answer = await asked(app, "B", "A", "NOBODY", "A", as_of=day)
    assert answer["items"] == (await app.get("/v1/households", as_of=day))["items"]
    assert [item["household_id"] for item in answer["items"]] == ["A"]
    assert answer["unknown"] == ["B", "NOBODY"]
    later = await asked(app, "A", "B", as_of="2024-12-31")
    assert [item["household_id"] for item in later["items"]] == ["A", "B"]


async def test_it_answers_as_known_at_an_instant(app: Registry) -> None:
    posted = assessed("A", "2023-12-14")
    await app.send([posted])
    before = (await asked(app, "A", as_of="2024-01-01"))["settled_at"]
    await app.send([{**posted, "revision": 2, "income_vnd": 9_000_000, "deprived": []}])
    then = await asked(app, "A", as_of="2024-01-01", known_at=before)
    assert (then["items"][0]["status"], then["known_at"]) == ("poor", before)
    now = await asked(app, "A", as_of="2024-01-01")
    assert now["items"][0]["status"] == "non_poor"
    future = await app.post(PATH, {"household_ids": ["A"], "known_at": "2099-01-01T00:00:00Z"})
    assert (future.status_code, future.json()["code"]) == (422, "in_future")


async def test_what_lies_outside_is_told_as_what_is_not_there(guarded: Registry) -> None:
    await guarded.send(
        [assessed("IN", "2023-12-14"), assessed("OUT", "2023-12-14", area_code="06097")]
    )
    guarded.tokens = tokens_of(
        [
            {
                "name": "commune",
                "token_sha256": sha256(b"commune").hexdigest(),
                "scopes": ["households:read"],
                "area": "06091",
            }
        ]
    )
    response = await guarded.client.post(
        PATH,
        json={"household_ids": ["IN", "OUT", "NOBODY"], "as_of": "2023-12-31"},
        headers={"authorization": "Bearer commune"},
    )
    answer = response.json()
    assert [item["household_id"] for item in answer["items"]] == ["IN"]
    assert answer["unknown"] == ["NOBODY", "OUT"]
    assert (await guarded.client.post(PATH, json={"household_ids": ["IN"]})).status_code == 401


@pytest.mark.parametrize(
    "body",
    [{}, {"household_ids": []}, {"household_ids": ["A"] * 1001}, {"household_ids": ["a b"]}],
)
async def test_what_is_no_question_is_refused(app: Registry, body: dict[str, Any]) -> None:
    response = await app.post(PATH, body)
    assert (response.status_code, response.json()["errors"][0]["pointer"][:14]) == (
        422,
        "/household_ids",
    )


@pytest.mark.parametrize(
    ("instant", "code"),
    [("2024-01-01T00:00:00", "invalid_instant"), ("2099-01-01T00:00:00Z", "in_future")],
)
async def test_what_is_no_instant_is_refused(app: Registry, instant: str, code: str) -> None:
    answer = await app.post(
        "/v1/households/lookup", {"household_ids": ["L-1"], "known_at": instant}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["pointer"] == "/known_at"
