"""Languages are data: checked against their schema, and a new one needs no line of code."""

from __future__ import annotations

import pytest

from shared.press.figures import extraction, surveys
from shared.press.figures.cues import Cues
from shared.press.figures.languages import LANGUAGES, faults, read_language, read_schema
from tests.eval.articles import gazetteer

# A language that nobody speaks: its words are those of no other.
TOY = """
code: xx
numbers: {decimal: ',', group: .}
script: {spaced: true, noun_first: false, adjective_words: 3, letters: ''}
function_words: [zo, blim, krag, dun]
abbreviations: []
openers: []
words:
  unit:households: [famul]
  unit:percent: ['%']
  group:poor: [povra]
  topic:poverty: [povratax]
  t:year: [anum]
  t:end: [fin anum]
  dir:decrease: [dekra]
  by: [zo]
  to: [blim]
  and: [krag]
  place:province: [provinz]
"""


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_keeps_to_the_schema(code: str) -> None:
    assert faults(LANGUAGES[code], read_schema()) == []


def test_what_no_schema_knows_is_named() -> None:
    toy = read_language(TOY.replace("dekra", "dekra]\n  act:sing: [tralala"))
    assert "undeclared act:sing" in faults(toy, read_schema())
    assert "missing region:mekong_delta" in faults(toy, read_schema())


def test_every_tag_has_one_sentence() -> None:
    for tag, meaning in read_schema().tags.items():
        assert len(meaning.split()) >= 1, tag
        assert "\n" not in meaning, tag


def test_a_new_language_is_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = read_language(TOY)
    monkeypatch.setitem(LANGUAGES, "xx", toy)
    monkeypatch.setitem(surveys.CUES, "xx", Cues(toy))
    text = (
        "Zo fin anum 2023 provinz Sơn La blim 2.100 povra famul krag dun povratax blim 14,78% . "
        "Zo dun povratax dekra zo 1,2% ."
    )
    reading = extraction.extract(
        text, language="xx", published_on=None, title=None, gazetteer=gazetteer()
    )
    assert [(f.measure, str(f.value)) for f in reading.figures] == [
        ("poor_households", "2100"),
        ("poverty_rate", "14.78"),
        ("poverty_rate_change_pp", "1.2"),
    ]
    first = reading.figures[0]
    assert first.place is not None
    assert first.place.name == "Sơn La"
    assert first.period is not None
    assert first.period.end.isoformat() == "2023-12-31"
