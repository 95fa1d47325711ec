"""What has become of a client's transactions, in the standard's words."""

from __future__ import annotations

from datetime import datetime

from shared.kernel.database import Snapshot
from shared.spdci.answers import RequestsAnswer, TxnStatusAnswer, request_answer
from shared.spdci.exchanges import Action, status_of
from shared.spdci.requests import TxnStatusQuery, TxnType
from shared.spdci.store import exchanges

_ACTIONS: dict[TxnType, Action] = {"search": "search", "subscribe": "subscribe"}


async def txn_status(
    snapshot: Snapshot, client_id: str, query: TxnStatusQuery, transaction: str, now: datetime
) -> TxnStatusAnswer:
    """Return what has become of the requests that a question names.

    What is another client's, or was answered at once, is as what never was.
    """
    value = query.attribute_value
    values = [value] if isinstance(value, str) else value
    action = _ACTIONS.get(query.txn_type)
    rows = []
    if action is not None:
        kind = query.attribute_type
        rows = await exchanges.named_by(snapshot, client_id, action, kind, values)
    answers = [each for row in rows for each in status_of(row, now)]
    if query.attribute_type == "reference_id_list":
        answers = [each for each in answers if each.reference_id in set(values)]
    if not answers:
        reason, detail = "rjct.reference_id.invalid", "there is no such transaction"
        answers = [request_answer(query.reference_id, now, "rjct", reason, detail)]
    first = rows[0] if rows else None
    return TxnStatusAnswer(
        query.txn_type,
        RequestsAnswer(
            transaction if first is None else first.transaction_id,
            "" if first is None else str(first.correlation_id),
            answers,
        ),
    )
