"""A real PostgreSQL from the package index, for `make run` and the tests: no second dialect.

It listens on a socket only. It outlives a killed process on purpose: the next start takes it over.
Whoever leaves last stops it. That is told by locks which end with their process, never by a list of
process numbers: after a SIGKILL such a list names the dead for ever, and nobody is the last.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import quote

from shared.runtime.errors import StartError
from shared.runtime.postgres_programs import (
    START_SECONDS,
    STOP_SECONDS,
    Programs,
    open_way,
    programs,
    why,
)

_MARK = "# poverty-registry"
# Durable: a 202 must survive a crash. The rest suits one small machine.
_SETTINGS = f"""
{_MARK}
max_connections = 60
shared_buffers = 256MB
max_wal_size = 2GB
checkpoint_timeout = 15min
synchronous_commit = on
wal_compression = on
jit = off
random_page_cost = 1.1
autovacuum_naptime = 15s
lc_messages = 'C'
"""
# The system allows 107 bytes for the path of a socket, of which PostgreSQL's own name takes 19.
_SOCKET_FOLDER_BYTES_MAX = 88
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")


@contextmanager
def embedded_postgres(data_dir: Path, *, alone: bool = False) -> Iterator[str]:
    """Give the address of the server on `data_dir`/postgres, started if it does not run.

    `alone` refuses to share the folder with another that is alone in it: half of the messages of
    the in-process transport would lie in each.
    """
    base = data_dir.expanduser().resolve()
    folder = base / "postgres"
    try:
        base.mkdir(parents=True, exist_ok=True)
        locks = _Locks(base)
    except OSError as error:
        raise StartError(why(error, base, folder / "log")) from error
    with locks.alone() if alone else nullcontext(), locks.present():
        server = _Server(folder, programs())
        with locks.starting():
            server.start()
        try:
            yield server.address()
        finally:
            with locks.starting():
                if locks.last():
                    server.stop()


@dataclass
class _Server:
    folder: Path
    programs: Programs

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def start(self) -> None:
        try:
            self._start()
        except (OSError, subprocess.SubprocessError) as error:
            raise StartError(why(error, self.folder, self.log)) from error

    def _start(self) -> None:
        if self.programs.user:
            open_way(self.folder.parent)
        if not (self.folder / "PG_VERSION").exists():
            self._create()
        self._configure()
        if self._runs():
            return
        sockets = self._sockets()
        if sockets != self.folder:
            self._make_own(sockets)
        options = f"-c listen_addresses='' -c unix_socket_directories='{sockets}'"
        self._control("start", "-w", "-t", str(START_SECONDS), "-l", self.log.name, "-o", options)

    def _create(self) -> None:
        """Make the database beside its place and move it there: a killed start leaves no half."""
        making = self.folder.with_name("postgres.making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        self.programs.give(making)
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        self.programs.run("initdb", making, "-U", "postgres", "-E", "UTF8", "-A", "trust", *locale)
        if self.folder.exists():
            self.folder.rmdir()
        making.rename(self.folder)

    def _configure(self) -> None:
        file = self.folder / "postgresql.conf"
        text = file.read_text(encoding="utf-8")
        if _MARK not in text:
            owner = file.stat()
            file.write_text(text + _SETTINGS, encoding="utf-8")
            os.chown(file, owner.st_uid, owner.st_gid)

    def _control(self, verb: str, *arguments: str) -> None:
        self.programs.run("pg_ctl", self.folder, verb, *arguments)

    def _runs(self) -> bool:
        """Tell whether a server runs here, also one whose starter was killed."""
        try:
            self._control("status")
        except subprocess.CalledProcessError:
            return False
        return True

    def _sockets(self) -> Path:
        """Return a folder for the socket, whose path the system and the server can take."""
        if (
            len(os.fsencode(self.folder)) <= _SOCKET_FOLDER_BYTES_MAX
            and set(str(self.folder)) <= _PLAIN
        ):
            return self.folder
        name = f"registry-{os.geteuid()}-{sha256(os.fsencode(self.folder)).hexdigest()[:12]}"
        return Path(os.environ.get("XDG_RUNTIME_DIR") or gettempdir()) / name

    def _make_own(self, sockets: Path) -> None:
        """Make the socket's folder ours: who owns it could answer in the server's place."""
        sockets.mkdir(mode=0o700, exist_ok=True)
        self.programs.give(sockets)
        if sockets.is_symlink() or sockets.stat().st_uid != self.folder.stat().st_uid:
            raise StartError(f"the folder {sockets} belongs to somebody else: remove it")

    def address(self) -> str:
        """Read where the server that runs listens, which another may have started."""
        lines = (self.folder / "postmaster.pid").read_text("utf-8").splitlines()
        return f"postgresql://postgres:@/postgres?host={quote(lines[4].strip(), safe='/')}"

    def stop(self) -> None:
        if self._runs():
            self._control("stop", "-w", "-m", "fast", "-t", str(STOP_SECONDS))


class _Locks:
    """Locks on files beside the database, which the system takes away when their process ends."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._presence = self._open("present")

    def _open(self, name: str) -> int:
        return os.open(self._base / f".{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def alone(self) -> Iterator[None]:
        lock = self._open("alone")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            pid = os.pread(lock, 32, 0).decode() or "unknown"
            os.close(lock)
            raise StartError(
                f"a registry already runs on {self._base} (process {pid}): stop it, or choose "
                "another folder by DATA_DIR (REGISTRY_DATA_DIR)"
            ) from error
        try:
            os.truncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def present(self) -> Iterator[None]:
        fcntl.flock(self._presence, fcntl.LOCK_SH)
        try:
            yield
        finally:
            os.close(self._presence)

    @contextmanager
    def starting(self) -> Iterator[None]:
        lock = self._open("starting")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def last(self) -> bool:
        """Tell whether nobody else is present; asked under `starting`: nobody comes meanwhile."""
        try:
            fcntl.flock(self._presence, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
