"""In which encoding a text file is: Unicode, Windows-1258, or an older one that is refused by name.

Offices still send TCVN3 (.VnTime) and VNI fonts: bytes that look like text in any one-byte encoding
and mean other letters. Reading them as something else would change every name, so they are named.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from typing import IO
from unicodedata import combining, normalize

from services.ingest.imports.sheets.cells import CHUNK_BYTES, Unreadable

UTF8 = "utf-8"
SAMPLE_BYTES = 64 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PLAIN = "aăâeêioôơuưyđ"
_MARKS = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
LETTERS = frozenset(
    normalize("NFC", letter + mark)
    for small in _PLAIN
    for letter in (small, small.upper())
    for mark in _MARKS
)
# Signs that a Vietnamese office's text holds beside letters, in the bytes of Windows-1258.
_SIGNS = frozenset("–—‘’“”…•°€§\u00a0")
_TCVN3 = re.compile(rb"[A-Za-z][\xa1-\xbe]|[\xa7-\xae][A-Za-z\xb5-\xfe]")
_VNI = re.compile(rb"[AEIOUYaeiouy][\xd5\xd8\xd9\xdb\xcf\xf5\xf8\xf9\xfb\xef\xe0-\xe5]|[\xd1\xf1]")
# The same where TCVN3 bytes were saved as if they were Western text and then as UTF-8.
_MOJIBAKE = re.compile(r"[A-Za-z][µ¶·¸¹¨©ª«¬®»¼½¾¡¢£¤¥¦](?=[A-Za-z]|\W|$)|§[A-Za-zµ-þ]")


def encoding_of(file: IO[bytes]) -> str:
    """Return the encoding of a file and put it back to its start.

    Raises `Unreadable`, with a code that names the encoding, for what is not read.
    """
    try:
        return _encoding(file)
    finally:
        file.seek(0)


def _encoding(file: IO[bytes]) -> str:
    chunk = file.read(CHUNK_BYTES)
    if chunk.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise _not_text()
    for mark, name in _BOMS:
        if chunk.startswith(mark):
            return name
    if wide := _unmarked_utf16(chunk):
        return wide
    if b"\x00" in chunk:
        raise _not_text()
    decoder, marked = codecs.getincrementaldecoder(UTF8)(), False
    while chunk:
        try:
            marked |= not decoder.decode(chunk).isascii()
        except UnicodeDecodeError as error:
            # One broken row among true UTF-8 is refused on its own.
            marked |= not error.object[: error.start].isascii()
            return UTF8 if marked else legacy_encoding(chunk[:SAMPLE_BYTES])
        chunk = file.read(CHUNK_BYTES)
    return UTF8


def _not_text() -> Unreadable:
    vi = "tệp không phải văn bản; hãy lưu lại dưới dạng CSV UTF-8"
    return Unreadable("the file is no text that we know; save it as CSV UTF-8", "not_text", vi)


def _unmarked_utf16(chunk: bytes) -> str | None:
    """A header is ASCII: then every second byte of UTF-16 is 0."""
    start = chunk[:64]
    if len(start) >= 4 and not any(start[1::2]) and all(start[::2]):
        return "utf-16-le"
    if len(start) >= 4 and not any(start[::2]) and all(start[1::2]):
        return "utf-16-be"
    return None


def legacy_encoding(sample: bytes) -> str:
    """Return `cp1258` if the bytes are Vietnamese in it, else raise `Unreadable` by their name."""
    if _is_vietnamese(sample):
        return "cp1258"
    tcvn3, vni = len(_TCVN3.findall(sample)), len(_VNI.findall(sample))
    if tcvn3 == vni == 0:
        detail = "the file is neither UTF-8, UTF-16 nor Windows-1258; save it as CSV UTF-8"
        vi = "tệp không phải UTF-8, UTF-16 hay Windows-1258; hãy lưu lại dưới dạng CSV UTF-8"
        raise Unreadable(detail, "unknown_encoding", vi)
    name, code = ("TCVN3 (ABC)", "tcvn3_text") if tcvn3 >= vni else ("VNI", "vni_text")
    detail = f"the text is in {name}, an encoding of old fonts; convert it to Unicode (UTF-8)"
    vi = f"văn bản dùng bảng mã {name}; hãy chuyển sang Unicode (UTF-8) rồi gửi lại"
    raise Unreadable(detail, code, vi)


def _is_vietnamese(sample: bytes) -> bool:
    """Say whether at least 19 of 20 marked letters exist in Vietnamese: one typo is no proof."""
    text = normalize("NFC", sample.decode("cp1258", "replace"))
    marked = Counter(c for c in text if c > "\x7f")
    strange = sum(
        n for c, n in marked.items() if combining(c) or (c not in LETTERS and c not in _SIGNS)
    )
    return strange * 20 <= sum(marked.values())


def is_mojibake(text: str) -> bool:
    """Say whether a text is TCVN3 that was saved as if it were Western: «Tµy» for Tày."""
    return not text.isascii() and _MOJIBAKE.search(text) is not None
