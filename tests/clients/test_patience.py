"""What the Python client does when the registry is busy, gone, or knows it no more."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import httpx
import pytest


def answering(*answers: httpx.Response | Exception) -> tuple[httpx.MockTransport, list[str]]:
    """Return a registry that answers these in turn, and where it notes what was asked."""
    asked: list[str] = []
    left = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.path}")
        given = next(left)
        if isinstance(given, Exception):
            raise given
        return given

    return httpx.MockTransport(answer), asked


def busy(seconds: int) -> httpx.Response:
    return httpx.Response(503, headers={"retry-after": str(seconds)}, json={"code": "busy"})


AREA = httpx.Response(200, json={"code": "181"})


def test_a_busy_registry_is_asked_again_when_it_said(client: ModuleType) -> None:
    transport, asked = answering(busy(3), httpx.ConnectError("gone"), busy(7), AREA)
    slept: list[float] = []
    registry = client.Registry("http://r", transport=transport, sleep=slept.append)
    assert registry.get_area("181")["code"] == "181"
    assert asked == ["GET /v1/areas/181"] * 4
    assert (slept[0], slept[2]) == (3.0, 7.0) and 0 < slept[1] <= 1
    registry.close()


def test_a_file_is_never_sent_again_by_itself(client: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x")
    transport, asked = answering(httpx.ReadError("gone"))
    registry = client.Registry("http://r", transport=transport, sleep=lambda _: None)
    with pytest.raises(httpx.ReadError):
        registry.import_file("household-events", file)
    assert asked == ["POST /v1/imports"]
    registry.close()


def test_it_does_not_ask_for_ever(client: ModuleType) -> None:
    transport, asked = answering(*[busy(0)] * 3)
    registry = client.Registry("http://r", transport=transport, attempts=3, sleep=lambda _: None)
    with pytest.raises(client.RegistryError, match="503 busy"):
        registry.get_area("181")
    assert len(asked) == 3
    registry.close()


def token(text: str) -> httpx.Response:
    return httpx.Response(200, json={"access_token": text, "expires_in": 900})


def test_a_token_that_was_refused_is_fetched_anew_once(client: ModuleType) -> None:
    refused = httpx.Response(401, json={"code": "unauthorized"})
    transport, asked = answering(token("a"), refused, token("b"), AREA, AREA)
    registry = client.Registry(
        "http://r", client_id="c", client_secret="s", transport=transport, sleep=lambda _: None
    )
    registry.get_area("181")
    registry.get_area("181")
    assert asked.count("POST /oauth2/token") == 2
    registry.close()


def test_a_stream_whose_token_was_refused_is_opened_anew_once(client: ModuleType) -> None:
    refused = httpx.Response(401, json={"code": "unauthorized"})
    told = b'id: c1\nevent: transition\ndata: {"seq": 1}\n\n: still here\n\n'
    transport, asked = answering(
        token("a"),
        refused,
        token("b"),
        httpx.Response(200, content=told),
        refused,
        token("c"),
        refused,
    )
    registry = client.Registry(
        "http://r", client_id="c", client_secret="s", transport=transport, sleep=lambda _: None
    )
    changes = registry.follow()
    change = next(changes)
    assert (change.kind, change.cursor, change.item) == ("transition", "c1", {"seq": 1})
    with pytest.raises(client.RegistryError, match="401 unauthorized"):
        next(changes)
    assert asked.count("POST /oauth2/token") == 3
    registry.close()


def test_a_busy_registry_is_asked_for_a_token_again_too(client: ModuleType) -> None:
    """Whoever follows the changes does so for ever, also over a restart in which a token ends."""
    told = b'id: c1\nevent: transition\ndata: {"seq": 1}\n\n'
    bad = httpx.Response(502, text="bad gateway")
    transport, asked = answering(
        *(busy(0), httpx.ConnectError("gone"), token("a")),
        *(bad, bad, httpx.Response(200, content=told)),
    )
    registry = client.Registry(
        *("http://r",), client_id="c", client_secret="s", transport=transport, sleep=lambda _: None
    )
    assert next(registry.follow()).cursor == "c1"
    assert asked == [*["POST /oauth2/token"] * 3, *["GET /v1/transitions/stream"] * 3]
    registry.close()


def test_a_file_that_may_have_been_taken_is_not_sent_again(
    client: ModuleType, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x")
    transport, asked = answering(busy(0), httpx.Response(504, text="gateway timeout"))
    registry = client.Registry("http://r", transport=transport, sleep=lambda _: None)
    with pytest.raises(client.RegistryError, match="504"):
        registry.import_file("household-events", file)
    assert asked == ["POST /v1/imports"] * 2
    registry.close()


def test_an_instant_needs_a_zone(client: ModuleType) -> None:
    transport, _ = answering(AREA)
    registry = client.Registry("http://r", transport=transport)
    with pytest.raises(ValueError, match="zone"):
        registry.get_household("A", known_at=datetime(2024, 1, 1))  # noqa: DTZ001
    registry.close()


def test_what_is_in_a_path_stays_there(client: ModuleType) -> None:
    transport, asked = answering(httpx.Response(200, json={}))
    registry = client.Registry("http://r", transport=transport)
    registry.get_household("a/../b?c", known_at=datetime(2024, 1, 1, tzinfo=UTC))
    assert asked == ["GET /v1/households/a/../b?c"], "decoded: one segment"
    registry.close()
