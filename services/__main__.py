"""`python -m services` is the command `registry`."""

from __future__ import annotations

from services.cli import main

main()
