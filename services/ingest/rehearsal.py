"""A dry run over a whole file: what an earlier part of it would have stored is known to the later.

Eight bytes of a revision's name and of its content are kept, so that a million rows take some
hundred megabytes; that two of a million agree by chance happens once in some 37 million files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from services.ingest.receipts import Judged, Receipt, conflict
from services.ingest.record import Recorder
from shared.access.grants import Writer
from shared.kernel.errors import Fault
from shared.kernel.facts import FactKind
from shared.kernel.revisions import Revision


@dataclass
class Rehearsal:
    """Judges the parts of one file in order, storing nothing."""

    recorder: Recorder
    _contents: dict[int, int] = field(default_factory=dict)

    async def judge(
        self, kind: FactKind, revisions: Sequence[Revision], writer: Writer | None = None
    ) -> Judged:
        """Return what would become of the next revisions of the file."""
        receipts: list[Receipt] = []
        faults: list[tuple[int, Fault]] = []
        fresh: list[int] = []
        for position, revision in enumerate(revisions):
            content = self._contents.get(_name(revision))
            if content is None:
                fresh.append(position)
            elif content == _content(revision):
                receipts.append(Receipt.of(revision, "duplicate"))
            else:
                faults.append((position, conflict(revision.key, revision.revision, "")))
        unknown = [revisions[position] for position in fresh]
        judged = await self.recorder.rehearse(kind, unknown, writer=writer)
        for revision in judged.new:
            self._contents[_name(revision)] = _content(revision)
        faults += [(fresh[position], fault) for position, fault in judged.faults]
        return Judged((*receipts, *judged.receipts), judged.new, tuple(sorted(faults)))


def _name(revision: Revision) -> int:
    """Return what one revision is called; of kinds that are numbered by content, the content is."""
    number = revision.revision or revision.content_hash.hex()
    return _short("\n".join((*revision.key, str(number))).encode())


def _content(revision: Revision) -> int:
    return int.from_bytes(revision.content_hash[:8])


def _short(text: bytes) -> int:
    return int.from_bytes(blake2b(text, digest_size=8).digest())
