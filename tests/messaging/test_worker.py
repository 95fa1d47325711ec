"""Who a worker is, and which others have certainly ended."""

from __future__ import annotations

import subprocess
import sys

from shared.messaging.worker import certainly_gone, this_worker


def test_a_process_that_ended_is_known_on_its_own_machine_only() -> None:
    me = this_worker()
    host, pid, _ = me.split(":")
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    assert not certainly_gone(me, me)
    assert certainly_gone(f"{host}:{pid}:earlier", me)
    assert certainly_gone(f"{host}:{ended}:x", me)
    assert not certainly_gone(f"elsewhere:{ended}:x", me)
    assert not certainly_gone(f"{host}:1:x", me)
    assert not certainly_gone("what is this", me)
