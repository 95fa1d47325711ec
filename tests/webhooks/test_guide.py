"""The guides' commands do what they say: pasted as they stand, in order, at a real process."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

import httpx

from tests.faults.system import free_port
from tests.waiting import STANDSTILL_SECONDS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "guide"
GUIDE = "".join((FOLDER / f"{name}.md").read_text("utf-8") for name in ("start", "webhooks"))
BLOCKS = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL))
EXPECTED = re.findall(r"^(?:as|cat) .*# (\d{3})$", BLOCKS, re.MULTILINE)
SHOWN = re.findall(r"^    ((?:verified|python) .*)$", GUIDE, re.MULTILINE)


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
    port, hook, first_hook = free_port(), free_port(), free_port()
    settings = {"DATABASE_URL": dsn, "PORT": str(port), "LOG_LEVEL": "warning"}
    settings |= {"AUTH": "on", "AUDIT": "on", "DATA_DIR": str(tmp_path / "data")}
    settings |= {"WEBHOOKS_INSIDE": "true"}
    environment = os.environ | {f"REGISTRY_{n}": value for n, value in settings.items()}
    environment |= {"PYTHONPATH": str(ROOT)}
    script = BLOCKS.replace("localhost:8000", f"127.0.0.1:{port}").replace("8099", str(hook))
    script = script.replace("8098", str(first_hook)).replace(".venv/bin/python", sys.executable)
    script = script.replace("clients/python", str(ROOT / "clients" / "python"))
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
        async with asyncio.timeout(STANDSTILL_SECONDS):
            printed, _ = await shell.communicate()
    finally:
        server.terminate()
        await server.wait()
    text = printed.decode()
    assert len(EXPECTED) == 9
    assert re.findall(r" (\d{3})$", text, re.MULTILINE) == EXPECTED, text
    # A test delivery is about nothing that others have to come before or after.
    shown = re.findall(r"^(?:verified|python) .*$", text, re.MULTILINE)
    assert sorted(shown) == sorted(SHOWN), text
    assert len(SHOWN) == 5 and '"status":"poor"' in text
