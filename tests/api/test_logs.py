"""Log lines: structured, with routes and ids of requests, without anything said of people."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import orjson
import pytest
import structlog

from shared.observability.logging import set_up
from tests.harness import Registry


@pytest.fixture
def lines() -> Iterator[None]:
    """JSON logging, put back afterwards."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield
    root.handlers[:] = kept
    root.setLevel(level)
    structlog.reset_defaults()


def _set_up() -> None:
    """Set up as a process does, but bind no module's logger to this test's capture for good."""
    set_up("json", "info")
    structlog.configure(**{**structlog.get_config(), "cache_logger_on_first_use": False})


def test_an_error_is_logged_with_its_place_and_without_its_message(
    lines: None, capsys: pytest.CaptureFixture[str]
) -> None:
    _set_up()
    for log in (structlog.get_logger(), logging.getLogger("asyncpg")):
        try:
            raise ValueError("Nguyễn Văn A")
        except ValueError:
            log.exception("something.failed")
    written = capsys.readouterr().err
    assert "Nguyễn" not in written
    for line in written.splitlines():
        found = orjson.loads(line)
        assert (found["event"], found["error"]) == ("something.failed", "ValueError")
        assert found["level"] == "error"


async def test_one_line_a_request_with_the_template_and_not_the_path(
    lines: None, app: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    _set_up()
    await app.client.get("/v1/households/SECRET-9", headers={"X-Request-ID": "r-1"})
    await app.client.get("/SECRET-9", headers={"X-Request-ID": "bad id"})
    written = capsys.readouterr().err
    assert "SECRET" not in written
    requests = [
        found
        for line in written.splitlines()
        if (found := orjson.loads(line))["event"] == "http.request"
    ]
    assert [(r["route"], r["status"]) for r in requests] == [
        ("/v1/households/{household_id}", 404),
        ("unmatched", 404),
    ]
    assert requests[0]["request_id"] == "r-1" != requests[1]["request_id"]
