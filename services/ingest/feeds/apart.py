"""Programs that read what strangers wrote: each in a process of its own, killed when it is slow."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path


async def output_of(program: Path, content: bytes, seconds: float, *arguments: str) -> bytes:
    """Return what a program makes of its input; `TimeoutError` past its time."""
    # Isolated, without our environment: it sees neither our secrets nor our modules.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(program), *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(seconds):
            output, _ = await process.communicate(content)
    finally:
        if process.returncode is None:
            process.kill()
            await asyncio.shield(process.wait())
    return output
