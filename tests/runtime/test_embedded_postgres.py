"""The embedded server: where it starts, who stops it, and what is said when it cannot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from shared.runtime.embedded_postgres import embedded_postgres
from shared.runtime.errors import StartError

HOLD = """
import sys
from pathlib import Path
from shared.runtime.embedded_postgres import embedded_postgres
with embedded_postgres(Path(sys.argv[1]), alone=sys.argv[2] == "alone") as dsn:
    print(dsn, flush=True)
    sys.stdin.read()
"""


def hold(folder: Path, how: str = "alone") -> tuple[subprocess.Popen[str], str]:
    """Start a process that keeps the server until its input ends; its address beside it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def release(process: subprocess.Popen[str]) -> None:
    process.communicate("")
    assert process.returncode == 0


def server_pid(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().split()[0])


async def answer(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval("SELECT 42")
    finally:
        await connection.close()


@pytest.mark.parametrize("name", ["dữ liệu hộ nghèo", "x" * 120, 'it\'s, "quoted"'])
async def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    with embedded_postgres(tmp_path / name) as dsn:
        assert await answer(dsn) == 42
    assert not (tmp_path / name / "postgres" / "postmaster.pid").exists()


async def test_after_a_kill_the_next_takes_the_server_over_and_stops_it(tmp_path: Path) -> None:
    process, dsn = hold(tmp_path)
    pid = server_pid(tmp_path)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert await answer(dsn) == 42
    with embedded_postgres(tmp_path, alone=True) as taken_over:
        assert await answer(taken_over) == 42
        assert server_pid(tmp_path) == pid
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def test_only_one_registry_runs_on_a_folder(tmp_path: Path) -> None:
    process, _ = hold(tmp_path)
    with (
        pytest.raises(StartError, match=f"already runs on .* \\(process {process.pid}\\)"),
        embedded_postgres(tmp_path, alone=True),
    ):
        pass
    assert process.poll() is None
    release(process)


async def test_a_command_beside_it_shares_the_server_and_whoever_leaves_last_stops_it(
    tmp_path: Path,
) -> None:
    process, _ = hold(tmp_path)
    with embedded_postgres(tmp_path) as dsn:
        release(process)
        assert await answer(dsn) == 42
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def test_a_killed_first_start_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres.making").mkdir()
    (tmp_path / "postgres.making" / "PG_VERSION").write_text("18\n")
    with embedded_postgres(tmp_path):
        assert server_pid(tmp_path)


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StartError, match="a file stands where a folder is needed"),
        embedded_postgres(tmp_path / "file"),
    ):
        pass


@pytest.mark.parametrize(
    ("name", "told"), [("PG_VERSION", "are not all there"), ("letters", "something else")]
)
def test_what_is_no_database_is_named(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / name).write_text("18\n")
    with pytest.raises(StartError, match=told), embedded_postgres(tmp_path):
        pass
    assert (tmp_path / "postgres" / name).read_text() == "18\n"


def test_a_full_disk_is_called_that(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("NOT RUN: only root can mount a small disk")
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=30m", "tmpfs", str(small)], check=False
    )
    if mounted.returncode:
        pytest.skip("NOT RUN: nothing can be mounted here")
    try:
        with pytest.raises(StartError, match="is full"), embedded_postgres(small):
            pass
    finally:
        subprocess.run(["umount", str(small)], check=True)
