"""Find a RabbitMQ for the tests, start a private one, or install one where that is possible."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

DEFAULT = "amqp://guest:guest@127.0.0.1:5672/"
SERVERS = ("rabbitmq-server", "/usr/sbin/rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server")
START_SECONDS = 90


@contextmanager
def broker() -> Iterator[str | None]:
    """Give the address of a RabbitMQ for the length of a test run, None if there is none."""
    configured = os.environ.get("REGISTRY_TEST_AMQP_URL")
    if configured or _answers(DEFAULT):
        yield configured or DEFAULT
        return
    server = _installed() or _install()
    if server is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="registry-rabbit-") as folder:
        with _private(server, Path(folder)) as url:
            yield url


def broker_or_skip() -> str:
    """Return the broker's address for a test; without one skip it loudly, or fail if required."""
    url = os.environ.get("REGISTRY_TEST_AMQP_URL", DEFAULT)
    if _answers(url):
        return url
    why = "no RabbitMQ answers; this test was NOT RUN"
    if os.environ.get("REGISTRY_REQUIRE_BROKER") == "1":
        pytest.fail(why)
    pytest.skip(why)


@contextmanager
def turn(*, alone: bool) -> Iterator[None]:
    """Use the broker beside others of this machine, or `alone`: for a test that stops it."""
    with (Path(tempfile.gettempdir()) / "registry-tests-broker.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 5672), timeout=2) as s:
            s.sendall(b"AMQP\x00\x00\x09\x01")
            return s.recv(1) == b"\x01"
    except OSError:
        return False


def _installed() -> str | None:
    return next((found for name in SERVERS if (found := shutil.which(name))), None)


def _install() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    print("== installing rabbitmq-server by apt, because no RabbitMQ answers", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "rabbitmq-server"]):
        subprocess.run(["apt-get", *arguments], env=environment, check=False, capture_output=True)
    return _installed()


@contextmanager
def _private(server: str, folder: Path) -> Iterator[str | None]:
    port, dist = _free_port(), _free_port()
    environment = {
        **os.environ,
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"registry-{os.getpid()}@localhost",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_DIST_PORT": str(dist),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
    }
    (folder / "plugins").write_text("[].\n")
    (folder / "rabbitmq.conf").write_text(f"listeners.tcp.default = 127.0.0.1:{port}\n")
    url = f"amqp://guest:guest@127.0.0.1:{port}/"
    # The wrapper script gives up root for its own user, who could not use our folder; its twin in
    # the library folder runs the node as whoever calls it.
    direct = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    command = str(direct) if direct.exists() else server
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen([command], env=environment, stdout=out, stderr=out)
    try:
        yield url if _wait(url, process) else None
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(url: str, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(url):
            return True
        time.sleep(0.5)
    return False


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port
