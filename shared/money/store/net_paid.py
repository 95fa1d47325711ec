"""Sums of payments in SQL: what was paid, what came back, and what is out.

Each reads disbursements under the alias `d`, of the revisions that count; no row sums up to 0.
"""

from __future__ import annotations

PAID = "coalesce(sum(d.amount_vnd) FILTER (WHERE d.kind = 'paid'), 0)::bigint"
RETURNED = "coalesce(sum(d.amount_vnd) FILTER (WHERE d.kind = 'returned'), 0)::bigint"


def net(paid: str, returned: str) -> str:
    """Return the SQL of what is out, of columns or expressions that hold both sums."""
    return f"({paid} - {returned})"


NET_PAID = net(PAID, RETURNED)
