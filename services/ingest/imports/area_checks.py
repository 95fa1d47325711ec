"""Codes of areas that a spreadsheet may have changed: leading zeros lost, or another unit's code.

321 codes are another unit's once their zeros are lost (00019 is a ward, 19 is Thái Nguyên). A text
file does not show whether that happened, so such a code needs the unit's name beside it.
"""

from __future__ import annotations

from services.ingest.imports.headings import folded
from services.ingest.imports.reasons import Reason
from services.ingest.imports.tables import AreaCheck
from shared.areas.tree import AreaTree, Unit
from shared.kernel.errors import UnknownArea

CODE_LENGTHS = (2, 3, 5)
_POINTER = "/area_code"
_TEXT_EN = "format the column as text"
_TEXT_VI = "hãy định dạng cột là Văn bản (Text)"
_NAME_EN = "add a column area_name with the unit's name"
_NAME_VI = "thêm cột «Tên địa bàn»"


def area_check(areas: AreaTree, *, typed: bool) -> AreaCheck:
    """Return the check of one file's codes; `typed`: its cells show whether a code was a number."""

    def check(code: str, name: str | None) -> Reason | None:
        if name is not None:
            return _named(areas, code, name)
        return None if typed or not code.isdecimal() else _shortened(areas, code)

    return check


def _named(areas: AreaTree, code: str, name: str) -> Reason | None:
    units = _units(areas, code)
    if not units or any(_is_called(unit, name) for unit in units):
        return None
    return _other(code, units)


def _shortened(areas: AreaTree, code: str) -> Reason | None:
    lengths = [length for length in CODE_LENGTHS if length > len(code)]
    longer = [unit for length in lengths for unit in _units(areas, code.zfill(length))]
    return _lost(code, _units(areas, code), longer) if longer else None


def _units(areas: AreaTree, code: str) -> tuple[Unit, ...]:
    try:
        return areas.versions(code)
    except UnknownArea:
        return ()


def _is_called(unit: Unit, name: str) -> bool:
    names = {folded(each) for each in (unit.name, *unit.aliases)}
    return bool({folded(name), folded(name).removeprefix(folded(unit.kind)).strip()} & names)


def _full(unit: Unit) -> str:
    return f"{unit.code} {unit.kind} {unit.name}"


def _other(code: str, units: tuple[Unit, ...]) -> Reason:
    en = f"the name is not that of {_full(units[-1])}"
    return Reason(
        _POINTER,
        "area_name_differs",
        en,
        f"mã {code} là {_full(units[-1])[len(code) + 1 :]}, không phải tên đã ghi",
    )


def _lost(code: str, units: tuple[Unit, ...], longer: list[Unit]) -> Reason:
    other = _full(longer[0])
    if not units:
        en = (
            f"no unit has the code {code!r}; {other} has, with the zeros that were lost; {_TEXT_EN}"
        )
        vi = f"không có đơn vị nào mang mã {code}; {other} thì có, mã đã mất số 0 ở đầu; {_TEXT_VI}"
    else:
        one = _full(units[-1])
        en = f"{code!r} is {one}, or {other} whose zeros were lost; {_TEXT_EN}, or {_NAME_EN}"
        vi = f"mã {code} là {one}, hay {other} bị mất số 0 ở đầu? {_TEXT_VI}, hoặc {_NAME_VI}"
    return Reason(_POINTER, "code_lost_zeros", en, vi)
