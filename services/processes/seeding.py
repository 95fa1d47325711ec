"""Load policy and areas from `seeds/`: a changed file becomes a new version, and recomputes.

Loading the same files again changes nothing. A new version counts from the moment it is recorded;
what was known before stays answerable as it was known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from shared.areas.earlier import EarlierUnit, with_earlier
from shared.areas.store import earlier
from shared.areas.store import units as areas
from shared.areas.store.files import file_digests, load_areas
from shared.areas.tree import AreaTree
from shared.households.store import announcements, households, tally_runs
from shared.kernel import knowledge
from shared.kernel.clock import Clock
from shared.kernel.database import Database, Transaction
from shared.law.store import seeds
from shared.law.store.files import ROOT, digest_of, read_documents
from shared.law.store.seeds import (
    ALLOCATION_RULES,
    AREAS,
    ETHNIC_GROUPS,
    JUDGING,
    POLICY,
    PROGRAMS,
    REGISTER_CHECKS,
    SUPPORT_KINDS,
    SUPPORT_NORMS,
    Kind,
)
from shared.messages import HOUSEHOLDS_DUE, chunks
from shared.messaging import outbox
from shared.messaging.message import Message
from shared.press.store.seeded_figures import SEEDED_FIGURES

_OPTIONAL: tuple[Kind[Any], ...] = (
    ALLOCATION_RULES,
    ETHNIC_GROUPS,
    PROGRAMS,
    REGISTER_CHECKS,
    SUPPORT_KINDS,
    SUPPORT_NORMS,
    SEEDED_FIGURES,
)


@dataclass(frozen=True)
class Loaded:
    """What a load changed."""

    kinds: tuple[str, ...]
    households_due: int


async def load(
    database: Database, clock: Clock, root: Path = ROOT, reports: Sequence[EarlierUnit] = ()
) -> Loaded:
    """Load what differs from the latest version; all or nothing, safe to run by two at once.

    `reports` are units of earlier days that an operator reports; what was reported before stays.
    """
    documents = read_documents(root)
    _check(documents)
    tree = load_areas(root / "areas")
    async with database.transaction() as tx:
        await seeds.hold(tx)
        await earlier.report(tx, reports)
        known = await earlier.reported(tx)
        tree = with_earlier(tree, known) if known else tree
        texts = {**documents, AREAS: file_digests(root / "areas") + earlier.said(known)}
        latest = await seeds.digests(tx)
        changed = [kind for kind, text in texts.items() if latest.get(kind) != digest_of(text)]
        if AREAS in changed:
            await _replace_areas(tx, tree)
        due = await _recompute(tx, clock) if set(JUDGING) & set(changed) else 0
        at = await knowledge.tick(tx)
        for kind in changed:
            version = seeds.SeedVersion(kind, digest_of(texts[kind]), at, texts[kind])
            await seeds.add(tx, version)
        await announcements.begin(tx, clock.today())
    return Loaded(tuple(changed), due)


async def _replace_areas(tx: Transaction, tree: AreaTree) -> None:
    """Load the areas; where a commune turns out to lie in another unit, sums are made anew."""
    before = await areas.tree(tx)
    await areas.replace(tx, tree.units, tree.successions)
    after = await areas.tree(tx)
    known = [*before.provinces]
    if any(
        [*map(old.get, known)] != [*map(new.get, known)]
        for old, new in (
            (before.provinces, after.provinces),
            (before.districts, after.districts),
        )
    ):
        await tally_runs.forget(tx)


def _check(documents: Mapping[str, str]) -> None:
    """Refuse what does not hang together before anything is written."""
    POLICY.read(yaml.safe_load(documents[POLICY.name]), "")
    for kind in _OPTIONAL:
        if kind.name in documents:
            kind.read(yaml.safe_load(documents[kind.name]), "")


async def _recompute(tx: Transaction, clock: Clock) -> int:
    # A batch that has read the old version may be adding a household that we cannot see yet.
    await announcements.hold_batches(tx)
    ids = await households.list_ids(tx)
    now = clock.now()
    await outbox.append(
        tx, [Message.new(HOUSEHOLDS_DUE, now, {"household_ids": c}) for c in chunks(ids)]
    )
    return len(ids)
