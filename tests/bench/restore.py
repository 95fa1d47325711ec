"""A backup of a whole registry comes back and is verified, as deploy/backup/*.sh do it.

The same programs with the same options, on a database of its own with the settings of embedded
mode, on the machine that runs the rest too.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import psutil
from rich.console import Console

from services.commands.rebuild import verify
from shared.migrations.upgrade import upgrade
from shared.runtime.embedded_postgres import embedded_postgres
from shared.runtime.postgres_programs import programs

SCRIPTS = Path(__file__).resolve().parents[2] / "deploy" / "backup"
PROCESSES = os.cpu_count() or 1


async def measure(dsn: str) -> dict[str, Any]:
    """Return the seconds of each step, and of all that stands between a dump and going live."""
    figures: dict[str, Any] = {"load_before": psutil.getloadavg()[0]}
    with TemporaryDirectory(prefix="registry-restore-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        file = folder / "registry.dump"
        options = _options("backup.sh", "pg_dump")
        figures["dump_s"] = _timed(lambda: _into(file, "pg_dump", "--dbname", dsn, *options))
        figures["dump_gb"] = round(file.stat().st_size / 1e9, 2)
        (folder / "data").mkdir()
        with embedded_postgres(folder / "data") as fresh:
            _sql(fresh, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            options = _options("restore.sh", "pg_restore")
            jobs = ("--jobs", str(PROCESSES)) if "--jobs" in " ".join(options) else ()
            plain = [word for word in options if not word.startswith("--jobs")]
            figures["restore_s"] = _timed(
                lambda: _run("pg_restore", "--dbname", fresh, *plain, *jobs, str(file))
            )
            figures["analyze_s"] = _timed(lambda: _sql(fresh, "ANALYZE"))
            # The backup may be of an older release.
            await upgrade(fresh)
            figures |= await _verified(fresh)
    figures["load_after"] = psutil.getloadavg()[0]
    parts = ("restore_s", "analyze_s", "verify_s")
    figures["all_minutes"] = round(sum(figures[part] for part in parts) / 60, 1)
    return figures


async def _verified(dsn: str) -> dict[str, Any]:
    out, begun = io.StringIO(), perf_counter()
    code = await verify(dsn, Console(file=out, width=200), processes=PROCESSES)
    if code:
        raise AssertionError(out.getvalue())
    said = out.getvalue().strip().splitlines()[-1]
    return {"verify_s": round(perf_counter() - begun), "verified": said}


def _options(script: str, program: str) -> list[str]:
    """Return the options of a program as the script says them; who and what differs here."""
    text = (SCRIPTS / script).read_text("utf-8").replace("\\\n", " ")
    line = next(one for one in text.splitlines() if f" {program} --" in one and "null" not in one)
    words = re.findall(r"--[a-z-]+(?: [a-z0-9]+| \"[^\"]+\")?", line)
    where = ("--username", "--dbname", "--role", "--host")
    return [part for word in words if not word.startswith(where) for part in word.split(" ")]


def _timed(work: Callable[[], None]) -> int:
    begun = perf_counter()
    work()
    return round(perf_counter() - begun)


def _run(program: str, *arguments: str) -> None:
    subprocess.run([str(programs().folder / program), *arguments], check=True)


def _into(file: Path, program: str, *arguments: str) -> None:
    with file.open("wb") as dump:
        command = [str(programs().folder / program), *arguments]
        subprocess.run(command, check=True, stdout=dump)


def _sql(dsn: str, statement: str) -> None:
    _run("psql", dsn, "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--command", statement)
