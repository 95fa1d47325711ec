"""A stuck process ends and says where it was stuck; one that works, or is stopped, does not."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from shared.runtime.watchdog import STUCK, Watchdog

STUCK_FOR_EVER = """
import asyncio, threading
from shared.runtime.watchdog import Watchdog

async def main():
    asyncio.create_task(Watchdog(beat_seconds=0.01, beats_max=5).run())
    await asyncio.sleep(0.05)
    somewhere()

def somewhere():
    threading.Event().wait()

asyncio.run(main())
"""


def test_a_stuck_loop_ends_the_process_and_says_where() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STUCK_FOR_EVER], capture_output=True, text=True, check=False
    )
    assert done.returncode == STUCK
    assert "process.stuck" in done.stdout + done.stderr
    assert "in somewhere" in done.stderr


async def test_a_loop_that_goes_on_is_left_alone() -> None:
    # One missed beat would end this process, and the test with it.
    beating = asyncio.create_task(Watchdog(beat_seconds=0.2, beats_max=20).run())
    for _ in range(20):
        await asyncio.sleep(0.05)
    assert not beating.done()
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
