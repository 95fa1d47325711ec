"""Paragraphs that repeat are read once, and read as if each were read by itself."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.press.figures import reading
from shared.press.figures.evidence import Bundle, Candidate, Choice, Chooser, Fitted, Span, T
from shared.press.figures.extraction import Reading, extract
from shared.press.figures.fitted import FITTED
from tests.eval.articles import Article, gazetteer, own_articles

LINE = "Cuối năm 2023, tỉnh Sơn La còn 2.100 hộ nghèo, chiếm 14,78%, giảm 5,85% so với năm 2022.\n"
OTHER = "Hộ cận nghèo là 3.784 hộ (26,63%), xã Chiềng Sơn có 120 hộ; hỗ trợ 12,5 tỷ đồng.\n"


@dataclass
class Plain:
    """Chooses as the fitted weights do, without being known for it: nothing is kept."""

    fitted: Fitted = FITTED

    def classify(
        self, slot: str, span: Span, names: Sequence[str], bundles: Sequence[Bundle]
    ) -> Choice[str]:
        return self.fitted.classify(slot, span, names, bundles)

    def choose(self, slot: str, span: Span, candidates: Sequence[Candidate[T]]) -> Choice[T]:
        return self.fitted.choose(slot, span, candidates)


@dataclass(frozen=True)
class Counting(Fitted):
    """Counts how often it is asked what a number measures."""

    asked: list[Span] = field(default_factory=list)

    def classify(
        self, slot: str, span: Span, names: Sequence[str], bundles: Sequence[Bundle]
    ) -> Choice[str]:
        self.asked.append(span)
        return super().classify(slot, span, names, bundles)


def read(text: str, chooser: Chooser | None = None) -> Reading:
    given = {"language": None, "published_on": None, "title": None}
    return extract(text, gazetteer=gazetteer(), chooser=chooser, **given)


@pytest.mark.parametrize(
    "text",
    [LINE * 5, (LINE + OTHER) * 4, OTHER * 3 + LINE * 3 + OTHER, f"{LINE[:-1]} " * 400,
     f"{OTHER[:-1]}, " * 300, ("Kết quả:\n- xã Chiềng Sơn: 120 hộ nghèo;\n" + OTHER) * 3],
)  # fmt: skip
def test_repeated_lines_read_as_if_nothing_were_kept(text: str) -> None:
    assert read(text).figures == read(text, Plain()).figures


@pytest.mark.parametrize("article", own_articles()[::5], ids=lambda article: article.name)
def test_repeated_articles_read_as_if_nothing_were_kept(article: Article) -> None:
    text = "\n".join([article.text] * 3)
    assert read(text).figures == read(text, Plain()).figures


def with_other_numbers(text: str, draw: random.Random) -> str:
    """Return a text with other digits; what may be a year stays."""
    return re.sub(
        r"\d+",
        lambda m: m.group() if len(m.group()) == 4 else str(draw.randint(1, 9)) * len(m.group()),
        text,
    )


@pytest.mark.parametrize("article", own_articles()[::3], ids=lambda article: article.name)
def test_sentences_of_one_form_read_as_if_nothing_were_kept(
    article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "FROM", 0)
    draw = random.Random(article.name)
    text = "\n".join([article.text, *(with_other_numbers(article.text, draw) for _ in range(4))])
    assert read(text).figures == read(text, Plain()).figures


def test_rows_of_one_form_are_weighed_once() -> None:
    rows = [
        f"Cuối năm 2023, tỉnh Sơn La còn {2100 + n * 7} hộ nghèo, giảm {150 + n} hộ.\n"
        for n in range(1000)
    ]
    chooser = Counting(FITTED.weights)
    figures = read("".join(rows), chooser).figures
    assert [f.value for f in figures[::2]] == [2100 + n * 7 for n in range(1000)]
    assert [f.value for f in figures[1::2]] == [150 + n for n in range(1000)]
    assert len(chooser.asked) < 0.4 * len(read("".join(rows), Plain()).figures) * 3


def test_the_work_does_not_grow_with_what_repeats() -> None:
    """Five megabytes of figures take the weighing of a few lines."""
    few, many = Counting(FITTED.weights), Counting(FITTED.weights)
    assert len(read((LINE + OTHER) * 40, few).figures) == 280  # until nothing new is handed on
    assert len(read((LINE + OTHER) * 1000, many).figures) == 7000
    assert len(few.asked) == len(many.asked)


TEMPLATES = [
    "Hộ nghèo giảm từ {} đến {}%, còn {} hộ.",
    "Có {}-{} hộ nghèo; {}/{} xã đạt chuẩn.",
    "Tỉnh Sơn La chi {} tỷ {} triệu đồng cho {} hộ, mỗi hộ {} triệu đồng.",
    "Toàn huyện có {}.{} hộ nghèo, trong đó {}.{} hộ là dân tộc thiểu số, {} hộ cận nghèo.",
    "Ngày {}/{}, tháng {} năm {}: {},{}% hộ nghèo, {} {} người.",
    "In total {},{} houses: {} built, {} repaired; up {}.{} percent, {} in 10 families.",
    "Tổng số {} hộ gồm {} hộ nghèo và {} hộ cận nghèo ({},{}%).",
    "Quý {}, phường {} và quận {}: {} hộ; điện thoại {}{}; {} m2, {} năm.",
]
NUMBERS = st.sampled_from([
    "0", "00", "05", "1", "5", "9", "10", "12", "31", "50", "100", "130", "200", "345", "500",
    "600", "999", "1000", "1250", "2000", "2023", "2567", "5000", "8000", "12345", "70000",
    "600000", "4500000", "500000000",
])  # fmt: skip


@given(st.sampled_from(TEMPLATES), st.lists(st.lists(NUMBERS, min_size=9, max_size=9), max_size=8))
@settings(max_examples=150, deadline=None)
def test_any_numbers_in_the_same_words_read_as_if_nothing_were_kept(
    words: str, rows: list[list[str]]
) -> None:
    text = "\n".join(words.format(*row) for row in rows)
    assert read(text).figures == read(text, Plain()).figures
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "FROM", 0)
        text = " ".join(words.format(*row) for row in rows)
        assert read(text).figures == read(text, Plain()).figures
