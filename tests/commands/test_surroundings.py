"""What the doctor says of releases, backups, room and audit chains."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from services.commands import certificates, surroundings
from services.commands.surroundings import (
    BACKUP_EVERY,
    DRILL_EVERY,
    judged,
    judged_archive,
    judged_drill,
)
from shared import VERSION
from shared.access.store import audit
from shared.kernel import knowledge, milestones
from shared.kernel.clock import FrozenClock
from shared.settings import Settings
from tests.facts import assessed
from tests.harness import NOON, Registry

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("made", "begun", "well", "words"),
    [
        (None, None, True, "nothing is stored"),
        (None, NOON - HOUR, True, "none was made since the first fact 1.0 h ago"),
        (None, NOON - BACKUP_EVERY - HOUR, False, "none was made since the first fact 27.0 h ago"),
        (NOON - HOUR, NOON - 99 * HOUR, True, "the newest is 1.0 h old"),
        (NOON - BACKUP_EVERY - HOUR, NOON - 99 * HOUR, False, "the newest is 27.0 h old"),
    ],
)
def test_a_backup_may_be_a_night_old(
    made: datetime | None, begun: datetime | None, well: bool, words: str
) -> None:
    ok, told = judged(made, begun, FrozenClock(NOON))
    assert ok is well
    assert told.startswith(words)


@pytest.mark.parametrize(
    ("archived", "well", "words"),
    [
        (None, True, "the log is not archived"),
        ((None, None), True, "last archived never yet"),
        ((NOON, NOON - HOUR), True, "last archived 2026-11-21T05:00:00+00:00"),
        ((NOON - HOUR, NOON), False, "archiving fails, last at 2026-11-21T05:00:00+00:00"),
        ((None, NOON), False, "archiving fails"),
    ],
)
def test_an_archive_must_not_fail(
    archived: tuple[datetime | None, datetime | None] | None, well: bool, words: str
) -> None:
    ok, told = judged_archive(archived)
    assert ok is well
    assert told.startswith(words)


@pytest.mark.parametrize(
    ("tried", "begun", "well", "words"),
    [
        (None, None, True, "nothing is stored"),
        (None, NOON - DRILL_EVERY, True, "no backup was tried out since the first fact 35 days"),
        (None, NOON - DRILL_EVERY - HOUR, False, "no backup was tried out"),
        (NOON - 24 * HOUR, NOON - 99 * DRILL_EVERY, True, "the last was 1 days ago"),
        (NOON - DRILL_EVERY - HOUR, NOON - 99 * DRILL_EVERY, False, "the last was 35 days ago"),
    ],
)
def test_a_backup_is_tried_out_each_month(
    tried: datetime | None, begun: datetime | None, well: bool, words: str
) -> None:
    ok, told = judged_drill(tried, begun, FrozenClock(NOON))
    assert ok is well
    assert told.startswith(words)


def test_a_signing_key_is_rotated_each_year() -> None:
    clock = FrozenClock(NOON)
    assert certificates.judged_key(None, clock) == (True, "no token was signed yet")
    assert certificates.judged_key(NOON - timedelta(days=365), clock)[0]
    well, told = certificates.judged_key(NOON - timedelta(days=400), clock)
    assert not well and told.startswith("400 days old")


@pytest.mark.parametrize(
    ("hours", "left", "well"),
    [(12, 4, True), (12, 2, False), (90 * 24, 29 * 24, True), (90 * 24, 15 * 24, False)],
)
def test_a_certificate_that_was_not_made_anew_is_told(hours: int, left: int, well: bool) -> None:
    ends = NOON + left * HOUR
    lifetime = certificates.Lifetime(ends - hours * HOUR, ends)
    assert certificates.judged_certificate(lifetime, FrozenClock(NOON))[0] is well


async def test_the_certificate_that_a_gateway_shows_is_read(tmp_path: Path) -> None:
    assert (await certificates.gateway(Settings()))[0]
    away = Settings(certificate_of="127.0.0.1:1")
    assert await certificates.gateway(away) == (
        False,
        "127.0.0.1:1 shows none: ConnectionRefusedError",
    )
    now = datetime.now(UTC)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path, now - HOUR, now + 23 * HOUR))
    server = await asyncio.start_server(lambda _, w: w.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        well, told = await certificates.gateway(Settings(certificate_of=f"127.0.0.1:{port}"))
    assert well and told.startswith("holds for 1.0 days of 1")


def _certificate(folder: Path, begins: datetime, ends: datetime) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gateway")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, begins, ends)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    path = folder / "both.pem"
    path.write_bytes(made + key.private_bytes(*form, serialization.NoEncryption()))
    return path


async def test_each_is_told_of_a_registry_that_runs(app: Registry) -> None:
    database = app.context.database
    remote = Settings(database_url="postgresql://a@b/c", amqp_url="amqp://a@b/c")
    async with database.statement() as snapshot:
        assert await knowledge.begun(snapshot) is None
    await app.send([assessed("A", "2023-12-14")])
    assert (await surroundings.backup(remote, database))[1].startswith("none was made")
    async with database.transaction() as tx:
        await milestones.reach(tx, surroundings.BACKUP)
    assert (await surroundings.backup(remote, database))[0]
    assert (await surroundings.backup(Settings(), database))[1].startswith("embedded mode")
    assert (await surroundings.archive(database))[1].startswith("the log is not archived")
    assert "GB free at" in (await surroundings.room(remote))[1]
    assert await surroundings.releases(database) == (
        True,
        f"{VERSION}, as is every process that is connected",
    )
    async with database.statement() as snapshot:
        await snapshot.execute("SET application_name = 'registry-worker/0.0.9'")
        async with database.statement():
            well, told = await surroundings.releases(database)
        await snapshot.execute("SET application_name = 'registry-test'")
        _, older = await surroundings.releases(database)
        await snapshot.execute("RESET application_name")
    assert not well and "registry-worker 0.0.9: finish the upgrade" in told
    assert "registry-test of an older release" in older


async def test_a_chain_that_was_cut_short_is_seen_at_once(app: Registry) -> None:
    database = app.context.database
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO audit_chains (chain, process, begun_at, seq, link) "
            "VALUES (gen_random_uuid(), 'api', now(), 0, '')"
        )
    assert (await surroundings.audit_heads(database))[0]
    async with database.transaction() as tx:
        await tx.execute("UPDATE audit_chains SET seq = 1, link = 'x'")
    assert await surroundings.audit_heads(database) == (
        False,
        "1 of 1 chains do not end where they should: `audit verify`",
    )
    async with database.snapshot() as snapshot:
        assert len(await audit.cut(snapshot)) == 1
