"""`POST /oauth2/token`: a signed token of fifteen minutes for a client's id and secret; the keys.

Law of the matter: RFC 6749 sections 2.3.1, 4.4 and 5; RFC 8705 section 3; RFC 7517.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode
from binascii import Error
from collections.abc import Awaitable, Callable
from datetime import datetime
from secrets import token_hex
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, unquote_plus

from msgspec import Meta, Struct
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from services.api.access.signing import signing_key
from shared.access.clients import Client
from shared.access.store import clients, signing_keys
from shared.access.tokens import TOKEN_SECONDS, Claims, sign_token
from shared.http.ask import Ask, encode
from shared.http.auth import certificate_of, slow
from shared.http.context import Context, context_of
from shared.http.operations import JSON, Operation, Routes
from shared.http.problems import Problem, ProblemType
from shared.kernel.database import Snapshot

FORM = "application/x-www-form-urlencoded"
FORM_BYTES_MAX = 16 * 1024
GRANT = "client_credentials"

Finding = Callable[[Snapshot, str], Awaitable[Client | None]]

routes = Routes("access")


class TokenRequest(Struct, frozen=True, kw_only=True):
    """What a client asks with; id and secret here, or in `Authorization: Basic`."""

    grant_type: Annotated[Literal["client_credentials"], Meta(description="The only grant.")]
    client_id: Annotated[str | None, Meta(description="As `registry clients add` said.")] = None
    client_secret: Annotated[str | None, Meta(description="As it said once.")] = None
    scope: Annotated[
        str | None, Meta(description="Scopes, separated by blanks; absent: all that it has.")
    ] = None


class AccessToken(Struct, frozen=True):
    """A signed token, to be sent as `Authorization: Bearer`."""

    access_token: Annotated[str, Meta(description="A JWT (RFC 9068), signed by EdDSA.")]
    token_type: Annotated[Literal["Bearer"], Meta(description="How it is sent.")]
    expires_in: Annotated[int, Meta(description="In seconds.")]
    scope: Annotated[str, Meta(description="What it is good for.")]


class PublishedKey(Struct, frozen=True):
    """A key that verifies tokens (RFC 8037)."""

    kty: Annotated[str, Meta(description="Its kind.")]
    crv: Annotated[str, Meta(description="Its curve.")]
    x: Annotated[str, Meta(description="Its public part.")]
    kid: Annotated[str, Meta(description="Its thumbprint, as tokens name it.")]
    use: Annotated[str, Meta(description="What it is for.")]
    alg: Annotated[str, Meta(description="The algorithm.")]


class PublishedKeys(Struct, frozen=True):
    """The keys that verify tokens that still hold."""

    keys: Annotated[list[PublishedKey], Meta(description="The newest first.")]


def _refusal(error: str, detail: str, status: int = 400) -> Problem:
    """Return a problem that is also an error of RFC 6749, section 5.2."""
    headers = {"WWW-Authenticate": 'Basic realm="poverty-registry"'} if status == 401 else None
    return Problem(status, error, detail, headers=headers, error=error, error_description=detail)


NOT_A_CLIENT = _refusal("invalid_client", "no client has this id and secret", 401)
OTHER_GRANT = _refusal("unsupported_grant_type", "grant_type must be client_credentials")
BAD_FORM = _refusal(
    "invalid_request",
    "send a form (application/x-www-form-urlencoded) with grant_type, each field once, and the "
    "client's id and secret either in it or in Authorization: Basic",
)
BAD_SCOPE = _refusal("invalid_scope", "the client does not have every scope that it asks for")
NO_KEY = Problem(
    503,
    "no_signing_key",
    "there is no key to sign with that this process can open; run `registry keys rotate`",
)
ISSUED_ELSEWHERE = Problem(
    404, "issued_elsewhere", "tokens are given out by the issuer that this registry is set up with"
)


async def post_token(request: Request) -> Response:
    context = context_of(request)
    if context.registered.outside is not None:
        raise ISSUED_ELSEWHERE
    form = await read_form(request)
    client_id, secret = _credentials(request, form)
    if form.get("grant_type") != GRANT:
        raise OTHER_GRANT
    client = await authenticated(request, client_id, secret)
    scopes = frozenset(form.get("scope", "").split()) or client.scopes
    if not scopes <= client.scopes:
        raise BAD_SCOPE
    token = await _sign(context, client, scopes, certificate_of(request))
    body = AccessToken(token, "Bearer", TOKEN_SECONDS, " ".join(sorted(scopes)))
    headers = {"cache-control": "no-store", "pragma": "no-cache"}
    return Response(encode(body), 200, headers, media_type=JSON)


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a short form, each of which may be given once."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise BAD_FORM
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > FORM_BYTES_MAX:
                raise BAD_FORM
    except ClientDisconnect:
        raise BAD_FORM from None
    fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    if len({name for name, _ in fields}) < len(fields):
        raise BAD_FORM
    return dict(fields)


def _credentials(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Return id and secret; given in both ways is as wrong as in neither."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        if "client_id" not in form or "client_secret" not in form or kind:
            raise BAD_FORM
        return form["client_id"], form["client_secret"]
    if "client_secret" in form:
        raise BAD_FORM
    try:
        client_id, _, secret = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (Error, ValueError):
        raise BAD_FORM from None
    return unquote_plus(client_id), unquote_plus(secret)


async def authenticated(
    request: Request, named: str, secret: str, find: Finding = clients.find_by_id
) -> Client:
    """Return the client as it stands this moment; a secret takes time to check, in turn."""
    context = context_of(request)
    async with context.database.statement() as snapshot:
        client = await find(snapshot, named)
    async with context.registered.hashing:
        right = await asyncio.to_thread(clients.check_secret, client, secret)
    if client is None or not right or client.revoked_at is not None:
        await slow(request, "secret")
        raise NOT_A_CLIENT
    if client.certificate is not None and client.certificate != certificate_of(request):
        await slow(request, "certificate")
        raise NOT_A_CLIENT
    return client


async def _sign(
    context: Context, client: Client, scopes: frozenset[str], certificate: str | None
) -> str:
    key = await signing_key(context)
    if key is None:
        raise NO_KEY
    begins = int(context.clock.now().timestamp())
    claims = Claims(client.client_id, scopes, begins, begins + TOKEN_SECONDS, certificate)
    registered = context.registered
    return sign_token(claims, registered.issuer, registered.audience, key, token_hex(16))


@routes.get(
    "/.well-known/jwks.json",
    scope=None,
    shown={
        "keys": [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
                "use": "sig",
                "alg": "EdDSA",
            }
        ]
    },
)
async def get_signing_keys(ask: Ask) -> PublishedKeys:
    """Keys that verify tokens.

    The public keys (RFC 7517) of tokens that still hold, the newest first; after a rotation the
    older ones stay until their last token has ended.
    """
    now: datetime = ask.context.clock.now()
    if ask.context.registered.outside is not None:
        return PublishedKeys([])
    async with ask.context.database.statement() as snapshot:
        keys = await signing_keys.list_keys(snapshot)
    return PublishedKeys([_published(key.published) for key in keys if key.verifies(now)])


def _published(document: dict[str, Any]) -> PublishedKey:
    return PublishedKey(**{name: document[name] for name in PublishedKey.__struct_fields__})


routes.serve(
    Operation(
        name="post_token",
        method="POST",
        path="/oauth2/token",
        tag="access",
        summary="Get a token",
        description="A signed token of fifteen minutes for a client's id and secret (OAuth 2.0, "
        "client credentials). What was taken away from the client since then is refused all the "
        "same.",
        answer={JSON: AccessToken},
        body={FORM: TokenRequest},
        problems=[
            ProblemType("The form cannot be read", BAD_FORM),
            ProblemType("Another grant is asked for", OTHER_GRANT),
            ProblemType("A scope that the client does not have", BAD_SCOPE),
            ProblemType("No such client, or another secret", NOT_A_CLIENT),
            ProblemType("Tokens are given out by an outside issuer", ISSUED_ELSEWHERE),
            ProblemType("There is no key to sign with", NO_KEY),
        ],
        shown={FORM: {"grant_type": GRANT, "client_id": "c-5f3e1a6e7b10c2d4"}},
        shown_answer={
            "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9.eyJpc3MiOiIuLi4ifQ.c2lnbmVk",
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": "households:read statistics:read",
        },
    ),
    post_token,
)
