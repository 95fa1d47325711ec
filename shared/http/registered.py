"""Signed tokens to callers: by the clients and keys of the database as they stand, or by those of
an outside issuer.

What was looked up is kept, and one row is asked once a second whether anything has changed: a
revocation counts in every process a second later, and a request costs no statement. No answer is
given by grants that are older than `STALE_SECONDS`, whatever has become of the database.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from time import monotonic

from shared.access.caller import Caller
from shared.access.clients import Client
from shared.access.store import clients as client_store
from shared.access.store import signing_keys
from shared.access.store.signing_keys import SigningKey
from shared.access.tokens import Claims, Issuer, Key, UnknownKey, WrongToken, read_token
from shared.http.outside_issuer import OutsideIssuer
from shared.kernel.clock import Clock
from shared.kernel.database import Database, DatabaseUnavailable

LOOK_EVERY_SECONDS = 1.0
STALE_SECONDS = 4.0
# An unknown key or client may be a moment old: then the database is asked at once, but a flood of
# made-up ones must not become a flood of statements.
LOOK_AGAIN_SECONDS = 0.1
# Verifying takes as long as the statement of a household does.
VERIFIED_SECONDS = 60.0
TOKENS_KEPT = 20_000
TOKEN_BYTES_MAX = 8192


@dataclass(frozen=True, slots=True)
class Register:
    """Clients and keys as they stood at the change of this number."""

    number: int
    clients: Mapping[str, Client]
    keys: tuple[SigningKey, ...]
    verifying: Mapping[str, Key]


@dataclass
class Registered:
    """The register of one process, at most a few seconds old."""

    database: Database
    clock: Clock
    issuer: str
    audience: str
    outside: OutsideIssuer | None = None
    _register: Register | None = None
    _looked_at: float = -math.inf
    _failed_at: float = -math.inf
    # Secrets take processor time and memory to check; so many at once may.
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _read: dict[bytes, tuple[Claims, float]] = field(default_factory=dict)

    async def current(self) -> Register:
        """Return the register; who finds it old looks, others wait only for what is stale."""
        age = monotonic() - self._looked_at
        if self._register is not None and (
            age < LOOK_EVERY_SECONDS or (age < STALE_SECONDS and self._looking.locked())
        ):
            return self._register
        async with self._looking:
            if self._register is None or monotonic() - self._looked_at >= LOOK_EVERY_SECONDS:
                self._register = await self._renew()
            return self._register

    async def renewed(self) -> Register:
        """Return the register as it stands now: one look answers all who asked before it began."""
        asked_at = monotonic()
        async with self._looking:
            if self._register is None or self._looked_at < asked_at:
                await asyncio.sleep(self._looked_at + LOOK_AGAIN_SECONDS - monotonic())
                self._register = await self._renew()
            return self._register

    async def _renew(self) -> Register:
        began = monotonic()
        if began - self._failed_at < LOOK_EVERY_SECONDS:
            # Who waited for a look that failed need not wait for the next one to fail.
            raise DatabaseUnavailable("clients and keys could not be read a moment ago")
        try:
            register = await self._look(self._register)
        except Exception:
            self._failed_at = monotonic()
            raise
        self._looked_at = began
        return register

    async def close(self) -> None:
        """End the connections to an outside issuer."""
        if self.outside is not None:
            await self.outside.close()

    async def _look(self, known: Register | None) -> Register:
        async with self.database.snapshot() as snapshot:
            number = await client_store.last_change(snapshot)
            if known is not None and known.number == number:
                return known
            clients = await client_store.list_clients(snapshot)
            keys = await signing_keys.list_keys(snapshot)
        # A key that was taken away must not live on in what it verified.
        self._read.clear()
        verifying = {key.kid: key.key for key in keys}
        return Register(number, {c.client_id: c for c in clients}, tuple(keys), verifying)

    async def caller(self, token: str, certificate: str | None) -> Caller:
        """Return who calls with a signed token; raises `WrongToken`."""
        return await self.caller_of(await self._claims(token), certificate)

    async def caller_of(self, claims: Claims, certificate: str | None) -> Caller:
        """Return who calls with what a token, or a session, says; raises `WrongToken`."""
        claims.check_time(self.clock.now().timestamp())
        # A token that was bound to a certificate is worth nothing without it (RFC 8705).
        if claims.certificate is not None and claims.certificate != certificate:
            raise WrongToken("certificate")
        return await self._of(claims, certificate)

    async def _claims(self, token: str) -> Claims:
        """Return what a token says; its signature is looked at once a minute."""
        digest, now = sha256(token.encode("utf-8", "replace")).digest(), monotonic()
        claims, verified_at = self._read.get(digest, (None, -math.inf))
        if claims is None or now - verified_at >= VERIFIED_SECONDS:
            claims = await self._verify(token)
            if len(self._read) >= TOKENS_KEPT:
                self._read.clear()
            self._read[digest] = claims, now
        return claims

    async def _verify(self, token: str) -> Claims:
        if len(token) > TOKEN_BYTES_MAX:
            raise WrongToken("malformed")
        if self.outside is not None:
            return await self.outside.read(token)
        try:
            return read_token(token, self._own(await self.current()))
        except UnknownKey:
            return read_token(token, self._own(await self.renewed()))

    def _own(self, register: Register) -> Issuer:
        now = self.clock.now()
        keys = {k.kid: register.verifying[k.kid] for k in register.keys if k.verifies(now)}
        return Issuer(self.issuer, self.audience, keys)

    async def _of(self, claims: Claims, certificate: str | None) -> Caller:
        """Return the caller by the grants that hold now, not by those of the token's first day."""
        register = await self.current()
        client = register.clients.get(claims.client_id)
        if client is None:
            register = await self.renewed()
            client = register.clients.get(claims.client_id)
        if client is not None:
            if client.revoked_at is not None:
                raise WrongToken("revoked")
            if client.certificate not in (None, certificate):
                raise WrongToken("certificate")
            return client.caller(claims.scopes)
        if self.outside is None or not isinstance(claims.area, str):
            raise WrongToken("client")
        return Caller(
            claims.client_id,
            claims.scopes,
            claims.area,
            claims.sources,
            client_id=claims.client_id,
            purpose=claims.purpose,
        )
