"""Vietnamese in the fonts of before Unicode, saved as if it were Western text.

TCVN3 (.VnTime) has one letter for each: "hé nghÌo" is hộ nghèo. VNI writes a mark behind its
letter: "hoä ngheøo". A text counts as such if it has their letters, no Vietnamese letter of
Unicode, and turns into Vietnamese words.
"""

from __future__ import annotations

import re

_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_MARKED = {
    "a": ("øùûõïêèéúüëâàáåãä", "àáảãạăằắẳẵặâầấẩẫậ"),
    "e": ("øùûõïâàáåãä", "èéẻẽẹêềếểễệ"),
    "o": ("øùûõïâàáåãä", "òóỏõọôồốổỗộ"),
    "ô": ("øùûõï", "ờớởỡợ"),
    "u": ("øùûõï", "ùúủũụ"),
    "ö": ("øùûõï", "ừứửữự"),
    "y": ("øùûõ", "ỳýỷỹ"),
}
_VNI = {base + mark: letter for base, (marks, letters) in _MARKED.items()
        for mark, letter in zip(marks, letters, strict=True)}  # fmt: skip
_VNI |= dict(zip("ñôöæóòî", "đơưỉĩịỵ", strict=True))
_VNI |= {written.upper(): letter.upper() for written, letter in _VNI.items()}
_VNI |= {written[0].upper() + written[1:]: letter.upper() for written, letter in _VNI.items()}
_UNICODE = re.compile("[ăđĩũơưĂĐĨŨƠƯ\u0300-\u036f\u0e00-\u0e7f\u1ea0-\u1ef9]")
_ONE = re.compile("[A-Za-z][¡-¾]|[§-®][A-Za-zµ-þ]|[A-Za-z][ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞß][a-z ,.]")
_TWO = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 4000
_LEAST = 2
_SHARE = 6  # one word in so many must be a common one
_COMMON = re.compile(
    r"\b(?:năm|hộ|nghèo|và|của|các|là|được|cho|trong|những|với|trên|đã|này|từ|đến|tỉnh|huyện|xã|còn|có"
    r"|số|cuối|đồng|người|không|một|nhà|tỷ|triệu|giảm|tăng|hỗ|trợ|cận|chiếm|về|tại|theo|để|khi)\b"
)


def modern(raw: str) -> tuple[str, list[int] | None]:
    """Return a text in Unicode; with it, where its letters differ in number, where each began."""
    sample = raw[:_SAMPLE]
    if sample.isascii() or _UNICODE.search(sample):
        return raw, None
    table = str.maketrans(_TCVN3)
    if len(_ONE.findall(sample)) >= _LEAST and _is_vietnamese(sample.translate(table)):
        return raw.translate(table), None
    if len(_TWO.findall(sample)) >= _LEAST and _is_vietnamese(_of_vni(sample)[0]):
        return _of_vni(raw)
    return raw, None


def _is_vietnamese(text: str) -> bool:
    lowered = text.lower()
    return len(_COMMON.findall(lowered)) * _SHARE >= len(_WORD.findall(lowered))


def _of_vni(raw: str) -> tuple[str, list[int]]:
    kept: list[str] = []
    origins: list[int] = []
    position = 0
    for found in _TWO.finditer(raw):
        kept.append(raw[position : found.start()] + _VNI[found.group()])
        origins.extend(range(position, found.start() + 1))
        position = found.end()
    kept.append(raw[position:])
    origins.extend(range(position, len(raw) + 1))
    return "".join(kept), origins
