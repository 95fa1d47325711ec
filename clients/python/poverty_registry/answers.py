"""Answers of httpx as the client gives them on, and the token that goes with questions."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx

from poverty_registry.calls import AGAIN, UNDONE, Call, RegistryError, pause

JSON_KINDS = ("application/json", "application/ld+json", "application/problem+json")


def read(response: httpx.Response) -> Any:
    """Return what an answer says, bytes if it is no JSON; raise what it refuses."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    if response.is_success:
        return response.json() if kind in JSON_KINDS else response.content
    problem = response.json() if kind in JSON_KINDS else {"detail": response.text[:500]}
    raise RegistryError(response.status_code, problem, response.headers.get("x-request-id"))


def seconds_to_wait(call: Call, response: httpx.Response, attempt: int) -> float | None:
    """Return after how many seconds to ask again; None: this is the answer."""
    if response.status_code not in (AGAIN if call.repeatable else UNDONE):
        return None
    return pause(attempt, response.headers.get("retry-after"), datetime.now(UTC))


def token_call(credentials: tuple[str, str]) -> Call:
    """Return the question for a token by the id and secret of a client."""
    pair = ":".join(quote(part, safe="") for part in credentials)
    headers = {
        "authorization": f"Basic {b64encode(pair.encode()).decode()}",
        "content-type": "application/x-www-form-urlencoded",
    }
    return Call("POST", "/oauth2/token", body=b"grant_type=client_credentials", headers=headers)


def request_of(
    client: httpx.Client | httpx.AsyncClient, call: Call, token: str | None
) -> httpx.Request:
    """Return a question as httpx sends it."""
    headers = dict(call.headers)
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    given: dict[str, Any] = {}
    if isinstance(call.body, bytes):
        given["content"] = call.body
    elif call.files is not None:
        given |= {"files": call.files, "data": call.body}
    elif call.body is not None:
        given["json"] = call.body
    return client.build_request(
        call.method, call.path, params=call.parameters, headers=headers, **given
    )
