"""Hostile and odd texts: never an error, exact offsets, time linear in the length."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.press.figures.extraction import Reading, extract
from tests.eval.articles import gazetteer

PIECES = [
    "2.100", "1,158", "14,78%", "hộ nghèo", "tỷ đồng", "rumah tangga miskin", "poor households",
    "ครัวเรือนยากจน", "ล้านดอง", "ร้อยละ", "giảm", "turun", "from", "to", "จาก", "เหลือ", "18/34",
    "2024", "2567", "cuối năm 2023", "akhir tahun", "(", ")", ";", ":", ".", ",", "-", "\n", " ",
    "\u200b", "\u202e", "\u0301", "๑๒", "tỉnh Sơn La", "Distrik Bắc Yên", "จังหวัดเซินลา",
    "respectively", "lần lượt", "VND", "$", "%", "/", "0", "000", "one", "năm", "สิบ", "puluh",
]  # fmt: skip
LENGTH = 60_000


def read(text: str, **given: object) -> Reading:
    """Read a text that nothing is known of."""
    known = {"language": None, "published_on": None, "title": None, **given}
    return extract(text, gazetteer=gazetteer(), **known)  # type: ignore[arg-type]


def check(text: str, reading: Reading) -> None:
    """Every quote is in the text around its number, and places do not overlap."""
    end = 0
    for figure in reading.figures:
        assert 0 <= figure.start < figure.end <= len(text)
        assert figure.quote in text
        assert text[figure.start : figure.end] in figure.quote
        assert figure.start >= end
        assert figure.value_max is None or figure.value_max >= figure.value
        end = figure.end


@given(st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join))
@settings(max_examples=250, deadline=None)
@example("từ 5 đến 4-5% hộ nghèo lần lượt")
def test_any_words_give_exact_offsets(text: str) -> None:
    check(text, read(text))


@given(
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.sampled_from(["vi", "id", "th", "en", "xx"]),
)
@settings(max_examples=150, deadline=None)
def test_words_run_together(text: str, language: str) -> None:
    check(text, read(text, language=language))


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_characters(text: str) -> None:
    check(text, read(text))


HOSTILE = {
    "digits": "9" * 1_000_000,
    "digits with marks": "1.234,5" * (LENGTH // 7),
    "numbers": "12 " * (LENGTH // 3),
    "percent": "5% " * (LENGTH // 3),
    "years": "2023-2024 " * (LENGTH // 10),
    "brackets": "[" * LENGTH,
    "markup": "[a=" * (LENGTH // 3),
    "angles": "<" * LENGTH,
    "spaces": " " * 1_000_000,
    "lines": "\n" * 1_000_000,
    "stops": ". " * (LENGTH // 2),
    "marks": "a" + "\u0301" * LENGTH,
    "zero width": "1\u200b" * (LENGTH // 2),
    "one word": "hộ" * (LENGTH // 2),
    "thai": "ครัวเรือนยากจน" * (LENGTH // 14),
    "thai levels": "ตำบล" * (LENGTH // 4),
    "thai spaces": "ซ ก จ ง " * (LENGTH // 8),
    "capitals": "Ba Na " * (LENGTH // 6),
    "urls": "http://" * (LENGTH // 7),
    "number words": "hai mươi " * (LENGTH // 9),
    "places": "tỉnh Sơn La " * (LENGTH // 12),
    "semicolons": "5% hộ nghèo; " * (LENGTH // 13),
    "slashes": "1/2" * (LENGTH // 3),
    "emoji": "😀" * (LENGTH // 4),
}
SECONDS_MAX = 20


@pytest.mark.parametrize("name", HOSTILE)
def test_work_is_bounded(name: str) -> None:
    """Anything takes the processor seconds; a step quadratic in the length would take minutes."""
    began = time.process_time()
    reading = read(HOSTILE[name])
    taken = time.process_time() - began
    check(HOSTILE[name], reading)
    assert taken < SECONDS_MAX


def test_work_grows_with_length() -> None:
    sentence = (
        "Cuối năm 2023, tỉnh Sơn La còn 2.100 hộ nghèo, chiếm 14,78%, giảm 5,85% so với năm 2022.\n"
    )
    times = []
    for count in (500, 4000):
        began = time.process_time()
        read(sentence * count)
        times.append(time.process_time() - began)
    assert times[1] < times[0] * 8 * 4


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_decomposed_letters_read_the_same(form: str) -> None:
    text = unicodedata.normalize(
        form, "Cuối năm 2023, toàn huyện còn 2.100 hộ nghèo, chiếm 14,78%."
    )
    reading = read(text)
    check(text, reading)
    assert [figure.measure for figure in reading.figures] == ["poor_households", "poverty_rate"]


def test_hidden_characters_do_not_hide_a_number() -> None:
    text = "toàn huyện còn 2\u200b.1\u200f00 hộ ngh\u00adèo"
    (figure,) = read(text).figures
    assert (figure.measure, figure.value) == ("poor_households", 2100)
    assert text[figure.start : figure.end] == "2\u200b.1\u200f00"
