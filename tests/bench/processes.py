"""Real processes of the registry for the bench, on a database of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.kernel.key_file import KeyFile

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


@contextmanager
def registry(
    name: str, dsn: str, amqp: str | None = None, **settings: str
) -> Iterator[tuple[str, int]]:
    """Run a process of the registry; give its address and pid."""
    environment = {
        **os.environ,
        "REGISTRY_AUTH": "off",
        "REGISTRY_AUDIT": "off",
        "REGISTRY_DATABASE_URL": dsn,
        "REGISTRY_LOG_LEVEL": "warning",
    }
    if amqp is not None:
        environment["REGISTRY_AMQP_URL"] = amqp
    keys = KeyFile(Path(tempfile.gettempdir()) / f"registry-bench-{os.getpid()}" / "persons.key")
    keys.make()
    environment["REGISTRY_PERSONS_KEY_FILE"] = str(keys.path)
    environment |= {f"REGISTRY_{setting}": value for setting, value in settings.items()}
    port = free_port()
    environment["REGISTRY_PORT"] = str(port)
    with _running([sys.executable, "-m", "services", "run", name], environment, port) as pid:
        yield f"http://127.0.0.1:{port}", pid


@contextmanager
def bare(name: str, dsn: str) -> Iterator[str]:
    """Run a bare program."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.bare", name, str(port)]
    with _running(command, {**os.environ, "BARE_DSN": dsn}, port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], environment: dict[str, str], port: int) -> Iterator[int]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _await_port(port, process)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(25)
        except subprocess.TimeoutExpired:
            process.kill()


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the process ended with {process.returncode}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the process did not begin to answer")
