"""Other numbers of the same form and other places in an article, its labels changed alike."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from typing import Any

from tests.eval.articles import Article, Label

_DIGITS = re.compile(r"\d+")
# Names as the articles write them, and names of the same level in the same script instead.
_PLACES: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "Bình Gia": ((("Binh Gia",), "Bac Yen"),),
    "Đắk Lắk": ((("Dak Lak",), "Kon Tum"),),
    "Quảng Ngãi": ((("Quang Ngai",), "Ninh Thuan"),),
    "Sóc Trăng": (
        (("Soc Trang",), "Tra Vinh"),
        (("ซ็อกจาง", "ซ็อก ตรัง", "ซอกตรัง"), "จ่าวิญ"),
    ),
    "Cù Lao Dung": ((("กู๋เหล่าดุง",), "เกิ่วแกะ"),),
    "Trần Đề": ((("ทรานเด", "จรันเด"), "เซวียนหาย"),),
    "Vĩnh Châu": ((("หวิญเจิว",), "เกิ่วหงาง"),),
    "Long Phú": ((("ลองฟู",), "จ่ากู๊"),),
}
_NEW = {
    "Bình Gia": "Bắc Yên",
    "Đắk Lắk": "Kon Tum",
    "Quảng Ngãi": "Ninh Thuận",
    "Sóc Trăng": "Trà Vinh",
    "Cù Lao Dung": "Cầu Kè",
    "Trần Đề": "Duyên Hải",
    "Vĩnh Châu": "Cầu Ngang",
    "Long Phú": "Trà Cú",
}


def masked(article: Article, seed: int) -> Article:
    """Return the article with other numbers and places; offsets and labels follow."""
    draw = random.Random(f"{article.name}{seed}")
    edits = [_number_edit(article.text, label, draw) for label in article.labels]
    edits += _place_edits(article.text)
    edits.sort()
    text, labels = article.text, [dict(label) for label in article.labels]
    for start, end, new, values in reversed(edits):
        text = text[:start] + new + text[end:]
        for label in labels:
            _shift(label, start, end, len(new) - (end - start))
            if values and label["start"] == values["start"]:
                label |= values
    for label in labels:
        _rename(label)
    return Article(article.name, article.language, text, tuple(labels))


def _number_edit(
    text: str, label: Label, draw: random.Random
) -> tuple[int, int, str, dict[str, Any]]:
    """Change the digits that a number is printed with, its length and marks kept."""
    start, end = label["start"], label["end"]
    printed = text[start:end]
    number = re.match(r"\d[\d.,]*\d|\d", printed)
    if number is None or label.get("value_max") is not None or len(number.group()) < 3:
        return start, end, printed, {}
    new = _DIGITS.sub(lambda m: _other(m.group(), draw), number.group())
    factor = Decimal(str(label["value"])) / _value(number.group(), label["lang"])
    value = _value(new, label["lang"]) * factor
    return start, end, new + printed[number.end() :], {"start": start, "value": str(value)}


def _other(digits: str, draw: random.Random) -> str:
    """Return as many digits, the first and the last not zero; groups of zeros stay."""
    if set(digits) == {"0"}:
        return digits
    return "".join(str(draw.randint(1, 9)) for _ in digits)


def _value(digits: str, language: str) -> Decimal:
    group, decimal = (",", ".") if language in ("th", "en") else (".", ",")
    return Decimal(digits.replace(group, "").replace(decimal, "."))


def _place_edits(text: str) -> list[tuple[int, int, str, dict[str, Any]]]:
    return [
        (m.start(), m.end(), new, {})
        for forms in _PLACES.values()
        for names, new in forms
        for name in names
        for m in re.finditer(re.escape(name), text)
    ]


def _shift(label: Label, start: int, end: int, by: int) -> None:
    """Move a label that stands behind an edit, stretch one that the edit lies in."""
    if label["start"] >= end:
        label["start"] += by
    if label["end"] >= end and label["end"] > start:
        label["end"] += by


def _rename(label: Label) -> None:
    places = [label.get("place"), *(label.get("places") or [])]
    renamed = [{**p, "name": _name(p)} for p in places if p]
    label["place"] = renamed[0] if renamed else None
    if label.get("places"):
        label["places"] = renamed[1:]


def _name(place: dict[str, str]) -> str:
    return _NEW.get(place["name"], place["name"])
