"""However a text is printed it says the same: blanks in numbers, broken lines, old encodings."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.press.figures.extraction import extract
from shared.press.figures.figure import Figure
from shared.press.figures.numerals import numerals
from tests.eval.articles import gazetteer

SNIPPETS = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "snippets.yaml").read_text(encoding="utf-8")
)
BLANKS = (" ", "\u00a0", "\u202f", "\u2009")
SENTENCES = {
    "vi": "Cuối năm 2023, huyện Bình Gia còn 12.345 hộ nghèo và 3.784 hộ cận nghèo.",
    "en": "At the end of 2023 Binh Gia district had 12,345 poor and 3,784 near-poor households.",
    "id": "Pada akhir 2023 Distrik Binh Gia memiliki 12.345 rumah tangga miskin dan 3.784 rumah "
    "tangga hampir miskin.",
    "th": "สิ้นปี 2566 อำเภอบิ่ญซามีครัวเรือนยากจน 12,345 ครัวเรือน และครัวเรือนใกล้จน 3,784 ครัวเรือน",
}
LEGACY = {
    "TCVN3": "Cuèi n¨m 2023, huyÖn B×nh Gia cßn 2.100 hé nghÌo, chiÕm 14,78%.",
    "VNI": "Cuoái naêm 2023, huyeän Bình Gia coøn 2.100 hoä ngheøo, chieám 14,78%.",
}


def read(text: str) -> tuple[Figure, ...]:
    return extract(
        text, language=None, published_on=None, title=None, gazetteer=gazetteer()
    ).figures


def said(text: str) -> list[tuple[Any, ...]]:
    return [(f.measure, f.value, f.unit, f.place, f.period, f.kind) for f in read(text)]


@pytest.mark.parametrize("code", SENTENCES)
@pytest.mark.parametrize("blank", BLANKS)
def test_digits_grouped_by_blanks_are_one_number(code: str, blank: str) -> None:
    text = SENTENCES[code]
    for mark in ".,":
        text = text.replace(f"12{mark}345", f"12{blank}345").replace(f"3{mark}784", f"3{blank}784")
    assert said(text) == said(SENTENCES[code])
    assert [f.value for f in read(text)] == [12345, 3784]
    assert f"12{blank}345" in text[read(text)[0].start : read(text)[0].end]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 200 000 000 đồng", [1200000000]),
        ("năm 2023 158 hộ", [2023, 158]),
        ("12 345,6 tỷ", [12345.6]),
        ("120 350 41", [120, 350, 41]),
        ("0 123", [0, 123]),
    ],
)
def test_blanks_between_numbers_part_them(text: str, values: list[float]) -> None:
    assert [float(n.value) for n in numerals(text)] == values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Trong tháng 5 300 hộ nghèo của huyện Bình Gia được vay vốn.", 300),
        ("Ở Quận 3 250 hộ nghèo được vay vốn.", 250),
    ],
)
def test_what_names_a_month_or_a_ward_is_no_group(text: str, value: int) -> None:
    assert value in [f.value for f in read(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Cuối năm 2023, huyện Bình Gia còn 2.100\nhộ nghèo, chiếm 14,78%.",
        "Cuối năm 2023, huyện Bình Gia còn 2.100 hộ\r\nnghèo, chiếm 14,78%.",
        "Cuối năm 2023, toàn huyện Bình\nGia còn 2.100 hộ nghèo,\nchiếm 14,78%.",
        "At the end of 2023 Binh Gia district had 2,100 poor\nhouseholds, or 14.78 percent.",
        "Pada akhir 2023 Distrik Binh Gia memiliki 2.100 rumah\ntangga miskin, setara\n14,78%.",
        "สิ้นปี 2566 อำเภอบิ่ญซามีครัวเรือนยากจน 2,100\nครัวเรือน คิดเป็นร้อยละ\n14.78",
    ],
)
def test_a_line_broken_in_a_sentence_loses_nothing(text: str) -> None:
    figures = read(text)
    assert [(f.measure, str(f.value)) for f in figures] == [
        ("poor_households", "2100"),
        ("poverty_rate", "14.78"),
    ]
    assert {f.place.name if f.place else None for f in figures} == {"Bình Gia"}
    assert {f.period.end.isoformat() if f.period else None for f in figures} == {"2023-12-31"}
    assert all(f.quote in text for f in figures)


@pytest.mark.parametrize("width", [48, 64, 76])
def test_wrapped_passages_say_the_same(width: int) -> None:
    """Of the passages of one sentence; a new sentence may begin a paragraph where a line ends."""
    texts = [c["text"] for c in SNIPPETS if c["language"] != "th" and ". " not in c["text"]]
    for text in texts:
        lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
        if not any(line.endswith((":", ";")) or lines[n + 1][0] == "(" for n, line in
                   enumerate(lines[:-1])):  # fmt: skip
            assert said("\n".join(lines)) == said(text)


def test_headings_and_entries_are_not_joined() -> None:
    text = "Kết quả giảm nghèo năm 2023\nHuyện Bình Gia có hai xã còn nhiều hộ nghèo:\n"
    figures = read(text + "- Xã Hồng Phong: 120 hộ nghèo\n- Xã Tân Văn: 80 hộ nghèo\n")
    assert [(f.place.name if f.place else "", f.value) for f in figures] == [
        ("Hồng Phong", 120),
        ("Tân Văn", 80),
    ]


@pytest.mark.parametrize("scheme", LEGACY)
def test_old_encodings_are_read_as_what_they_mean(scheme: str) -> None:
    text = LEGACY[scheme]
    figures = read(text)
    assert [(f.measure, str(f.value)) for f in figures] == [
        ("poor_households", "2100"),
        ("poverty_rate", "14.78"),
    ]
    assert [text[f.start : f.end] for f in figures] == ["2.100", "14,78%"]
    assert figures[0].place is not None
    assert figures[0].place.name == "Bình Gia"
    assert all(f.quote in text for f in figures)


@pytest.mark.parametrize(
    "text",
    ["Le café coûte 5 euros, « très bon » à 1 200 ménages.", "Intel® và AMD® m² cho 30 hộ nghèo."],
)
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert all(text[f.start : f.end].isascii() and f.quote in text for f in read(text))
