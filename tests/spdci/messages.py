"""Messages of the standard, as its users send them."""

from __future__ import annotations

from typing import Any

SENT = "2026-11-21T05:00:00Z"


def envelope(named: str, message: dict[str, Any], count: int = 1, **header: Any) -> dict[str, Any]:
    """Return an envelope."""
    return {
        "header": {
            "version": "1.0.0",
            "message_id": "m-1",
            "message_ts": SENT,
            "action": named,
            "sender_id": "spmis.example.org",
            "sender_uri": "https://spmis.example.org/registry/on-search",
            "receiver_id": "social.example.org",
            "total_count": count,
            "is_msg_encrypted": False,
            **header,
        },
        "message": message,
    }


def criteria(query_type: str, query: Any, **more: Any) -> dict[str, Any]:
    """Return search criteria."""
    return {"version": "1.0.0", "query_type": query_type, "query": query, **more}


def by_id(kind: str, value: str, **more: Any) -> dict[str, Any]:
    """Return criteria of an identifier."""
    return criteria("idtype-value", {"type": kind, "value": value}, **more)


def by_expression(query: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return criteria of an expression."""
    value = {"expression": {"collection": "Group", "query": query}}
    return criteria("expression", {"type": "ns:org:QueryType:expression", "value": value}, **more)


def search(*all_criteria: dict[str, Any], transaction: str = "t-1", **header: Any) -> Any:
    """Return a message with searches, called r-0, r-1, …"""
    items = [
        {"reference_id": f"r-{n}", "timestamp": SENT, "search_criteria": each, "locale": "eng"}
        for n, each in enumerate(all_criteria)
    ]
    message = {"transaction_id": transaction, "search_request": items}
    return envelope("search", message, len(items), **header)
