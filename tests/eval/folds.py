"""Leave-articles-out: every article is read with weights that were fitted without it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from zlib import crc32

from shared.press.figures.evidence import Fitted
from tests.eval.articles import Article
from tests.eval.fit import cases, examples, fit, read
from tests.eval.scores import Score, score
from tests.eval.texts import sentence_articles

FOLDS = 5


def left_out(sets: Mapping[str, Sequence[Article]]) -> dict[str, dict[str, Score]]:
    """Return the scores by set and language; texts of one number tell alike in all languages."""
    scored = [(name, article) for name, articles in sets.items() for article in articles]
    helping = [("sentences", a) for a in sentence_articles()] + [("cases", a) for a in cases()]
    everything = [*scored, *helping]
    asked = examples([article for _, article in everything])
    fold = _folds([_kin(name, article) for name, article in everything])
    total: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    for number in range(FOLDS):
        kept = [e for i, found in enumerate(asked) if fold[i] != number for e in found]
        chooser = Fitted(fit(kept))
        for index, (name, article) in enumerate(scored):
            if fold[index] == number:
                one = score(article, read(article, chooser))
                total[name][article.language].add(one)
                total[name]["all"].add(one)
    return total


def _kin(name: str, article: Article) -> tuple[str, str]:
    """Return what keeps an article with its translations."""
    known = name in ("new", "sentences")
    return name, article.name.split("_", 1)[1] if known else article.name


def _folds(kin: Sequence[tuple[str, str]]) -> list[int]:
    """Return the fold of each text; it hangs on its own name alone, so that texts may be added."""
    return [crc32("/".join(one).encode()) % FOLDS for one in kin]
