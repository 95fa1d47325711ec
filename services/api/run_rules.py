"""The rule of a run, as the version that the run names had it and provincial law amended it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asyncpg import Record

from shared.http.context import Context
from shared.law.allocation_rules import Rule


async def rule_of(context: Context, run: Record) -> Rule | None:
    """Return a completed run's rule, None before that; ask outside of a snapshot."""
    frozen: Mapping[str, Any] = run["inputs"] or {}
    if "rule" not in frozen:
        return None
    rules = await context.allocation_rules.version(frozen["rule"]["digest"])
    applied = {each["id"] for each in frozen.get("overlays") or () if each.get("applied")}
    amending = [overlay for overlay in rules.overlays if overlay.id in applied]
    return rules.named(run["rule"]).amended(amending)
