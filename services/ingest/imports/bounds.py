"""How much of nothing, and of what is refused, one import may hold: each row takes its time.

A stream may be packed a thousandfold, so that the length of what was sent bounds neither.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.ingest.imports.sheets.cells import Unreadable

# As many rows as a sheet has in all.
BLANK_ROWS_MAX = 1_048_576
# More than anybody mends by hand; whoever gets so many has the wrong file, or the wrong kind.
REJECTED_MAX = 200_000


@dataclass
class BlankRows:
    """Counts the rows in which nothing stands, and ends what holds too many of them."""

    rows: int = 0

    def count(self) -> None:
        """Count one more."""
        self.rows += 1
        if self.rows > BLANK_ROWS_MAX:
            raise too_many_blank_rows()


def too_many_blank_rows() -> Unreadable:
    """Return the refusal of what is empty for the most part."""
    return Unreadable(
        f"more than {BLANK_ROWS_MAX} rows are blank; send the rows that hold something",
        "too_many_blank_rows",
        f"có hơn {BLANK_ROWS_MAX} dòng trống; hãy chỉ gửi các dòng có dữ liệu",
    )


def refuse_hopeless(rejected: int) -> None:
    """End an import of which too much was refused already."""
    if rejected > REJECTED_MAX:
        raise too_many_rejected()


def too_many_rejected() -> Unreadable:
    """Return the end of what was refused for the most part."""
    return Unreadable(
        f"more than {REJECTED_MAX} rows were refused: see the first of them, mend the file and "
        "send it again",
        "too_many_rejected",
        f"có hơn {REJECTED_MAX} dòng bị từ chối: hãy xem các dòng đầu, sửa tệp rồi gửi lại",
    )
