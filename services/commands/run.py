"""`registry run`: one process until it is told to stop; embedded brings its own database."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import Annotated

import typer

from services.commands.keys import make_key
from services.commands.migrate import prepare
from services.commands.shell import database_address, read_settings, run_async
from services.processes.running import listen, run_process
from services.processes.table import SERVING
from shared.kernel.key_file import KeyFile
from shared.runtime.context import read_callers
from shared.runtime.errors import StartError
from shared.settings import Settings


def run(
    process: Annotated[str, typer.Argument(help="embedded, ingest, worker or api")],
) -> None:
    """Run a process until SIGINT or SIGTERM."""
    settings = read_settings()
    with closing(listen(process, settings)) as listener:
        read_callers(settings, serves_callers=process in SERVING)
        if process in SERVING and process != "embedded":
            KeyFile(settings.persons_keys()).ring()
        if process == "embedded":
            with database_address(settings, alone=True) as dsn:
                run_async(_prepare_and_run(settings, dsn, listener))
            return
        given = settings.database_dsn()
        if given is None:
            raise StartError(f"{process} needs REGISTRY_DATABASE_URL, the address of PostgreSQL")
        run_async(run_process(process, settings, given, listener))


async def _prepare_and_run(settings: Settings, dsn: str, listener: socket.socket) -> int:
    keys = KeyFile(settings.persons_keys())
    if settings.persons_key_file is None:
        keys.make()
    keys.ring()
    await prepare(dsn, keys)
    await make_key(dsn, keys)
    return await run_process("embedded", settings, dsn, listener)
