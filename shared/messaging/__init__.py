"""Messages between the parts of the registry, delivered at least once with one effect each.

1. A message is a row of `outbox`, written in the transaction that caused it, or it does not exist.
2. The relay claims rows under lock, publishes them and deletes exactly those that were confirmed.
3. A confirm means that somebody durable holds the message: a quorum queue of RabbitMQ, or, in one
   process, every consumer that has committed its work.
4. PostgreSQL is the only truth; an emptied broker loses nothing that a replay does not bring back.
5. Delivery is at least once and in any order, so handlers recompute and never increment.
6. A message carries items (household ids); a batch is the sorted union of the items of several
   messages, handled in one transaction, and settled only after its commit.
7. A transient error repeats the same batch after a pause and never counts against an item.
8. A data error is halved out of its batch into `quarantine`, and the other items are committed.
9. A message that was delivered before is handled alone with its starts recorded, so that the item
   that kills or hangs its worker is quarantined and its neighbours are not.
10. Quarantined items are listed, replayed or healed by a later success; nothing is thrown away.
"""
