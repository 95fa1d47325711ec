"""CSV: in whatever encoding and with whatever separator, or refused; a row never hides another."""

from __future__ import annotations

import io
import tracemalloc
from unicodedata import normalize

import pytest

from services.ingest.imports.sheets.cells import Unreadable
from services.ingest.imports.sheets.delimited import csv_sheets
from tests.ingest.imports.books import MIB, codes, read

TONES = "\u0300\u0301\u0303\u0309\u0323"
NAMES = ("source", "external_id", "area_code", "on", "households_total", "zone")
ROW = ("binhgia", "so/1", "06091", "2023-12-31", "842", "III")


def table(*rows: tuple[str, ...], sign: str = ",", end: str = "\n") -> str:
    return "".join(sign.join(row) + end for row in (NAMES, *rows))


def items(content: bytes) -> list[dict[str, object]]:
    _, rows = read("a.csv", content, "area-facts")
    assert [row.reasons for row in rows] == [[]] * len(rows)
    return [row.item for row in rows]


FACT = dict(zip(NAMES, ROW, strict=True)) | {"households_total": 842}
READ = {
    "commas": table(ROW).encode(),
    "semicolons": table(ROW, sign=";").encode(),
    "tabs": table(ROW, sign="\t").encode(),
    "bars": table(ROW, sign="|").encode(),
    "a declared separator": b"sep=;\n" + table(ROW, sign=";").encode(),
    "a declared separator of its own": b'"sep=#"\r\n' + table(ROW, sign="#").encode(),
    "a byte order mark": b"\xef\xbb\xbf" + table(ROW).encode(),
    "UTF-16 as Excel saves Unicode text": table(ROW, sign="\t").encode("utf-16"),
    "UTF-16 without a mark": table(ROW).encode("utf-16-le"),
    "UTF-16 of the other end": table(ROW).encode("utf-16-be"),
    "ends of Windows": table(ROW, end="\r\n").encode(),
    "ends of old Macs": table(ROW, end="\r").encode(),
    "no last end": table(ROW).encode()[:-1],
    "all in quotes": table(tuple(f'"{cell}"' for cell in ROW)).encode(),
    "headings in capitals and with blanks": table(ROW)
    .replace("area_code", " AREA  code ")
    .encode(),
    "a heading over two lines": table(ROW).replace("zone", '"zone\n(khu vực)"').encode(),
    "blank columns": table((*ROW, "", "")).replace("zone", "zone,,").encode(),
    "blank rows": table(ROW, ("",) * 6, ("  ", *[""] * 5)).encode() + b"\n\n",
    "titles above": b"B\xc3\x81O C\xc3\x81O\n,,,,,\n" + table(ROW).encode(),
    "running numbers and notes": ("STT," + table(ROW))
    .replace("zone", "zone,Ghi chú")
    .replace("binhgia", "1,binhgia")
    .replace("III", "III,xem lại")
    .encode(),
}


@pytest.mark.parametrize("content", READ.values(), ids=READ)
def test_a_table_is_read_however_it_was_saved(content: bytes) -> None:
    assert items(content) == [FACT]


@pytest.mark.parametrize("name", ["Tày", "Bình Gia", "Hộ nghèo"])
def test_windows_1258_is_vietnamese(name: str) -> None:
    text = table(("source", "x", "06091", "2023-12-31", "1", ""))
    content = text.encode().replace(b"source,x", cp1258(name) + b",x")
    assert items(content)[0]["source"] == name


def cp1258(text: str) -> bytes:
    """In this encoding a tone is a sign of its own behind its letter, but for some of old."""
    out = b""
    for letter in text:
        parts = normalize("NFD", letter)
        tone = "".join(part for part in parts if part in TONES)
        base = normalize("NFC", "".join(part for part in parts if part not in TONES))
        out += letter.encode("cp1258", "ignore") or base.encode("cp1258") + tone.encode("cp1258")
    return out


REFUSED = {
    "TCVN3": (b"source,x\nT\xb5y,H\xe9 ngh\xcco\n", "tcvn3_text"),
    "VNI": (b"source,x\nTa\xf8y,Ho\xe4 ngh\xe8o, \xf1o\xe0ng ba\xe8o\n", "vni_text"),
    "Western": ("source,x\nGröße,Maß\n".encode("latin-1"), "unknown_encoding"),
    "no text": (b"PK\x03\x04\x00\x00source", "not_text"),
    "a picture's bytes": (b"\x89PNG\r\n\x1a\n\x00\x00", "not_text"),
    "a header of 20,000 columns": (
        ",".join(f"c{n}" for n in range(20_000)).encode(),
        "header_unknown",
    ),
}


@pytest.mark.parametrize(("content", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_told_is_refused_by_its_name(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as fault:
        read("a.csv", content, "area-facts")
    assert fault.value.code == code


def several(count: int) -> list[tuple[str, ...]]:
    return [("binhgia", f"so/{n}", *ROW[2:]) for n in range(1, count + 1)]


def spoilt(line: int, old: str, new: str, count: int = 6) -> bytes:
    lines = table(*several(count)).splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].replace(old, new)
    return "".join(lines).encode()


def refused(content: bytes) -> tuple[int, list[tuple[int, list[str]]]]:
    _, rows = read("a.csv", content, "area-facts")
    return len(rows), [found for found in codes(rows) if found[1]]


def test_a_quote_that_never_closes_names_every_row_that_it_swallows() -> None:
    count, faults = refused(spoilt(4, "III", '"III'))
    assert count == 6
    assert faults == [(n, ["quote_unclosed"]) for n in (4, 5, 6, 7)]


def test_a_quote_in_the_last_row_costs_that_row() -> None:
    assert refused(spoilt(7, "III", '"III')) == (6, [(7, ["quote_unclosed"])])


def test_a_quote_inside_a_cell_costs_its_row_only() -> None:
    assert refused(spoilt(3, "so/2", 'so"2')) == (6, [(3, ["stray_quote"])])
    assert refused(spoilt(3, "so/2", '"so"2')) == (6, [(3, ["stray_quote"])])


def test_two_stray_quotes_do_not_make_one_row_of_three() -> None:
    content = spoilt(3, "III", '"III').replace(
        b"so/4,06091,2023-12-31,842,III", b'so/4,06091,2023-12-31,842,III"'
    )
    count, faults = refused(content)
    assert count == 6
    assert [line for line, _ in faults] == [3, 4, 5]


def test_a_cell_over_two_lines_is_for_whole_texts_only() -> None:
    count, faults = refused(spoilt(3, "III", '"III\n"'))
    assert (count, faults) == (7, [(3, ["line_break_in_cell"]), (4, ["line_break_in_cell"])])
    article = 'source,external_id,text\nbao,1,"Dòng một.\nDòng ""hai""."\n'.encode()
    _, (row,) = read("a.csv", article, "articles")
    assert row.item["text"] == 'Dòng một.\nDòng "hai".'


def test_rows_have_the_numbers_that_an_editor_shows() -> None:
    content = "Tiêu đề\n\n" + table(*several(2)).replace("so/1", "", 1)
    _, rows = read("a.csv", content.encode(), "area-facts")
    assert [row.number for row in rows] == [4, 5]


def test_an_open_quote_does_not_fill_the_memory() -> None:
    content = table(ROW).encode() + b'"' + b"x\n" * (8 * MIB)
    sheets = csv_sheets(io.BytesIO(content), MIB, lambda heading: heading in NAMES)
    tracemalloc.start()
    with pytest.raises(Unreadable) as fault:
        for sheet in sheets:
            for _ in sheet.batches:
                pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fault.value.code == "quote_unclosed"
    assert peak < 64 * MIB
