"""Comparing figures with labels: which are right, which are missed, which are false."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.press.figures.figure import Figure
from tests.eval.articles import Article, Label

FIELDS = (
    "measure",
    "place",
    "level",
    "period",
    "kind",
    "qualifier",
    "population",
    "direction",
    "vs",
)
_LEVEL_WORDS = (
    "tinh", "thanhpho", "huyen", "quan", "xa", "province", "district", "city", "provinsi",
    "distrik",
)  # fmt: skip


@dataclass
class Score:
    """Counts of one set of articles."""

    hits: int = 0
    predicted: int = 0
    found: int = 0
    labelled: int = 0
    joint_found: int = 0
    joint_hits: int = 0
    right: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Add the counts of another set."""
        for name in ("hits", "predicted", "found", "labelled", "joint_found", "joint_hits"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.right.update(other.right)
        self.remarks.extend(other.remarks)

    def value(self) -> tuple[float, float, float]:
        """Return precision, recall and F1 of value and unit."""
        return _prf(self.hits, self.predicted, self.found, self.labelled)

    def joint(self) -> tuple[float, float, float]:
        """Return precision, recall and F1 of measure, value, unit, place, period and kind."""
        return _prf(self.joint_hits, self.predicted, self.joint_found, self.labelled)


def _prf(hits: int, predicted: int, found: int, labelled: int) -> tuple[float, float, float]:
    precision = hits / predicted if predicted else 1.0
    recall = found / labelled if labelled else 1.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


def score(article: Article, figures: Sequence[Figure]) -> Score:
    """Compare the figures of an article with its labels of the tier core."""
    result = Score()
    labels = [label for label in article.labels if not label.get("implicit")]
    for figure in figures:
        near = [label for label in labels if _overlap(figure, label)]
        if near and all(label.get("tier", "core") != "core" for label in near):
            continue
        same = [label for label in near if same_value(figure, label)]
        result.predicted += 1
        result.hits += bool(same)
        result.joint_hits += any(not wrong_fields(figure, label) for label in same)
        if not same:
            result.remarks.append(f"false {_shown(figure)}")
    for label in labels:
        if label.get("tier", "core") == "core":
            _count_label(result, label, figures)
    result.remarks = [f"{article.name}: {remark}" for remark in result.remarks]
    return result


def _count_label(result: Score, label: Label, figures: Sequence[Figure]) -> None:
    near = [f for f in figures if _overlap(f, label) and same_value(f, label)]
    result.labelled += 1
    result.found += bool(near)
    if not near:
        result.remarks.append(
            f"missed {label['measure']} {label['value']} {label['unit']} | {label['quote']}"
        )
        return
    best = min(near, key=lambda f: len(wrong_fields(f, label)))
    wrong = wrong_fields(best, label)
    result.joint_found += not wrong
    for name in FIELDS:
        result.right[name] += field_right(name, best, label)
    if wrong:
        shown = ", ".join(f"{name} {_of(name, best)} for {_label(name, label)}" for name in wrong)
        result.remarks.append(f"{label['value']} {label['unit']}: {shown} | {label['quote']}")


def _overlap(figure: Figure, label: Label) -> bool:
    return figure.start < label["end"] and label["start"] < figure.end


def same_value(figure: Figure, label: Label) -> bool:
    """Say whether value and unit agree."""
    units = {label["unit"], *label.get("accept_units", [])}
    rates = {"percent", "percentage_points"}
    if label.get("open_unit") and label["unit"] in rates:
        units |= rates
    if figure.unit not in units:
        return False
    high = label.get("value_max")
    if high is not None and not _near(figure.value_max or figure.value, high):
        return False
    values = (label["value"], label.get("value_as_printed"))
    return any(_near(figure.value, value) for value in values if value is not None)


def _near(one: Any, other: Any) -> bool:
    return abs(float(one) - float(other)) <= 1e-9 * max(1, abs(float(other)))


def wrong_fields(figure: Figure, label: Label) -> list[str]:
    """Return which fields of the joint score are wrong."""
    return [n for n in ("measure", "place", "period", "kind") if not field_right(n, figure, label)]


def field_right(name: str, figure: Figure, label: Label) -> bool:
    """Say whether one field agrees with the label."""
    if name == "measure":
        return figure.measure in {label["measure"], *label.get("accept_measures", [])}
    if name == "place":
        return _place_right(figure, label)
    if name == "period":
        periods = [label.get("period"), *(label.get("accept_periods") or [])]
        return _of("period", figure) in {_ends(p) for p in periods}
    if name == "kind":
        return figure.kind in {label["kind"], *label.get("accept_kinds", [])}
    if name == "level":
        return _level(_of(name, figure)) == _level(_label(name, label))
    return _of(name, figure) == _label(name, label)


def _place_right(figure: Figure, label: Label) -> bool:
    places = [label.get("place") or {}, *(label.get("places") or [])]
    places += label.get("accept_places") or []
    names = {plain(p.get("name")) for p in places} - {""}
    own = plain(figure.place.name if figure.place else None)
    return not names or own in names or (not own and bool(label.get("accept_null_place")))


def _level(level: str | None) -> str | None:
    return "country" if level == "national" else level


def _of(name: str, figure: Figure) -> Any:
    place, period, change = figure.place, figure.period, figure.comparison
    values = {
        "place": place.name if place else None,
        "level": place.level if place else None,
        "period": (period.start.isoformat(), period.end.isoformat()) if period else (None, None),
        "direction": change.direction if change else None,
        "vs": change.vs if change else None,
    }
    return values[name] if name in values else getattr(figure, name)


def _label(name: str, label: Label) -> Any:
    place, change = label.get("place") or {}, label.get("comparison") or {}
    values = {
        "place": place.get("name"),
        "level": place.get("level"),
        "period": _ends(label.get("period")),
        "direction": change.get("direction"),
        "vs": change.get("vs"),
    }
    return values[name] if name in values else label.get(name)


def _ends(period: dict[str, str] | None) -> tuple[str | None, str | None]:
    return ((period or {}).get("start"), (period or {}).get("end"))


def plain(name: str | None) -> str:
    """Return a place name without marks, blanks and a word for its level."""
    decomposed = unicodedata.normalize("NFD", (name or "").replace("đ", "d").replace("Đ", "D"))
    bare = "".join(c for c in decomposed.lower() if c.isalnum() and not unicodedata.combining(c))
    for word in _LEVEL_WORDS:
        if bare.startswith(word) and len(bare) > len(word) + 3:
            bare = bare[len(word) :]
    return bare


def _shown(figure: Figure) -> str:
    return f"{figure.measure} {figure.value} {figure.unit} | {figure.quote}"
