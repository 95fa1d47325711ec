"""Takes from the queue of what was delivered too often."""

from __future__ import annotations

from aiormq.abc import AbstractChannel, DeliveredMessage
from pamqp.commands import Basic

from shared.messaging.transport import Keep


async def take(
    channel: AbstractChannel, queue: str, keep: Keep, limit: int, call_seconds: float
) -> int:
    """Remove at most `limit` messages after `keep` has returned, and return how many."""
    taken: list[DeliveredMessage] = []
    while len(taken) < limit:
        message = await channel.basic_get(queue, timeout=call_seconds)
        if not isinstance(message.delivery, Basic.GetOk):
            break
        taken.append(message)
    if taken:
        await keep([message.body for message in taken])
        await channel.basic_ack(taken[-1].delivery_tag or 0, multiple=True)
    return len(taken)
