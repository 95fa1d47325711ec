"""Values that several examples share."""

from __future__ import annotations

EVENT = "5f9b3c1e-7a64-5d3f-9a43-0c1f6f1f2a10"
TRANSITION = "c0a7f2a6-4f0e-5d6e-8a1b-6a0d1c9f7e21"
DIGEST = "3b1d6d0d4c2f"
RECORDED = "2023-12-20T02:11:09.120031Z"
KNOWN = {"known_at": None, "settled_at": "2026-11-21T03:00:00.000123Z"}
ON_DAY = {"as_of": "2024-06-30", **KNOWN}
CURSOR = "WyJMUy0wNjA5MS0wMDAxMjMiXQ"
