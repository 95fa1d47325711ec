"""A registry that is busy: the demo waits, sends again, and says what it waits for."""

from __future__ import annotations

import io

import httpx
import pytest
from rich.console import Console

from services.demo import patience, progress
from services.demo.patience import Patience
from services.demo.progress import DemoProgress
from services.ingest import record
from services.processes.table import Process
from shared.http.problems import unavailable
from shared.kernel.database import DatabaseUnavailable
from tests.harness import Registry

BODY = b'{"a": 1}'


async def test_a_503_is_repeated_after_the_time_that_it_names() -> None:
    bodies: list[bytes] = []
    waits: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        if len(bodies) < 3:
            refusal = {"detail": unavailable().detail}
            return httpx.Response(503, headers={"retry-after": "0"}, json=refusal)
        return httpx.Response(202, json={})

    patient = Patience(httpx.MockTransport(answer), waits.append)
    async with httpx.AsyncClient(transport=patient, base_url="http://demo") as client:
        assert (await client.post("/v1/area-facts", content=BODY)).status_code == 202
    assert bodies == [BODY] * 3
    assert waits == [f"{unavailable().detail}; again in 0 s"] * 2


async def test_a_refusal_is_not_repeated() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(422, json={})

    patient = Patience(httpx.MockTransport(answer), pytest.fail)
    async with httpx.AsyncClient(transport=patient, base_url="http://demo") as client:
        assert (await client.get("/v1/funds")).status_code == 422


async def test_a_database_that_does_not_answer_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "RETRY_SECONDS", 0)
    waits: list[str] = []

    async def look() -> int:
        if not waits:
            raise DatabaseUnavailable("nobody listens")
        return 7

    patient = Patience(httpx.MockTransport(lambda _: httpx.Response(200)), waits.append)
    assert await patient.read(look) == 7
    assert waits == ["nobody listens; again in a moment"]


def lines(*, due: bool, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(progress, "LINE_SECONDS", 0 if due else 3600)
    out = io.StringIO()
    shown = DemoProgress(Console(file=out, force_terminal=False))
    with shown.shown():
        shown.begin("Sending its facts", 8000)
        shown.count(4000, 8000)
        shown.wait("12 messages wait")
        shown.count(8000, 8000)
    return out.getvalue().splitlines()


def test_without_a_terminal_each_step_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lines(due=False, monkeypatch=monkeypatch) == [
        "Sending its facts …",
        "Sending its facts: 8,000 of 8,000",
    ]


def test_without_a_terminal_a_long_step_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert lines(due=True, monkeypatch=monkeypatch)[1:3] == [
        "Sending its facts: 4,000 of 8,000",
        "Sending its facts: 12 messages wait",
    ]


def test_on_a_terminal_there_is_a_bar() -> None:
    out = io.StringIO()
    shown = DemoProgress(Console(file=out, force_terminal=True, width=100))
    with shown.shown():
        shown.begin("Sending its facts", 8000)
        shown.count(4000, 8000)
    assert "4000/8000" in out.getvalue()
    assert "━" in out.getvalue()


async def test_while_a_demo_loads_slowness_is_not_refused(app: Registry) -> None:
    process: Process = app.process
    assert app.context.recorder.seconds() == record.ANSWER_SECONDS
    process.demo_loaded.clear()
    assert app.context.recorder.seconds() == record.LOADING_SECONDS
    process.demo_loaded.set()
    assert app.context.recorder.seconds() == record.ANSWER_SECONDS
