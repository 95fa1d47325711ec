"""What a run needs of its transaction: time, plans that read whole tables, its content alone."""

from __future__ import annotations

from shared.kernel.database import Transaction


async def read_by_sets(tx: Transaction, seconds: float) -> None:
    """Let statements take `seconds`, and whole lists and tables be read.

    What helps a writer that goes by keys would slow a run down.
    """
    await tx.execute(
        f"SET LOCAL statement_timeout = {int(seconds * 1000)}; SET LOCAL enable_seqscan = on; "
        "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"
    )


async def hold_content(tx: Transaction, content: str) -> None:
    """Let no other run of this content be computed until this transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('content:' || $1, 0))", content)
