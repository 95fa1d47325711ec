"""Who a worker is, and whether another on the same machine has certainly ended."""

from __future__ import annotations

import os
import socket
from uuid import uuid4

_TOKEN = uuid4().hex[:8]


def this_worker() -> str:
    """Return host, process number and a token: a container's next life has the same first two."""
    return f"{socket.gethostname()}:{os.getpid()}:{_TOKEN}"


def certainly_gone(worker: str, me: str) -> bool:
    """Say whether `worker` is a process of this machine that runs no more; False is no proof."""
    if worker.count(":") != 2 or me.count(":") != 2:
        return False
    (host, pid, token), (my_host, my_pid, my_token) = worker.split(":"), me.split(":")
    if host != my_host or not pid.isdigit():
        return False
    if pid == my_pid:
        return token != my_token
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
