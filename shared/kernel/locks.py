"""The advisory locks of the registry, each with a number of its own.

PostgreSQL knows them by number alone, for the whole database: with one number for two, the seeds of
a new version waited for the compaction of a tally.
"""

from __future__ import annotations

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """The numbers of the locks; one that was given is never given to another."""

    CLOCK = 7_361_001
    ANNOUNCEMENT = 7_361_002
    MIGRATION = 7_361_003
    COMPACTION = 7_361_004
    SEED = 7_361_005
    RECONCILIATION = 7_361_006
    FAMILIES = 7_361_007
