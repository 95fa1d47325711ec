"""`python -m services` is the command `registry`."""

from __future__ import annotations

from services.commands.cli import main

main()
