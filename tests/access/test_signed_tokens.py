"""Signed tokens over HTTP: got with a secret, good for what the client may do at that moment."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.requests import Request

from services.commands import clients as commands
from shared.access.store import signing_keys
from shared.access.tokens import new_key
from shared.http.auth import Tokens, authorize, authorize_anew
from shared.http.outside_issuer import OutsideIssuer
from shared.http.problems import Problem
from shared.http.registered import Registered
from shared.http.wrong_tokens import FREE, WrongTokens
from tests.access import issuing
from tests.access.issuing import claims, confused, signed, unsigned
from tests.access.letting_in import bearer, change, let_in, token_of
from tests.facts import assessed
from tests.harness import Registry, registry

ASK = "/v1/households?limit=1"


@pytest_asyncio.fixture
async def guarded(app: Registry) -> AsyncIterator[Registry]:
    """A registry with auth on, that answers wrong tokens at once."""
    app.tokens = Tokens(())
    app.app.state.wrong_tokens = WrongTokens(sleep=lambda _: None)
    app.clock.advance(timedelta(0))
    yield app


async def _status(world: Registry, token: str, path: str = ASK, **headers: str) -> int:
    return (await world.client.get(path, headers=bearer(token) | headers)).status_code


async def test_a_secret_gets_a_token_and_the_token_an_answer(guarded: Registry) -> None:
    client, secret = await let_in(guarded, "a", "20", ["households:read", "statistics:read"])
    form = {"grant_type": "client_credentials"}
    by_form = form | {"client_id": client.client_id, "client_secret": secret}
    for answer in (
        await guarded.client.post("/oauth2/token", data=form, auth=(client.client_id, secret)),
        await guarded.client.post("/oauth2/token", data=by_form),
    ):
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        body = answer.json()
        assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
        assert body["scope"] == "households:read statistics:read"
        assert await _status(guarded, body["access_token"]) == 200
        assert await _status(guarded, body["access_token"], "/v1/funds") == 403
    narrow = await token_of(guarded, client, secret, scope="statistics:read")
    assert await _status(guarded, narrow) == 403


@pytest.mark.parametrize(
    ("change_form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": None}, 400, "unsupported_grant_type"),
        ({"client_secret": "x"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "c-nobody"}, 401, "invalid_client"),
        ({"client_id": None}, 400, "invalid_request"),
        ({"scope": "operations"}, 400, "invalid_scope"),
        ({"scope": "everything"}, 400, "invalid_scope"),
    ],
)
async def test_who_asks_wrongly_gets_no_token(
    guarded: Registry, change_form: dict[str, Any], status: int, error: str
) -> None:
    client, secret = await let_in(guarded, "a", scopes=["households:read"])
    form: dict[str, Any] = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": secret,
    }
    sent = {name: value for name, value in (form | change_form).items() if value is not None}
    answer = await guarded.client.post("/oauth2/token", data=sent)
    body = answer.json()
    assert (answer.status_code, body["error"], body["code"]) == (status, error, error)


async def test_a_form_that_can_be_read_in_two_ways_is_read_in_none(guarded: Registry) -> None:
    client, secret = await let_in(guarded, "a")
    form = f"grant_type=client_credentials&client_id={client.client_id}&client_secret={secret}"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    basic = b64encode(f"{client.client_id}:{secret}".encode()).decode()
    for body, headers in (
        (form + "&client_id=c-other", kind),
        (form, kind | {"authorization": f"Basic {basic}"}),
        (form, kind | {"authorization": "Basic !"}),
        (form, {"content-type": "application/json"}),
        (form + "&x=" + "x" * 20_000, kind),
    ):
        answer = await guarded.client.post("/oauth2/token", content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), headers


async def test_a_revoked_client_is_shut_out_everywhere_without_a_restart(
    guarded: Registry, dsn: str
) -> None:
    client, secret = await let_in(guarded, "a")
    token = await token_of(guarded, client, secret)
    async with registry(dsn) as other:
        other.tokens = Tokens(())
        other.clock.instant = guarded.clock.instant
        assert await _status(guarded, token) == await _status(other, token) == 200
        await change(guarded.context.database, client, revoked_at=guarded.clock.now())
        async with asyncio.timeout(5):
            while {await _status(guarded, token), await _status(other, token)} != {401}:
                await asyncio.sleep(0.1)
    answer = await guarded.client.post(
        "/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(client.client_id, secret),
    )
    assert answer.status_code == 401


async def test_changed_grants_count_for_tokens_that_were_given_out_before(
    guarded: Registry,
) -> None:
    await guarded.post("/v1/household-events", {"events": []})
    client, secret = await let_in(guarded, "a", "20", ["households:read", "statistics:read"])
    token = await token_of(guarded, client, secret)
    assert await _status(guarded, token) == 200
    assert await _status(guarded, token, "/v1/areas/01/statistics") == 404
    await change(guarded.context.database, client, scopes=frozenset({"statistics:read"}), area="01")
    async with asyncio.timeout(5):
        while await _status(guarded, token) != 403:
            await asyncio.sleep(0.1)
    assert await _status(guarded, token, "/v1/areas/01/statistics") == 200


async def test_keys_are_changed_without_a_moment_in_which_tokens_fail(
    guarded: Registry, dsn: str
) -> None:
    client, secret = await let_in(guarded, "a")
    before = await token_of(guarded, client, secret)
    (first,) = (await guarded.get("/.well-known/jwks.json"))["keys"]
    async with registry(dsn) as other:
        other.tokens = Tokens(())
        other.clock.instant = guarded.clock.instant
        assert await _status(other, before) == 200
        async with guarded.context.database.transaction() as tx:
            new = await signing_keys.rotate(tx, guarded.context.keys.ring(), guarded.clock.now())
        published = await guarded.get("/.well-known/jwks.json")
        assert {key["kid"] for key in published["keys"]} == {first["kid"], new.kid}
        for seconds in (0, 9, 11):
            guarded.clock.advance(timedelta(seconds=seconds))
            other.clock.instant = guarded.clock.instant
            token = await token_of(guarded, client, secret)
            for world in (guarded, other):
                assert await _status(world, token) == await _status(world, before) == 200
    guarded.clock.advance(timedelta(seconds=15 * 60 + 60))
    (last,) = (await guarded.get("/.well-known/jwks.json"))["keys"]
    assert last["kid"] == new.kid and "d" not in last
    assert await _status(guarded, before) == 401


async def test_every_wrong_token_is_401_and_counted_and_says_no_more(guarded: Registry) -> None:
    client, secret = await let_in(guarded, "a")
    good = await token_of(guarded, client, secret)
    async with guarded.context.database.statement() as snapshot:
        (stored,) = await signing_keys.list_keys(snapshot)
    key, other = stored.private(guarded.context.keys.ring()), new_key()
    now = int(guarded.clock.now().timestamp())
    said = claims(client_id=client.client_id, sub=client.client_id)
    said |= {"iat": now, "nbf": now, "exp": now + 900}
    assert await _status(guarded, signed(key, said)) == 200
    wrong = {
        "iss": signed(key, said | {"iss": "urn:else"}),
        "aud": signed(key, said | {"aud": "else"}),
        "exp": signed(key, said | {"exp": now - 60}),
        "nbf": signed(key, said | {"nbf": now + 60}),
        "kid": signed(other, said),
        "signature": signed(other, said, kid=key.kid),
        "alg none": unsigned(key, said),
        "alg of a secret": confused(key, said, key.as_pem(private=False)),
        "client": signed(key, said | {"client_id": "c-nobody"}),
        "too long": good + "A" * 10_000,
        "static": "x",
    }
    reasons: list[str] = []
    guarded.app.state.wrong_tokens = WrongTokens(reasons.append, sleep=lambda _: None)
    bodies = set()
    for name, token in wrong.items():
        answer = await guarded.client.get(ASK, headers=bearer(token))
        assert answer.status_code == 401, name
        bodies.add(answer.content)
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert len(bodies) == 1 and len(reasons) == len(wrong)
    assert await _status(guarded, good) == 200


async def test_wrong_tokens_are_slowed_and_right_ones_are_not(guarded: Registry) -> None:
    client, secret = await let_in(guarded, "a")
    good = await token_of(guarded, client, secret)
    waits: list[float] = []
    guarded.app.state.wrong_tokens = WrongTokens(sleep=waits.append)
    for _ in range(FREE + 3):
        assert await _status(guarded, "wrong") == 401
        assert await _status(guarded, good) == 200
    assert len(waits) == 3 and waits == sorted(set(waits)) and waits[0] > 0


async def test_a_token_is_bound_to_the_certificate_that_it_was_fetched_with(
    guarded: Registry,
) -> None:
    settings = guarded.context.settings.model_copy(update={"certificate_header": "x-client-cert"})
    guarded.change(settings=settings)
    client, secret = await let_in(guarded, "a")
    mine, others = "A" * 43, "B" * 43
    form = {"grant_type": "client_credentials"}
    answer = await guarded.client.post(
        "/oauth2/token",
        data=form,
        auth=(client.client_id, secret),
        headers={"x-client-cert": mine},
    )
    token = answer.json()["access_token"]
    assert await _status(guarded, token, **{"x-client-cert": mine}) == 200
    assert await _status(guarded, token, **{"x-client-cert": others}) == 401
    assert await _status(guarded, token) == 401
    bound, secret = await let_in(guarded, "b", certificate=mine)
    for header, status in ((mine, 200), (others, 401), (None, 401)):
        answer = await guarded.client.post(
            "/oauth2/token",
            data=form,
            auth=(bound.client_id, secret),
            headers={"x-client-cert": header} if header else {},
        )
        assert answer.status_code == status
    guarded.change(settings=settings.model_copy(update={"certificate_header": None}))
    assert await _status(guarded, token, **{"x-client-cert": mine}) == 401


ISSUER = "https://sso.example"


def _outside(world: Registry, documents: dict[str, Any]) -> list[str]:
    """Let an outside issuer answer with these documents; return what it is asked for."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        found = documents.get(request.url.path)
        return httpx.Response(200 if found is not None else 500, json=found or {})

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    outside = OutsideIssuer(ISSUER, issuing.AUDIENCE, client)
    database, clock = world.context.database, world.clock
    own = Registered(database, clock, issuing.NAME, issuing.AUDIENCE, outside)
    world.change(registered=own)
    return asked


async def test_an_outside_issuer_s_tokens_grant_what_their_claims_say(guarded: Registry) -> None:
    own_client, own_secret = await let_in(guarded, "own")
    own = await token_of(guarded, own_client, own_secret)
    key, other = new_key(), new_key()
    keys = {"keys": [key.as_dict(private=False)]}
    found = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}
    documents: dict[str, Any] = {"/.well-known/openid-configuration": found, "/keys": keys}
    asked = _outside(guarded, documents)
    now = int(guarded.clock.now().timestamp())
    said = claims(iss=ISSUER, client_id="ministry", nbf=now, exp=now + 60, registry_area="20")
    token = signed(key, said)
    assert await _status(guarded, token) == 200
    assert await _status(guarded, token, "/v1/areas/20/statistics") == 200
    assert await _status(guarded, token, "/v1/areas/01/statistics") == 404
    assert await _status(guarded, token, "/v1/funds") == 403
    assert asked == ["/.well-known/openid-configuration", "/keys"]
    for wrong in (
        own,
        signed(key, said | {"iss": issuing.NAME}),
        signed(key, {n: v for n, v in said.items() if n != "registry_area"}),
        signed(other, said),
    ):
        assert await _status(guarded, wrong) == 401
    async with guarded.context.database.transaction() as tx:
        await tx.execute("DELETE FROM clients")
    await let_in(guarded, "ministry", "01", ["statistics:read"])
    async with guarded.context.database.transaction() as tx:
        await tx.execute("UPDATE clients SET client_id = 'ministry', secret_hash = NULL")
        await tx.execute("UPDATE access_changes SET number = number + 1")
    async with asyncio.timeout(5):
        while await _status(guarded, token, "/v1/areas/01/statistics") != 200:
            await asyncio.sleep(0.1)
    assert await _status(guarded, token) == 403, "what stands here counts, not the claims"
    answer = await guarded.client.post("/oauth2/token", data={"grant_type": "client_credentials"})
    assert answer.status_code == 404
    await guarded.context.registered.close()


async def test_an_issuer_that_says_it_is_another_one_is_not_believed(guarded: Registry) -> None:
    key = new_key()
    found = {"issuer": "https://else.example", "jwks_uri": f"{ISSUER}/keys"}
    keys = {"keys": [key.as_dict(private=False)]}
    _outside(guarded, {"/.well-known/openid-configuration": found, "/keys": keys})
    now = int(guarded.clock.now().timestamp())
    said = claims(iss=ISSUER, nbf=now, exp=now + 60, registry_area="20")
    answer = await guarded.client.get(ASK, headers=bearer(signed(key, said)))
    assert (answer.status_code, answer.json()["code"]) == (503, "issuer_unavailable")
    await guarded.context.registered.close()


async def test_the_commands_let_in_grant_and_shut_out(
    guarded: Registry, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    client, _ = await let_in(guarded, "a")
    fresh = {**vars_of(client), "client_id": "c-new", "name": "new", "area": "20"}
    assert await commands._add(guarded.context.keys, dsn, type(client)(**fresh), "the secret") == 0
    said = capsys.readouterr()
    assert said.out == "client_id=c-new\nclient_secret=the secret\n" and "this once" in said.err
    assert await commands._add(guarded.context.keys, dsn, type(client)(**fresh), "x") == 1
    assert await commands._change(dsn, "new", {"scopes": frozenset({"operations"})}) == 0
    assert await commands._change(dsn, "c-new", {"revoked_at": guarded.clock.now()}) == 0
    assert await commands._change(dsn, "new", {"area": "20"}) == 1
    assert await commands._change(dsn, "nobody", {}) == 1
    capsys.readouterr()
    await commands._list(dsn)
    assert "operations" in capsys.readouterr().out


def vars_of(client: Any) -> dict[str, Any]:
    """Return the fields of a client."""
    return {name: getattr(client, name) for name in client.__slots__}


async def test_writes_go_by_the_same_callers(guarded: Registry) -> None:
    client, secret = await let_in(guarded, "a", scopes=["ingest:write"])
    headers = bearer(await token_of(guarded, client, secret))
    body = {"events": [assessed("W-1", "2023-12-14")]}
    assert (await guarded.post("/v1/household-events", body)).status_code == 401
    assert (await guarded.post("/v1/household-events", body, headers=headers)).status_code == 202


async def test_what_is_answered_for_long_ends_with_its_client(guarded: Registry) -> None:
    client, secret = await let_in(guarded, "a")
    token = (await token_of(guarded, client, secret)).encode()
    request = Request(
        {
            "type": "http",
            "headers": [(b"authorization", b"Bearer " + token)],
            "app": guarded.app,
            "state": {},
            "client": None,
        }
    )
    assert (await authorize(request, "households:read")).client_id == client.client_id
    await change(guarded.context.database, client, revoked_at=guarded.clock.now())
    async with asyncio.timeout(5):
        with pytest.raises(Problem, match="unauthorized"):
            while await authorize_anew(request, "households:read"):
                await asyncio.sleep(0.1)
