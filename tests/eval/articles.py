"""Labelled articles: the real ones outside the repository, if they are there, and our own."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from shared.areas.tree import AreaTree
from shared.press.figures.gazetteer import Gazetteer
from tests.eval.areas import read_areas

ROOT = Path(__file__).parents[2]
REAL = Path(os.environ.get("REGISTRY_ARTICLES", ROOT.parent / "shared" / "articles"))
OWN = ROOT / "tests" / "press" / "figures" / "articles"
TEXTS = ROOT / "tests" / "press" / "figures" / "texts"
SENTENCES = ROOT / "tests" / "press" / "figures" / "sentences"
SET_ASIDE = 36  # texts from this number on are never fitted on
DEMO = ROOT / "seeds" / "demo" / "articles"

Label = dict[str, Any]


@dataclass(frozen=True)
class Article:
    """One article with its labels."""

    name: str
    language: str
    text: str
    labels: tuple[Label, ...]
    published_on: date | None = None
    title: str | None = None


@cache
def gazetteer() -> Gazetteer:
    """Return the names of all areas of the seeds."""
    return Gazetteer(areas())


@cache
def areas() -> AreaTree:
    """Return the areas of the seeds."""
    return read_areas(ROOT / "seeds" / "areas")


def real_articles() -> list[Article]:
    """Return the five real articles; none where they are not at hand."""
    if not (REAL / "gold.jsonl").exists():
        return []
    labels = _labels(REAL / "gold.jsonl")
    found = []
    for path in sorted(REAL.glob("*.txt")):
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
        own = labels.get(path.name, [])
        found.append(Article(path.name, own[0]["lang"] if own else "id", text, tuple(own)))
    return found


def own_articles() -> list[Article]:
    """Return the articles written for the tests."""
    return _json_articles(OWN)


def more_articles() -> list[Article]:
    """Return the restated public pages beside the real ones; their first line is an address."""
    folder = REAL / "more"
    if not (folder / "gold.jsonl").exists():
        return []
    labels = _labels(folder / "gold.jsonl")
    found = []
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        cut = text.index("\n") + 1
        own = [x | {"start": x["start"] - cut, "end": x["end"] - cut} for x in labels[path.name]]
        found.append(Article(path.name, own[0]["lang"], text[cut:], tuple(own)))
    return found


def demo_articles() -> list[Article]:
    """Return the articles of the demo."""
    return _json_articles(DEMO)


def _json_articles(folder: Path) -> list[Article]:
    labels: dict[str, list[Label]] = defaultdict(list)
    for path in sorted(folder.glob("*.jsonl")):
        for name, found in _labels(path).items():
            labels[name].extend(found)
    articles = []
    for path in sorted(folder.glob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))
        name = body.get("id") or path.stem
        own = next(
            (
                labels[k]
                for k in (name, path.name, path.stem, f"{name}.json", body.get("external_id"))
                if k in labels
            ),
            [],
        )
        day = body.get("published_on")
        articles.append(
            Article(
                name,
                body.get("language") or "vi",
                body["text"],
                tuple(own),
                date.fromisoformat(day) if day else None,
                body.get("title"),
            )
        )
    return articles


def _labels(path: Path) -> dict[str, list[Label]]:
    found: dict[str, list[Label]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            label = json.loads(line)
            found[label.get("file") or label.get("article")].append(label)
    return found
