"""Numbers of citizens: 12 digits that say province, century and year of birth, or 9 of old cards.

Three digits of the place where the birth was registered, one of century and sex (0 and 1 are the
20th century), two of the year, six by chance. Cards of before 2016 with 9 digits were valid to the
end of 2024, and lists still hold them.

Law: none (circulars of the ministry of public security on identity; nothing of poverty).
"""

from __future__ import annotations

from datetime import date

from shared.areas.tree import AreaTree
from shared.kernel.errors import DomainError, UnknownArea

# What senders call the number; other kinds of papers have no form that is known here.
PERSONAL_NUMBERS = frozenset(
    {"cccd", "cmnd", "cmtnd", "cc", "citizen_id", "national_id", "personal_id", "personal_number"}
)
FIRST_CENTURY = 1900


def check_personal_number(value: str, born: date | None, areas: AreaTree) -> None:
    """Raise `invalid_personal_number` for what cannot be a citizen's number."""
    if not (value.isascii() and value.isdigit()):
        raise _invalid("it has other signs than digits")
    if len(value) == 9:
        return
    if len(value) != 12:
        raise _invalid(f"it has {len(value)} digits, not 12 or 9")
    if not _is_province(value[:3], areas):
        raise _invalid(f"no province has the number {value[:3]}")
    century, year = divmod(int(value[3]), 2)[0], int(value[4:6])
    if born is not None and FIRST_CENTURY + 100 * century + year != born.year:
        raise _invalid(f"it says a birth in {FIRST_CENTURY + 100 * century + year}")


def _is_province(number: str, areas: AreaTree) -> bool:
    try:
        return number[0] == "0" and any(u.level == "province" for u in areas.versions(number[1:]))
    except UnknownArea:
        return False


def _invalid(why: str) -> DomainError:
    return DomainError("invalid_personal_number", f"this is no personal number: {why}")
