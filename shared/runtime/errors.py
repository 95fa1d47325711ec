"""Why a process does not start, in one line that says what to do."""

from __future__ import annotations


class StartError(Exception):
    """The process cannot start; the message is for the person at the terminal."""
