"""What the reading layer and the door say of a row, together: each fault once, in its cell."""

from __future__ import annotations

from collections.abc import Sequence

from services.ingest.imports.reasons import Reason, door_reason
from services.ingest.imports.sheets.cells import column_letters
from services.ingest.imports.tables import TableRow
from services.ingest.imports.values import shown
from shared.kernel.errors import Fault
from shared.kernel.revisions import Revision


def row_reasons(row: TableRow, checked: Revision | Sequence[Fault]) -> Revision | list[Reason]:
    """Return the checked row, or everything that is wrong with it.

    Of a field whose cell was refused the door knows nothing, so what it says of it is left out.
    """
    if isinstance(checked, Revision):
        return row.reasons or checked
    if row.reasons and not row.item:
        return row.reasons
    refused = {_field(reason.pointer) for reason in row.reasons}
    said = [placed(row, fault) for fault in checked if _field(fault.pointer) not in refused]
    return [*row.reasons, *said]


def _field(pointer: str) -> str:
    return pointer.removeprefix("/").partition("/")[0]


def placed(row: TableRow, fault: Fault) -> Reason:
    """Return what the door says of a row, with the cell that it speaks of."""
    field = _field(fault.pointer)
    place = row.header.of_field(field) if field else None
    if place is None:
        return door_reason(fault)
    cell = row.cells[place.index] if place.index < len(row.cells) else None
    where = column_letters(place.index) + str(row.number)
    return door_reason(fault, where, place.heading, shown(cell))
