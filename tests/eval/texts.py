"""Texts with their labels inside: `{2,100|PH|2100|@Lào Cai/province|~2023}`.

A text begins with `== name [day of publication]`. A label holds the number as printed, its measure
(several by commas: all count; `:unit,unit` where the code has none), its value (`low..high`), and
what differs from the label before: `@place/level` (several by `+`), `~period` (alternatives by
`;`, a day, a year, a span `from..to`, `-` for none). `!kind` (alternatives by commas) and
`>direction` hold for their own label only. A year alone stands, for a level or a change, for its
last day, for the whole year and for the span since the last day of the year before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from tests.eval.articles import SENTENCES, SET_ASIDE, TEXTS, Article, Label

_HEAD = re.compile(r"^== (\S+)(?: (\d{4}-\d\d-\d\d))?$", re.MULTILINE)
_LABEL = re.compile(r"\{([^{}|]+)\|([^{}]+)\}")
_MEASURES = {
    "PH": "poor_households households",
    "NPH": "near_poor_households households",
    "PNH": "poor_and_near_poor_households households",
    "PR": "poverty_rate percent",
    "NPR": "near_poverty_rate percent",
    "MPR": "multidimensional_poverty_rate|poor_and_near_poor_rate percent",
    "PNR": "poor_and_near_poor_rate percent",
    "PRC": "poverty_rate_change_pp percentage_points",
    "MPRC": "multidimensional_poverty_rate_change_pp|poor_and_near_poor_rate_change_pp "
    "percentage_points",
    "PHC": "poor_households_change households",
    "PP": "poor_persons persons",
    "HT": "households_total households",
    "EX": "households_exited_poverty|recently_exited_households households",
    "NEWP": "households_newly_poor households",
    "FB": "households_fallen_back households",
    "PEX": "persons_exited_poverty persons",
    "HS": "households_supported households",
    "PS": "persons_supported persons",
    "BOR": "borrowers persons",
    "JOBS": "jobs_created persons",
    "ABR": "workers_sent_abroad persons",
    "LOAN": "loan_amount VND",
    "LOANC": "loan_amount_change VND",
    "BUD": "budget_total VND",
    "MOB": "fund_mobilised VND",
    "DIS": "fund_disbursed VND",
    "SUP": "support_amount VND",
    "OTH": "other_amount VND",
    "INC": "income_per_capita VND",
    "LINE": "poverty_line VND",
    "HST": "houses_started houses",
    "HB": "houses_built houses",
    "HR": "houses_repaired houses",
    "HBR": "houses_built_or_repaired houses",
    "HREM": "houses_remaining houses",
    "PROG": "progress_rate percent",
    "SHARE": "share_of_total percent",
    "COV": "coverage_rate percent",
    "MOD": "livelihood_models models",
    "CARDS": "insurance_cards cards",
    "RICE": "rice_tonnes tonnes",
    "OC": "other_count things",
}  # fmt: skip
_FLOWS = frozenset({"HS", "PS", "BUD", "MOB", "DIS", "SUP", "OTH", "OC", "MOD", "RICE", "CARDS"})
_FLOWS |= {"JOBS", "ABR", "HB", "HR", "HBR", "HST", "LOAN", "LOANC", "INC", "LINE"}


@dataclass(frozen=True)
class _Sticky:
    """What a label takes over from the one before it."""

    place: str = ""
    period: str = "-"


def read_texts(path: Path) -> list[Article]:
    """Return the texts of one file; its name is their language."""
    source = path.read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(source))
    ends = [*(head.start() for head in heads[1:]), len(source)]
    return [
        _article(head, source[head.end() + 1 : end].rstrip("\n"), path.stem)
        for head, end in zip(heads, ends, strict=True)
    ]


def new_articles() -> list[Article]:
    """Return the texts written to develop on."""
    return [a for a in _all(TEXTS) if _number(a) < SET_ASIDE]


def untouched_articles() -> list[Article]:
    """Return the third of the texts that is set aside."""
    return [a for a in _all(TEXTS) if _number(a) >= SET_ASIDE]


def sentence_articles() -> list[Article]:
    """Return single sentences, each about one thing that is easily misread."""
    return _all(SENTENCES)


def _all(folder: Path) -> list[Article]:
    return [a for path in sorted(folder.glob("*.txt")) for a in read_texts(path)]


def _number(article: Article) -> int:
    return int(article.name.rsplit("_", 1)[1])


def _article(head: re.Match[str], marked: str, language: str) -> Article:
    text, labels = "", []
    position, sticky = 0, _Sticky()
    for found in _LABEL.finditer(marked):
        text += marked[position : found.start()]
        sticky, label = _label(found.group(2).split("|"), sticky)
        start, text = len(text), text + found.group(1)
        labels.append(label | {"start": start, "end": len(text), "lang": language})
        position = found.end()
    text += marked[position:]
    quoted = [label | {"quote": text[max(0, label["start"] - 30) : label["end"] + 20]}
              for label in labels]  # fmt: skip
    day = date.fromisoformat(head.group(2)) if head.group(2) else None
    return Article(head.group(1), language, text, tuple(quoted), day)


def _label(parts: list[str], sticky: _Sticky) -> tuple[_Sticky, Label]:
    codes, _, units = parts[0].partition(":")
    label: dict[str, Any] = {"tier": "core", "kind": "actual", **_values(parts[1])}
    label |= _measured(codes.split(","), units)
    for part in parts[2:]:
        mark, rest = part[0], part[1:]
        if mark == "@":
            sticky = replace(sticky, place=rest)
        elif mark == "~":
            sticky = replace(sticky, period=rest)
        elif mark == "!":
            label["kind"], *label["accept_kinds"] = rest.split(",")
        else:
            label["comparison"] = {"direction": rest}
    level = not _FLOWS & set(codes.split(","))
    periods = [p for text in sticky.period.split(";") for p in _periods(text, level)]
    places = [dict(zip(("name", "level"), p.split("/"), strict=True))
              for p in sticky.place.split("+")]  # fmt: skip
    label |= {"period": periods[0], "accept_periods": periods[1:]}
    return sticky, label | {"place": places[0], "places": places[1:]}


def _values(text: str) -> dict[str, float]:
    low, _, high = text.partition("..")
    return {"value": float(low)} | ({"value_max": float(high)} if high else {})


def _measured(codes: list[str], units: str) -> dict[str, Any]:
    names = [name for code in codes for name in _MEASURES[code].split(" ")[0].split("|")]
    usual = [_MEASURES[code].split(" ")[1] for code in codes]
    counted = [*units.split(","), *usual] if units else usual
    return {
        "measure": names[0],
        "accept_measures": names[1:],
        "unit": counted[0],
        "accept_units": counted[1:],
    }


def _periods(text: str, level: bool) -> Iterator[dict[str, str | None]]:
    if text == "-":
        yield {"start": None, "end": None}
    elif len(text) > 4:
        first, _, last = text.partition("..")
        yield {"start": first, "end": last or first}
    else:
        year, end = int(text), f"{text}-12-31"
        if level:
            yield {"start": end, "end": end}
            yield {"start": f"{year - 1}-12-31", "end": end}
        yield {"start": f"{text}-01-01", "end": end}
