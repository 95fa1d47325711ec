"""A person signs in at the page: with the grants of a client, for a day, and for nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
import pytest_asyncio

from shared.access.sessions import CODE_SECONDS, SESSION_SECONDS, challenge_of
from shared.access.tokens import new_key
from shared.http.auth import OFF, Tokens
from shared.http.outside_issuer import OutsideIssuer
from shared.http.registered import Registered
from shared.http.wrong_tokens import WrongTokens
from tests.access import issuing
from tests.access.letting_in import change, let_in
from tests.harness import Registry

HOST = "http://registry.test"
ISSUER = "https://issuer.test/realm"


@pytest_asyncio.fixture
async def guarded(app: Registry) -> AsyncIterator[Registry]:
    """A registry with auth on, that answers wrong secrets at once."""
    app.tokens = Tokens(())
    app.app.state.wrong_tokens = WrongTokens(sleep=lambda _: None)
    yield app


def browser_at(world: Registry) -> httpx.AsyncClient:
    """Return a browser: it keeps cookies, and follows nothing of itself."""
    headers = {"accept": "text/html,*/*;q=0.8"}
    transport = httpx.ASGITransport(app=world.app)
    return httpx.AsyncClient(transport=transport, base_url=HOST, headers=headers)


@pytest_asyncio.fixture
async def browser(guarded: Registry) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_at(guarded) as client:
        yield client


async def asked(browser: httpx.AsyncClient, to: str = "/places/VN") -> str:
    """Go to sign in; return the address at which the issuer asks who it is."""
    answer = await browser.get("/sign-in", params={"to": to})
    assert answer.status_code == 303
    assert answer.headers["cache-control"] == "no-store"
    return answer.headers["location"]


async def told(browser: httpx.AsyncClient, address: str, name: str, secret: str) -> httpx.Response:
    """Fill in the form and send it."""
    page = await browser.get(address)
    assert page.status_code == 200, page.text
    (action,) = [
        part.split('"')[0] for part in page.text.split('action="')[1:] if part.startswith("/oauth2")
    ]
    form = {"name": name, "secret": secret}
    return await browser.post(unescape(action), data=form)


async def sign_in(
    browser: httpx.AsyncClient, name: str, secret: str, to: str = "/places/VN"
) -> httpx.Response:
    """Sign in; return the answer to the browser that comes back with its code."""
    answer = await told(browser, await asked(browser, to), name, secret)
    assert answer.status_code == 303, answer.text
    return await browser.get(answer.headers["location"])


async def test_who_signs_in_sees_what_a_token_would_show(
    guarded: Registry, browser: httpx.AsyncClient
) -> None:
    client, secret = await let_in(guarded, "Lan", "VN", ["statistics:read"])
    refused = await browser.get("/places/VN?lang=en")
    assert refused.status_code == 401
    (link,) = [
        part.split('"')[0]
        for part in refused.text.split('href="')[1:]
        if part.startswith("/sign-in")
    ]
    assert dict(parse_qsl(urlsplit(unescape(link)).query)) == {
        "lang": "en",
        "to": "/places/VN?lang=en",
    }
    back = await sign_in(browser, "Lan", secret, "/places/VN?lang=en")
    assert (back.status_code, back.headers["location"]) == (303, "/places/VN?lang=en")
    shown = await browser.get(back.headers["location"])
    assert shown.status_code == 200
    assert "Lan" in shown.text and "Sign out" in shown.text
    assert "cookie" in shown.headers["vary"]
    assert (await browser.get("/v1/areas/VN/statistics")).status_code == 200
    assert (await browser.get("/v1/funds")).status_code == 403
    assert (await sign_in(browser, client.client_id, secret)).status_code == 303


@pytest.mark.parametrize(
    ("asked_for", "shown"),
    [
        ("/places/VN?known_at=2026-11-21T03:00:00.000123Z", None),
        ("/v1/areas/20/year-end.xlsx?year=2023", None),
        # More than a browser keeps in a cookie.
        ("/search?q=" + "ệ" * 1900, "/"),
    ],
)
async def test_who_signs_in_goes_on_to_where_they_were(
    asked_for: str, shown: str | None, guarded: Registry, browser: httpx.AsyncClient
) -> None:
    _, secret = await let_in(guarded, "Lan")
    back = await sign_in(browser, "Lan", secret, asked_for)
    assert (back.status_code, back.headers.get("location")) == (303, shown or asked_for)


async def test_a_cookie_changes_nothing(guarded: Registry, browser: httpx.AsyncClient) -> None:
    """Forms of other sites carry it along."""
    _, secret = await let_in(guarded, "Lan")
    await sign_in(browser, "Lan", secret)
    for path in ("/v1/households/lookup", "/v1/household-events"):
        assert (await browser.post(path, json={})).status_code == 401
    assert (await browser.post("/sign-out", data={"form_key": "x"})).status_code == 403
    assert (await browser.get("/places/VN")).status_code == 200


async def test_who_signs_out_is_out(guarded: Registry, browser: httpx.AsyncClient) -> None:
    _, secret = await let_in(guarded, "Lan")
    await sign_in(browser, "Lan", secret)
    kept = dict(browser.cookies)
    page = (await browser.get("/places/VN")).text
    key = page.split('name="form_key" value="')[1].split('"')[0]
    out = await browser.post("/sign-out", data={"form_key": key})
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert not browser.cookies
    browser.cookies.update(kept)
    assert (await browser.get("/places/VN")).status_code == 401


async def test_cookies_are_for_this_host_and_no_script(
    guarded: Registry, browser: httpx.AsyncClient
) -> None:
    _, secret = await let_in(guarded, "Lan")
    back = await sign_in(browser, "Lan", secret)
    for cookie in back.headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    guarded.change(settings=guarded.context.settings.model_copy(update={"behind_tls": True}))
    answer = await browser.get("/sign-in")
    assert answer.headers["set-cookie"].startswith("__Host-registry-signing-in=")
    assert "; Secure" in answer.headers["set-cookie"]
    asked_back = parse_qs(urlsplit(answer.headers["location"]).query)["redirect_uri"]
    assert asked_back == ["https://registry.test/signed-in"]


async def test_a_wrong_secret_is_asked_for_again(
    guarded: Registry, browser: httpx.AsyncClient
) -> None:
    client, secret = await let_in(guarded, "Lan")
    address = await asked(browser)
    for name, wrong in (("Lan", "x"), ("Nobody", secret), ("", "")):
        answer = await told(browser, address, name, wrong)
        assert answer.status_code == 401
        assert "Không có ai mang mã" in answer.text
    await change(guarded.context.database, client, revoked_at=guarded.clock.now())
    assert (await told(browser, address, "Lan", secret)).status_code == 401


async def test_a_code_is_good_once_soon_and_for_the_browser_that_asked(
    guarded: Registry, browser: httpx.AsyncClient
) -> None:
    _, secret = await let_in(guarded, "Lan")

    async def back() -> str:
        answer = await told(browser, await asked(browser), "Lan", secret)
        return answer.headers["location"]

    address = await back()
    async with browser_at(guarded) as stranger:
        # Without the cookie of the browser that asked, and with the cookie of another asking.
        assert (await stranger.get(address)).status_code == 401
        await asked(stranger)
        assert (await stranger.get(address)).status_code == 401
        own = dict(stranger.cookies)["registry-signing-in"].split(".")[0]
        query = dict(parse_qsl(urlsplit(address).query)) | {"state": own}
        # The code meets its challenge only with the verifier of the browser that asked.
        assert (await stranger.get(f"/signed-in?{urlencode(query)}")).status_code == 401
    # Whoever showed it used it up.
    assert (await browser.get(address)).status_code == 401
    address = await back()
    assert (await browser.get(address)).status_code == 303
    assert (await browser.get(address)).status_code == 401
    address = await back()
    guarded.clock.advance(timedelta(seconds=CODE_SECONDS))
    assert (await browser.get(address)).status_code == 401


async def test_a_session_ends_with_the_day_and_with_the_grants(
    guarded: Registry, browser: httpx.AsyncClient
) -> None:
    client, secret = await let_in(guarded, "Lan")
    await sign_in(browser, "Lan", secret)
    guarded.clock.advance(timedelta(seconds=SESSION_SECONDS - 60))
    assert (await browser.get("/v1/funds")).status_code == 200
    guarded.clock.advance(timedelta(seconds=120))
    assert (await browser.get("/v1/funds")).status_code == 401
    await sign_in(browser, "Lan", secret)
    await change(guarded.context.database, client, revoked_at=guarded.clock.now())
    guarded.context.registered._looked_at = -1e9
    assert (await browser.get("/v1/funds")).status_code == 401


@pytest.mark.parametrize("to", ["https://elsewhere.test/", "//elsewhere.test", "/\\elsewhere.test"])
async def test_nobody_is_sent_elsewhere(
    guarded: Registry, browser: httpx.AsyncClient, to: str
) -> None:
    _, secret = await let_in(guarded, "Lan")
    assert (await sign_in(browser, "Lan", secret, to)).headers["location"] == "/"


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": "https://elsewhere.test/signed-in"},
        {"redirect_uri": f"{HOST}/elsewhere"},
        {"client_id": "other"},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
        {"state": ""},
    ],
    ids=str,
)
async def test_the_issuer_gives_codes_to_the_page_alone(
    guarded: Registry, browser: httpx.AsyncClient, wrong: dict[str, str]
) -> None:
    _, secret = await let_in(guarded, "Lan")
    asking = urlsplit(await asked(browser))
    query = dict(parse_qsl(asking.query)) | wrong
    address = f"{asking.path}?{urlencode({n: v for n, v in query.items() if v})}"
    assert (await browser.get(address)).status_code == 400
    answer = await browser.post(address, data={"name": "Lan", "secret": secret})
    assert answer.status_code == 400


async def test_without_authentication_nobody_need_sign_in(app: Registry) -> None:
    app.tokens = OFF
    async with browser_at(app) as browser:
        answer = await browser.get("/sign-in?to=/funds")
    assert (answer.status_code, answer.headers["location"]) == (303, "/funds")


class OutsideSignIn:
    """An issuer with a person at it: whoever is sent there comes back as `subject`."""

    def __init__(self, subject: str, **granted: Any) -> None:
        self.key, self.subject, self.granted = new_key(), subject, granted
        self.forms: list[dict[str, str]] = []
        self.challenge = ""

    def answer(self, request: httpx.Request) -> httpx.Response:
        documents = {
            "/realm/.well-known/openid-configuration": {
                "issuer": ISSUER,
                "jwks_uri": f"{ISSUER}/keys",
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
            },
            "/realm/keys": {"keys": [self.key.as_dict(private=False)]},
        }
        if request.url.path == "/realm/token":
            return self._token(dict(parse_qsl(request.content.decode())))
        return httpx.Response(200, json=documents[request.url.path])

    def _token(self, form: dict[str, str]) -> httpx.Response:
        self.forms.append(form)
        if form["code"] != "good" or challenge_of(form["code_verifier"]) != self.challenge:
            return httpx.Response(400, json={"error": "invalid_grant"})
        now = int(self.now)
        said = issuing.claims(
            iss=ISSUER, sub=self.subject, client_id="page", iat=now, nbf=now, exp=now + 1800
        )
        token = issuing.signed(self.key, said | self.granted)
        return httpx.Response(200, json={"access_token": token, "token_type": "Bearer"})

    now: float = 0.0


def issued_outside(world: Registry, outside: OutsideSignIn) -> None:
    """Let people sign in at an outside issuer."""
    outside.now = world.clock.now().timestamp()
    client = httpx.AsyncClient(transport=httpx.MockTransport(outside.answer))
    issuer = OutsideIssuer(ISSUER, issuing.AUDIENCE, client)
    own = Registered(world.context.database, world.clock, issuing.NAME, issuing.AUDIENCE, issuer)
    settings = world.context.settings.model_copy(update={"oidc_client_id": "registry-page"})
    world.change(registered=own, settings=settings)


async def from_outside(
    browser: httpx.AsyncClient, outside: OutsideSignIn, code: str = "good"
) -> httpx.Response:
    """Sign in at the outside issuer and come back."""
    address = urlsplit(await asked(browser, "/v1/funds"))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{ISSUER}/authorize"
    question = dict(parse_qsl(address.query))
    assert (question["client_id"], question["code_challenge_method"]) == ("registry-page", "S256")
    assert question["redirect_uri"] == f"{HOST}/signed-in"
    outside.challenge = question["code_challenge"]
    back = {"code": code, "state": question["state"], "iss": ISSUER, "session_state": "1"}
    return await browser.get("/signed-in", params=back)


async def test_an_outside_issuer_s_person_has_the_grants_of_the_claims(
    guarded: Registry, browser: httpx.AsyncClient
) -> None:
    outside = OutsideSignIn(
        "lan@office", scope="openid statistics:read", registry_area="20", registry_sources=[]
    )
    issued_outside(guarded, outside)
    assert (await from_outside(browser, outside)).status_code == 303
    assert outside.forms[-1]["grant_type"] == "authorization_code"
    assert (await browser.get("/v1/areas/20/statistics")).status_code == 200
    assert (await browser.get("/v1/areas/01/statistics")).status_code == 404
    assert (await browser.get("/v1/funds")).status_code == 403
    guarded.clock.advance(timedelta(seconds=1800 + 10))
    assert (await browser.get("/v1/areas/20/statistics")).status_code == 401


async def test_an_outside_issuer_s_person_may_be_registered_here(
    guarded: Registry, browser: httpx.AsyncClient
) -> None:
    outside = OutsideSignIn("lan@office", scope="openid funds:read statistics:read")
    issued_outside(guarded, outside)
    assert (await from_outside(browser, outside)).status_code == 401
    client, _ = await let_in(guarded, "Lan", scopes=["funds:read"])
    async with guarded.context.database.transaction() as tx:
        await tx.execute("UPDATE clients SET client_id = $1", "lan@office")
    assert client.name == "Lan"
    assert (await from_outside(browser, outside)).status_code == 303
    assert (await browser.get("/v1/funds")).status_code == 200
    assert (await browser.get("/v1/areas/20/statistics")).status_code == 403


async def test_what_the_outside_issuer_refuses_is_refused(
    guarded: Registry, browser: httpx.AsyncClient
) -> None:
    outside = OutsideSignIn("lan@office", scope="funds:read", registry_area="VN")
    issued_outside(guarded, outside)
    assert (await from_outside(browser, outside, "bad")).status_code == 401
    denied = await browser.get("/signed-in?error=access_denied&state=x")
    assert denied.status_code == 401
    assert (await browser.get("/oauth2/authorize")).status_code == 404


async def test_people_cannot_sign_in_outside_before_the_page_is_known_there(
    guarded: Registry, browser: httpx.AsyncClient
) -> None:
    outside = OutsideSignIn("lan@office")
    issued_outside(guarded, outside)
    guarded.change(settings=guarded.context.settings.model_copy(update={"oidc_client_id": None}))
    answer = await browser.get("/sign-in")
    assert answer.status_code == 404
    assert "REGISTRY_OIDC_CLIENT_ID" in answer.text
