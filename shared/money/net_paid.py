"""Net paid: what was paid less what came back; the đồng that are out.

Law: none (arithmetic).
"""

from __future__ import annotations


def net_paid(paid_vnd: int, returned_vnd: int) -> int:
    """Return what is out, in đồng; `shared.money.store.net_paid` says the same in SQL."""
    return paid_vnd - returned_vnd
