"""What takes too long is ended by itself, and says what was slow."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import orjson
import pytest

from services.ingest import pace
from services.ingest.bodies import read_request
from services.ingest.pace import Pace, Stage
from shared.facts import FACTS
from shared.http.problems import Problem
from tests import facts
from tests.harness import Registry

DAY = date(2023, 12, 14)


@pytest.mark.parametrize(
    ("stage", "status", "said"),
    [
        ("sender", 408, "most of it waiting for rows"),
        ("checks", 503, "most of it checking rows"),
        ("store", 503, "most of it storing rows"),
    ],
)
def test_the_slowest_stage_is_named(stage: Stage, status: int, said: str) -> None:
    going = Pace(seconds_max=100.0)
    going.reached("sender")
    going.spent[stage] = 101.0
    with pytest.raises(Problem) as refused:
        going.reached("checks")
    assert (refused.value.status, refused.value.code) == (status, "import_too_slow")
    assert said in refused.value.detail


async def test_a_stream_has_its_time(app: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "IMPORT_SECONDS", 0.0)
    line = orjson.dumps(facts.assessed("SLOW-1", str(DAY))) + b"\n"
    headers = {"content-type": "application/x-ndjson"}
    answer = await app.client.post("/v1/household-events", content=line, headers=headers)
    problem = answer.json()
    assert problem["code"] == "import_too_slow"
    found = await app.client.get(f"/v1/imports/{problem['import_id']}")
    assert found.json()["state"] == "interrupted"


def test_the_thread_of_slow_checks_ends_itself() -> None:
    kind, begun = FACTS["household-events"], []

    class World:
        def __getattr__(self, name: str) -> Any:
            begun.append(name)
            raise AssertionError(name)

    body = orjson.dumps({"events": [facts.assessed(f"A-{n}", str(DAY)) for n in range(1000)]})
    with pytest.raises(Problem, match="checks_too_slow"):
        read_request(kind, body, cast("Any", World()), ends=0.0)
    assert begun == []
