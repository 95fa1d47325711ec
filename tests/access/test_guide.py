"""The guide's commands do what it says: run as they stand, against real processes."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

import httpx

from shared.runtime.http_server import bind
from tests.waiting import STANDSTILL_SECONDS

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "guide" / "access.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
EXPECTED = re.findall(r"^as .*# (\d{3})$", "\n".join(BLOCKS), re.MULTILINE)


async def _ready(address: str) -> None:
    async with asyncio.timeout(STANDSTILL_SECONDS), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{address}/health/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def test_the_guide_s_commands_answer_as_it_says(dsn: str, tmp_path: Path) -> None:
    listener = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.close()
    settings = {"DATABASE_URL": dsn, "PORT": str(port), "LOG_LEVEL": "warning"}
    settings |= {"AUTH": "on", "AUDIT": "off", "DATA_DIR": str(tmp_path / "data")}
    environment = os.environ | {f"REGISTRY_{n}": value for n, value in settings.items()}
    environment |= {"PYTHONPATH": str(ROOT)}
    (tmp_path / ".guide").mkdir()
    script = "\n".join(BLOCKS).replace("localhost:8000", f"127.0.0.1:{port}")
    script = script.replace(".venv/bin/python", sys.executable)
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services", "run", "embedded"), env=environment, cwd=tmp_path
    )
    try:
        await _ready(f"http://127.0.0.1:{port}")
        shell = await asyncio.create_subprocess_exec(
            *("bash", "-eu", "-c", script),
            env=environment,
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
        )
        printed, _ = await shell.communicate()
    finally:
        server.terminate()
        await server.wait()
    answers = re.findall(r" (\d{3})$", printed.decode(), re.MULTILINE)
    assert len(EXPECTED) > 15
    assert answers == EXPECTED, printed.decode()
