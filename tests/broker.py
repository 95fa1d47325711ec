"""Find a RabbitMQ for the tests, start a private one, or install one where that is possible."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

DEFAULT = "amqp://guest:guest@127.0.0.1:5672/"
SERVERS = ("rabbitmq-server", "/usr/sbin/rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server")
LIBRARY = Path("/usr/lib/rabbitmq/bin")
START_SECONDS = 90


@contextmanager
def broker() -> Iterator[str | None]:
    """Give the address of a RabbitMQ for the length of a test run, None if there is none."""
    configured = os.environ.get("REGISTRY_TEST_AMQP_URL")
    if configured or _answers(DEFAULT):
        yield configured or DEFAULT
        return
    with private() as node:
        yield node.url if node else None


def broker_or_skip() -> str:
    """Return the broker's address for a test; without one skip it loudly, or fail if required."""
    url = os.environ.get("REGISTRY_TEST_AMQP_URL", DEFAULT)
    if _answers(url):
        return url
    why = "no RabbitMQ answers; this test was NOT RUN"
    if os.environ.get("REGISTRY_REQUIRE_BROKER") == "1":
        pytest.fail(why)
    pytest.skip(why)


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


@dataclass
class Node:
    """A RabbitMQ of our own, which may be stopped, emptied and lost."""

    server: str
    folder: Path
    port: int = field(default_factory=lambda: _free_port())
    dist: int = field(default_factory=lambda: _free_port())
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return its address; a node that was emptied has the same user again."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def start(self) -> bool:
        """Start it under its one name and say whether it answers."""
        (self.folder / "plugins").write_text("[].\n")
        listens = f"listeners.tcp.default = 127.0.0.1:{self.port}\n"
        (self.folder / "rabbitmq.conf").write_text(listens)
        # The wrapper script gives up root for its own user, who could not use our folder; its twin
        # in the library folder runs the node as whoever calls it.
        direct = LIBRARY / "rabbitmq-server"
        command = str(direct) if direct.exists() else self.server
        with (self.folder / "out").open("ab") as out:
            self.process = subprocess.Popen(
                [command], env=self._environment(), stdout=out, stderr=out, start_new_session=True
            )
        return _wait(self.url, self.process)

    def control(self, *arguments: str) -> bool:
        """Run `rabbitmqctl` on this node and say whether it did what it was told."""
        direct = LIBRARY / "rabbitmqctl"
        command = [str(direct) if direct.exists() else "rabbitmqctl", "-q", *arguments]
        done = subprocess.run(
            command, env=self._environment(), capture_output=True, timeout=120, check=False
        )
        return done.returncode == 0

    def stop(self) -> None:
        """End it in good order."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill it with all that it has started."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def lose_volume(self) -> None:
        """Delete everything that it wrote, as a lost volume does."""
        shutil.rmtree(self.folder / "mnesia")

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": f"registry-{os.getpid()}-{self.port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_DIST_PORT": str(self.dist),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
        }


@contextmanager
def private() -> Iterator[Node | None]:
    """Give a running node of our own, None where no RabbitMQ is installed or it does not start."""
    server = _installed() or _install()
    if server is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="registry-rabbit-") as folder:
        node = Node(server, Path(folder))
        try:
            yield node if node.start() else None
        finally:
            node.stop()


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
