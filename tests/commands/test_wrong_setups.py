"""Every wrong set-up ends in one line with cause and remedy, and exit code 2."""

from __future__ import annotations

import json
import logging
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
import structlog

from services.commands import cli
from shared import VERSION
from tests.broker import broker_or_skip
from tests.servers import Server, with_database

NOWHERE = "127.0.0.1:1"


@dataclass(frozen=True)
class Wrong:
    """One wrong set-up: the command, its settings, and what the line must say."""

    name: str
    command: str
    settings: dict[str, str]
    says: tuple[str, ...]


def database(url: str) -> dict[str, str]:
    return {"DATABASE_URL": url}


SETTINGS = [
    Wrong(f"{name}={value}", "run embedded", {name: value}, (f"REGISTRY_{name}", *says))
    for name, value, *says in (
        ("PORT", "abc", "abc", "integer"),
        ("PORT", "80000", "65535"),
        ("PORT", "-1", "0"),
        ("AUTH", "maybe", "'on' or 'off'"),
        ("LOG_FORMAT", "xml", "'json' or 'console'"),
        ("LOG_LEVEL", "loud", "'debug'"),
        ("DATABASE_POOL_MAX", "1", "2"),
        ("OUTBOX_ROWS_MAX", "0", "1"),
        ("BATCH_ITEMS_MAX", "many", "integer"),
        ("BATCH_AGE_MS", "5000", "1000"),
        ("BODY_BYTES_MAX", "10", "1024"),
        ("FEEDS", "ftp://example.org/feed", "http"),
        ("FEED_HOSTS", "user@example.org", "host"),
        ("FEED_SECONDS", "1", "60"),
        ("SHUTDOWN_SECONDS", "100", "20"),
        ("DEMO", "perhaps", "bool"),
        ("DATABASE_URL", "mysql://x", "postgresql://"),
        ("DATABASE_URL", "postgresql://u:secret@host:port/x", "is no address"),
        ("AMQP_URL", "http://guest:secret@localhost", "amqp://"),
        ("CERTIFICATE_HEADER", "X Client Cert:", "pattern"),
        ("CORS_ORIGINS", "*", "http(s)"),
        ("OIDC_ISSUER", "http://example.org", "https"),
    )
]
PROCESSES = [
    Wrong("unknown process", "run everything", {}, ("no process 'everything'", "embedded")),
    Wrong("no database", "run api", {"AUTH": "off"}, ("REGISTRY_DATABASE_URL",)),
    Wrong(
        "tokens that are not there",
        "run api",
        {"TOKENS_FILE": "/nowhere", "DATABASE_URL": f"postgresql://u@{NOWHERE}/x"},
        ("the tokens file cannot be read",),
    ),
    Wrong(
        "open door to the world",
        "run embedded",
        {"HOST": "0.0.0.0", "AUTH": "off", "DATABASE_URL": f"postgresql://u@{NOWHERE}/x"},
        ("only allowed on a loopback address",),
    ),
    Wrong(
        "answers to the world that nobody records",
        "run api",
        {"HOST": "0.0.0.0", "AUDIT": "off", "DATABASE_URL": f"postgresql://u@{NOWHERE}/x"},
        ("REGISTRY_AUDIT=off", "only allowed on a loopback address"),
    ),
    Wrong(
        "no keys of persons",
        "run ingest",
        {"AUTH": "off", "PERSONS_KEY_FILE": "/nowhere/persons.key"},
        ("/nowhere/persons.key", "registry persons make-key", "make secrets"),
    ),
    Wrong("rebuild of nothing", "rebuild", {}, ("--verify",)),
    Wrong(
        "a host without an address",
        "run embedded",
        {"HOST": "registry.invalid", "PORT": "8000"},
        ("registry.invalid is no address of this machine", "REGISTRY_HOST"),
    ),
    Wrong(
        "the address of another machine",
        "run embedded",
        {"HOST": "192.0.2.1", "PORT": "8000"},
        ("192.0.2.1 is no address of this machine", "REGISTRY_HOST"),
    ),
]
UNREACHABLE = [
    Wrong(
        f"{command}: nothing listens",
        command,
        database(f"postgresql://u:secret@{NOWHERE}/x") | {"AUTH": "off"},
        (NOWHERE, "nothing listens there", "start PostgreSQL"),
    )
    for command in ("migrate", "seed", "rebuild --verify", "quarantine list", "run api")
] + [
    Wrong(
        "no such host",
        "migrate",
        database("postgresql://u@registry.invalid/x"),
        ("registry.invalid", "the host has no such name"),
    ),
    Wrong(
        "no such socket",
        "migrate",
        database("postgresql:///x?host=/nowhere/at/all"),
        ("its socket is not there",),
    ),
    Wrong(
        "no password file",
        "migrate",
        database(f"postgresql://u@{NOWHERE}/x") | {"DATABASE_PASSWORD_FILE": "/nowhere/secret"},
        ("REGISTRY_DATABASE_PASSWORD_FILE=/nowhere/secret", "No such file"),
    ),
]


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Undo what a command sets up: its log goes where this test's output went, which is closed."""
    kept, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.configure(**kept)
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[[str, dict[str, str]], tuple[object, str, str]]:
    """Run a command in this process; return its exit code, its output and its errors."""

    def run(command: str, settings: dict[str, str]) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["registry", *command.split()])
        monkeypatch.setenv("REGISTRY_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setenv("REGISTRY_PORT", "0")
        for name, value in settings.items():
            monkeypatch.setenv(f"REGISTRY_{name}", value)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsys.readouterr()
        return ended.value.code, captured.out, captured.err

    return run


Run = Callable[[str, dict[str, str]], tuple[object, str, str]]


def expect_line(run: Run, wrong: Wrong) -> None:
    code, _, errors = run(wrong.command, wrong.settings)
    assert code == 2
    lines = errors.strip().splitlines()
    assert len(lines) == 1, errors
    assert lines[0].startswith("registry: ")
    for words in wrong.says:
        assert words in lines[0], lines[0]
    assert "secret@" not in lines[0] and ":secret" not in lines[0]


@pytest.mark.parametrize("wrong", [*SETTINGS, *PROCESSES, *UNREACHABLE], ids=lambda w: w.name)
def test_a_wrong_setup_is_one_line(run: Run, wrong: Wrong) -> None:
    expect_line(run, wrong)


def test_what_is_no_tokens_file_is_one_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    entry = {"name": "a", "token_sha256": "0" * 64, "scopes": ["households:read"]}
    for document, says in (
        ([], "Expected `object`, got `array`"),
        ({"tokens": 5}, "$.tokens"),
        ({"tokens": [entry | {"areas": "20"}]}, "unknown field `areas` - at `$.tokens[0]`"),
        ({"tokens": [entry | {"scopes": ["households:raed"]}]}, "unknown scopes: households:raed"),
    ):
        file.write_text(json.dumps(document))
        told = ("the tokens file cannot be read", says, str(file), "make secrets")
        settings = {"TOKENS_FILE": str(file), "DATABASE_URL": f"postgresql://u@{NOWHERE}/x"}
        expect_line(run, Wrong(says, "run api", settings, told))


def test_whoever_else_listens_is_no_database_and_no_broker(run: Run) -> None:
    with listening() as port:
        url = f"postgresql://u:secret@127.0.0.1:{port}/x"
        says = (f"127.0.0.1:{port}", "is it PostgreSQL?")
        expect_line(run, Wrong("not PostgreSQL", "migrate", database(url), says))
        broker = {"AMQP_URL": f"amqp://u:secret@127.0.0.1:{port}/"}
        code, output, _ = run("doctor", database(url) | broker)
    assert code == 1
    assert f"FAIL broker: RabbitMQ at 127.0.0.1:{port}: " in output
    assert "is it RabbitMQ?" in output


@contextmanager
def listening() -> Iterator[int]:
    """Listen as a web server does, which refuses what is no HTTP and hangs up."""

    class Refusing(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1024)
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


async def prepared(server: Server) -> dict[str, str]:
    """Make the wrong databases and roles that a real server can have."""
    made = {"dsn": await server.create(), "empty": with_database(server.dsn, "registry_empty")}
    for statement in (
        "DROP DATABASE IF EXISTS registry_empty WITH (FORCE)",
        "CREATE DATABASE registry_empty",
    ):
        await server.execute(statement)
    connection = await asyncpg.connect(made["dsn"])
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await connection.close()
    return made


def test_what_a_real_server_refuses_is_one_line(run: Run, embedded_server: Server) -> None:
    import asyncio

    made = asyncio.run(prepared(embedded_server))
    try:
        missing = with_database(embedded_server.dsn, "registry_nowhere")
        role = embedded_server.dsn.replace("postgres:@", "nobody_known:@").replace(
            "postgres@", "nobody_known@"
        )
        for wrong in (
            Wrong("no database", "migrate", database(missing), ("does not exist", "createdb")),
            Wrong("no role", "migrate", database(role), ("the role does not exist",)),
            Wrong("newer", "migrate", database(made["dsn"]), ("does not know", "run that release")),
            Wrong("not migrated", "seed", database(made["empty"]), ("registry migrate",)),
            Wrong(
                "not migrated", "quarantine list", database(made["empty"]), ("registry migrate",)
            ),
            Wrong(
                "api, not migrated",
                "run api",
                database(made["empty"]) | {"AUTH": "off"},
                ("registry migrate",),
            ),
        ):
            expect_line(run, wrong)
    finally:
        asyncio.run(embedded_server.drop(made["dsn"]))
        asyncio.run(embedded_server.execute("DROP DATABASE registry_empty WITH (FORCE)"))


@pytest.mark.broker
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("guest:guest@", "guest:wrong@"), ("'guest'", "password was refused")),
        (("5672/", "5672/nowhere"), ("the vhost 'nowhere' does not exist", "add_vhost")),
        (("5672/", "1/"), ("nothing listens there", "start RabbitMQ")),
        (("127.0.0.1", "broker.invalid"), ("the host has no such name",)),
    ],
)
def test_the_doctor_names_what_is_wrong_with_the_broker(
    run: Run, embedded_server: Server, change: tuple[str, str], says: tuple[str, ...]
) -> None:
    import asyncio

    url = broker_or_skip()
    if "guest:guest@127.0.0.1:5672/" not in url:
        pytest.skip("NOT RUN: the broker has an address of its own")
    dsn = asyncio.run(embedded_server.create())
    try:
        code, output, _ = run("doctor", {"DATABASE_URL": dsn, "AMQP_URL": url.replace(*change)})
    finally:
        asyncio.run(embedded_server.drop(dsn))
    assert code == 1
    (line,) = [line for line in output.splitlines() if line.startswith("FAIL broker")]
    for words in says:
        assert words in line, line
    assert "wrong" not in line


def test_the_doctor_goes_on_when_the_database_is_away(run: Run) -> None:
    code, output, _ = run("doctor", database(f"postgresql://u:secret@{NOWHERE}/x"))
    assert code == 1
    assert "FAIL database: PostgreSQL at 127.0.0.1:1/x: nothing listens there" in output
    assert "ok   broker: none configured" in output
    assert "secret" not in output


def test_the_doctor_speaks_to_programs_too(run: Run, embedded_server: Server) -> None:
    import asyncio

    dsn = asyncio.run(embedded_server.create())
    try:
        code, output, _ = run("doctor --json", database(dsn))
    finally:
        asyncio.run(embedded_server.drop(dsn))
    document = json.loads(output)
    checks = {check["name"]: check for check in document["checks"]}
    assert {"database", "schema", "law ahead", "clock", "due", "broker"} <= checks.keys()
    assert "is in force on" in checks["law ahead"]["detail"]
    assert document["ok"] == all(check["ok"] for check in checks.values()) == (code == 0)


def test_the_version_is_that_of_the_project(run: Run) -> None:
    root = Path(__file__).resolve().parents[2]
    assert f'version = "{VERSION}"' in (root / "pyproject.toml").read_text("utf-8")
    code, output, _ = run("--version", {})
    assert (code, output) == (0, f"registry {VERSION}\n")
