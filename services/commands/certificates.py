"""What `registry doctor` looks at of keys and certificates: how long they last."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from shared.access.store import signing_keys
from shared.kernel.clock import Clock, SystemClock
from shared.kernel.database import Database
from shared.settings import Settings

# Rotated each year (deploy/README); a month for who is late.
SIGNS_FOR_MAX = timedelta(days=396)
CONNECT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Lifetime:
    """From when until when a certificate holds."""

    begins: datetime
    ends: datetime


async def signing(database: Database) -> tuple[bool, str]:
    """Say how old the key is that tokens are signed with."""
    async with database.statement() as snapshot:
        keys = await signing_keys.list_keys(snapshot)
    return judged_key(keys[0].created_at if keys else None, SystemClock())


def judged_key(made: datetime | None, clock: Clock) -> tuple[bool, str]:
    """Return whether the newest key is young enough."""
    if made is None:
        return True, "no token was signed yet"
    age = clock.now() - made
    return age <= SIGNS_FOR_MAX, f"{age.days} days old (`registry keys rotate`, each year)"


async def gateway(settings: Settings) -> tuple[bool, str]:
    """Say how long the certificate holds that callers are shown, where one is named."""
    address = settings.certificate_of
    if address is None:
        return True, "none is looked at: REGISTRY_CERTIFICATE_OF names the address of the gateway"
    host, _, port = address.rpartition(":")
    try:
        lifetime = await _shown(host, int(port), settings.certificate_name or host)
    except (OSError, TimeoutError, ValueError) as error:
        return False, f"{address} shows none: {type(error).__name__}"
    return judged_certificate(lifetime, SystemClock())


async def _shown(host: str, port: int, name: str) -> Lifetime:
    context = ssl.create_default_context()
    # Only its days are read: who signed it is for its callers to judge, and may be the gateway.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with asyncio.timeout(CONNECT_SECONDS):
        _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=name)
    try:
        encoded = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.close()
    certificate = x509.load_der_x509_certificate(encoded)
    return Lifetime(certificate.not_valid_before_utc, certificate.not_valid_after_utc)


def judged_certificate(lifetime: Lifetime, clock: Clock) -> tuple[bool, str]:
    """Return whether more than a sixth of a certificate's life is left.

    One that renews itself is made anew at a third: a gateway's own of hours, a public one of weeks.
    """
    left, whole = lifetime.ends - clock.now(), lifetime.ends - lifetime.begins
    told = f"holds for {left.total_seconds() / 86400:.1f} days of {whole.days or 1}"
    return left > whole / 6, f"{told}, until {lifetime.ends.isoformat(timespec='minutes')}"
