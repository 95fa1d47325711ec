"""XML as events: no document type (so no entities of one's own), nothing kept but what is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

from services.ingest.imports.sheets.cells import CHUNK_BYTES, Unreadable

# A tag that is longer than this is made to fill the memory: expat keeps it until it ends.
TOKEN_BYTES_MAX = 16 * 1024 * 1024

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]

BROKEN = "the file cannot be read as XLSX"
BROKEN_VI = "không đọc được tệp này như một tệp XLSX; hãy mở lại và lưu dưới dạng .xlsx"


def broken() -> Unreadable:
    """Return the refusal of a workbook that is none."""
    return Unreadable(BROKEN, vi=BROKEN_VI)


def too_large(what: str) -> Unreadable:
    """Return the refusal of a workbook that is made to hurt."""
    vi = "tệp XLSX giải nén ra quá lớn; hãy gửi CSV"
    return Unreadable(f"{what} unpacks to far too much; send CSV", "file_too_large", vi)


def _refuse_doctype(*_: object) -> None:
    raise broken()


def parsed(part: IO[bytes], bytes_max: int, start: Start, end: End, text: Text) -> Iterator[None]:
    """Read a part, calling back with names without their prefix; pause after each chunk."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = CHUNK_BYTES
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda name, values: start(_local(name), values)
    parser.EndElementHandler = lambda name: end(_local(name))
    parser.CharacterDataHandler = text
    read = 0
    try:
        while chunk := part.read(CHUNK_BYTES):
            read += len(chunk)
            if read > bytes_max or read - parser.CurrentByteIndex > TOKEN_BYTES_MAX:
                raise too_large("a part of the workbook")
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise broken() from error


def _local(name: str) -> str:
    return name if ":" not in name else name.rpartition(":")[2]
