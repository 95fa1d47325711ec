"""The tokens of an outside issuer: its keys are found by OIDC discovery, and asked for again when a
token names one that is not known.

Law of the matter: OpenID Connect Discovery 1.0, section 4; RFC 7517.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpx
import structlog

from shared.access.tokens import (
    OUTSIDE_ALGORITHMS,
    Claims,
    Issuer,
    Key,
    UnknownKey,
    WrongToken,
    read_outside_keys,
    read_token,
)
from shared.http.problems import RETRY_SECONDS, Problem

DISCOVERY = "/.well-known/openid-configuration"
_ENDPOINTS = frozenset({"authorization_endpoint", "token_endpoint"})
KEYS_KEPT_SECONDS = 600.0
# A token with a made-up key must not make us ask the issuer each time.
ASK_AGAIN_SECONDS = 5.0
ANSWER_SECONDS = 5.0
ANSWER_BYTES_MAX = 1024 * 1024

_SILENT = (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError, KeyError, TypeError)

log = structlog.get_logger()


@dataclass
class OutsideIssuer:
    """One issuer of tokens that is not this registry."""

    address: str
    audience: str
    client: httpx.AsyncClient | None = None
    _keys: Mapping[str, Key] | None = None
    _endpoints: Mapping[str, str] = field(default_factory=dict)
    _asked_at: float = 0.0
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, token: str) -> Claims:
        """Return what a token says; raises `WrongToken`, or 503 while the issuer is silent."""
        try:
            return read_token(token, await self._issuer(KEYS_KEPT_SECONDS))
        except UnknownKey:
            return read_token(token, await self._issuer(ASK_AGAIN_SECONDS))

    async def _issuer(self, older_than: float) -> Issuer:
        async with self._asking:
            if self._keys is None or monotonic() - self._asked_at >= older_than:
                self._keys = await self._ask()
                self._asked_at = monotonic()
            return Issuer(self.address, self.audience, self._keys, OUTSIDE_ALGORITHMS)

    async def _ask(self) -> Mapping[str, Key]:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                found = await self._document(self.address.rstrip("/") + DISCOVERY)
                if found.get("issuer") != self.address:
                    # Whoever answers for another issuer could sign for it too.
                    raise ValueError("the document is of another issuer")
                keys = read_outside_keys((await self._document(found["jwks_uri"]))["keys"])
                self._endpoints = {n: u for n, u in found.items() if n in _ENDPOINTS}
        except _SILENT as error:
            log.error("auth.issuer_silent", error=type(error).__name__)
            if self._keys is not None:
                return self._keys
            raise _silent() from None
        return keys

    async def address_to_sign_in(self) -> str:
        """Return where a person's browser is sent to sign in; 503 while nobody says."""
        await self._issuer(KEYS_KEPT_SECONDS)
        return self._endpoint("authorization_endpoint")

    async def redeem(self, form: Mapping[str, str], secret: str | None) -> str:
        """Return the access token for a code (RFC 6749 section 4.1.3); a refused one is wrong."""
        await self._issuer(KEYS_KEPT_SECONDS)
        auth = httpx.Auth() if secret is None else httpx.BasicAuth(form["client_id"], secret)
        address = self._endpoint("token_endpoint")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                response = await self._connected().post(address, data=dict(form), auth=auth)
            if response.status_code in (400, 401):
                raise WrongToken("code")
            return str(_object(response)["access_token"])
        except _SILENT as error:
            log.error("auth.issuer_silent", error=type(error).__name__)
            raise _silent() from None

    def _endpoint(self, name: str) -> str:
        if name not in self._endpoints:
            log.error("auth.issuer_without_sign_in", missing=name)
            raise _silent()
        return self._endpoints[name]

    def _connected(self) -> httpx.AsyncClient:
        if self.client is None:
            self.client = httpx.AsyncClient(follow_redirects=False, timeout=ANSWER_SECONDS)
        return self.client

    async def _document(self, address: str) -> dict[str, Any]:
        headers = {"accept": "application/json"}
        return _object(await self._connected().get(address, headers=headers))

    async def close(self) -> None:
        """End its connections."""
        if self.client is not None:
            await self.client.aclose()


def _object(response: httpx.Response) -> dict[str, Any]:
    response.raise_for_status()
    if len(response.content) > ANSWER_BYTES_MAX:
        raise ValueError("the document is too large")
    document = response.json()
    if not isinstance(document, dict):
        raise ValueError("the document is no object")
    return document


def _silent() -> Problem:
    return Problem(
        503,
        "issuer_unavailable",
        "the keys of the issuer of tokens cannot be fetched at the moment; try again",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )
