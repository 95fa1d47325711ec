"""A name is never a word of the text: Cần Thơ needs nothing, Hạ Long lowers nothing."""

from __future__ import annotations

import pytest

from shared.areas.tree import UNASSIGNED
from shared.press.figures.extraction import extract
from shared.press.figures.gazetteer import LEVELS
from tests.eval.articles import areas, gazetteer

NAMES = [
    sorted({(u.kind, u.name) for u in areas().units
            if u.level == level and not u.code.endswith(UNASSIGNED)})
    for level in LEVELS
]  # fmt: skip
PARTS = [(level, part) for level, names in zip(LEVELS, NAMES, strict=True)
         for part in range(-(-len(names) // 2000))]  # fmt: skip
WANTED = [("poor_households", 1234), ("near_poor_households", 2345)]


@pytest.mark.parametrize(("level", "part"), PARTS)
def test_a_plain_sentence_reads_as_levels_whatever_the_name(level: str, part: int) -> None:
    """Every unit of both worlds, old and new."""
    names = NAMES[LEVELS.index(level)][part * 2000 : (part + 1) * 2000]
    assert [wrong for kind, name in names if (wrong := misread(kind, name))] == []


def misread(kind: str, name: str) -> str:
    """Return what is wrong with the reading of one name's sentence."""
    text = f"Cuối năm 2023, {kind} {name} có 1.234 hộ nghèo và 2.345 hộ cận nghèo."
    figures = extract(
        text, language="vi", published_on=None, title=None, gazetteer=gazetteer()
    ).figures
    read = [(f.measure, f.value) for f in figures]
    plain = all(f.kind == "actual" and not f.comparison and not f.unsure for f in figures)
    dated = all(f.period and f.period.end.isoformat() == "2023-12-31" for f in figures)
    return "" if read == WANTED and plain and dated else f"{text} {figures}"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Cuối năm 2023, Quận 1 có 234 hộ nghèo.", "Quận 1"),
        ("Cuối năm 2023, xã Hội Sơn có 234 hộ nghèo.", "Hội Sơn"),
        ("Cuối năm 2023, phường Mỹ Đình 2 có 234 hộ nghèo.", "Mỹ Đình 2"),
        ("Cuối năm 2023, thị trấn Nông trường Trần Phú có 234 hộ nghèo.", "Nông trường Trần Phú"),
    ],
)
def test_a_name_is_read_whole(text: str, name: str) -> None:
    (figure,) = extract(
        text, language="vi", published_on=None, title=None, gazetteer=gazetteer()
    ).figures
    assert figure.place is not None
    assert (figure.place.name, figure.value) == (name, 234)
