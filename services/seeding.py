"""Load policy and areas from `seeds/`: a changed file becomes a new version, and recomputes.

Loading the same files again changes nothing. A new version counts from the moment it is recorded;
what was known before stays answerable as it was known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from services.area_files import load_areas
from shared.areas.store import units as areas
from shared.households.store import announcements
from shared.kernel import knowledge
from shared.kernel.clock import Clock
from shared.kernel.database import Database, Transaction
from shared.law.allocation_rules import read_rules
from shared.law.programs import read_programs
from shared.law.standards import read_policy
from shared.law.store import seeds
from shared.law.store.seed_cache import ALLOCATION_RULES, AREAS, POLICY
from shared.law.support_kinds import read_support_kinds
from shared.messages import HOUSEHOLD_EVENT_RECORDED, HOUSEHOLD_IDS_MAX
from shared.messaging import outbox
from shared.messaging.message import Message
from shared.press.reference_figures import SEEDED, read_reference_figures

ROOT = Path(__file__).resolve().parent.parent / "seeds"
_READERS: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    ALLOCATION_RULES: read_rules,
    SEEDED: read_reference_figures,
    "programs": read_programs,
    "support_kinds": read_support_kinds,
}


@dataclass(frozen=True)
class Loaded:
    """What a load changed."""

    kinds: tuple[str, ...]
    households_due: int


async def load(database: Database, clock: Clock, root: Path = ROOT) -> Loaded:
    """Load what differs from the latest version; all or nothing, safe to run by two at once."""
    files = [*sorted((root / "policy").glob("*.yaml")), root / f"{SEEDED}.yaml"]
    policies = {path.stem: path.read_text("utf-8") for path in files if path.exists()}
    # Whatever does not hang together is refused before anything is written.
    read_policy(yaml.safe_load(policies[POLICY]))
    for kind, read in _READERS.items():
        if kind in policies:
            read(yaml.safe_load(policies[kind]))
    tree = load_areas(root / "areas")
    texts = {**policies, AREAS: _areas_digest(root)}
    async with database.transaction() as tx:
        await tx.execute("SELECT pg_advisory_xact_lock($1)", seeds.SEED_LOCK)
        known = await seeds.digests(tx)
        changed = [k for k, text in texts.items() if known.get(k) != _digest(text)]
        if AREAS in changed:
            await areas.replace(tx, tree.units, tree.successions)
        due = await _recompute(tx, clock) if {AREAS, POLICY} & set(changed) else 0
        at = await knowledge.tick(tx)
        for kind in changed:
            text = texts[kind]
            await seeds.add(tx, seeds.SeedVersion(kind, _digest(text), at, text))
        await seeds.begin_announcing(tx, clock.today())
    return Loaded(tuple(changed), due)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _areas_digest(root: Path) -> str:
    files = [root / "areas" / name for name in ("units.csv", "successions.csv")]
    return "\n".join(sha256(file.read_bytes()).hexdigest() for file in files)


async def _recompute(tx: Transaction, clock: Clock) -> int:
    # A batch that has read the old version may be adding a household that we cannot see yet.
    await announcements.hold_batches(tx)
    rows = await tx.fetch("SELECT household_id FROM households ORDER BY household_id")
    ids = [row[0] for row in rows]
    chunks = [ids[n : n + HOUSEHOLD_IDS_MAX] for n in range(0, len(ids), HOUSEHOLD_IDS_MAX)]
    now = clock.now()
    await outbox.append(
        tx, [Message.new(HOUSEHOLD_EVENT_RECORDED, now, {"household_ids": c}) for c in chunks]
    )
    return len(ids)
