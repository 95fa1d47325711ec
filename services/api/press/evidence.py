"""Why figures were read as they were: their text read again, in a process that can be ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, cast

from msgspec import Meta, Struct
from starlette.requests import Request

from shared.http.ask import Ask
from shared.http.problems import RETRY_SECONDS, Problem, ProblemType
from shared.press.figures.evidence import Span
from shared.press.figures.explaining import Weighed
from shared.press.figures.kept_names import weigh
from shared.press.store.articles import StoredArticle
from shared.press.store.figure_reads import StoredFigure
from shared.runtime.child import Child, ChildDied, TooSlow
from shared.runtime.reader import read_apart

# Somebody waits for the answer; the worker takes longer over a text when it must.
EXPLAINING_SECONDS = 10.0


class WeighedReading(Struct, frozen=True):
    """One reading that was weighed."""

    reading: Annotated[
        str, Meta(description="What the slot would hold, such as a name or `start/end`; `none`.")
    ]
    probability: Annotated[float, Meta(description="Its probability, from 0 to 1.")]


class WeighedFeature(Struct, frozen=True):
    """What spoke for the likeliest reading, or against it."""

    feature: Annotated[str, Meta(description="What was seen in the text.")]
    weight: Annotated[float, Meta(description="How much it counts; below 0: against it.")]


class Slot(Struct, frozen=True):
    """One part of a figure, and how it was filled."""

    slot: Annotated[
        str,
        Meta(
            description="The part: `place`, `period`, `kind`, or what settles the measure, such as "
            "`money`, `rate`, `households` or `persons`."
        ),
    ]
    readings: Annotated[list[WeighedReading], Meta(description="The likeliest first, at most 3.")]
    reasons: Annotated[list[WeighedFeature], Meta(description="The strongest first, at most 5.")]

    @classmethod
    def of(cls, weighed: Weighed) -> Slot:
        """Return a slot in the words of the contract."""
        readings = [WeighedReading(*each) for each in weighed.readings]
        return cls(weighed.slot, readings, [WeighedFeature(*each) for each in weighed.reasons])


def explaining_too_slow() -> Problem:
    """Return the 503 of a text that could not be read again in the time and memory it may take."""
    return Problem(
        503,
        "explaining_too_slow",
        f"the article could not be read again within {EXPLAINING_SECONDS:.0f} s; ask without "
        "`explain`, or again when the machine is less busy",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


EXPLAINING_TOO_SLOW = ProblemType("The text takes too long to be explained", explaining_too_slow())


def explainer_of(request: Request) -> Child:
    """Return the process that reads texts again for this one."""
    return cast("Child", request.app.state.explainer)


async def weighed(ask: Ask, article: StoredArticle) -> dict[Span, tuple[Weighed, ...]]:
    """Return, by the span of each figure, what spoke for it; `explaining_too_slow`."""
    areas = await ask.tree()
    # As dear as a large count: who finds no turn comes again, instead of waiting behind all others.
    async with ask.turn():
        try:
            explainer = explainer_of(ask.request)
            return await read_apart(explainer, EXPLAINING_SECONDS, weigh, areas, article)
        except (TooSlow, ChildDied):
            raise explaining_too_slow() from None


def evidence_of(
    figure: StoredFigure, text: str, spans: Mapping[Span, tuple[Weighed, ...]]
) -> list[Slot] | None:
    """Return the evidence of a figure, None where the text no longer has it.

    It was read by an older engine, or stands in an older revision: then other words are around it.
    """
    start, end = figure.starts_at, figure.ends_at
    around = text[max(0, start - len(figure.quote)) : end + len(figure.quote)]
    found = spans.get((start, end))
    if found is None or figure.quote not in around:
        return None
    return [Slot.of(each) for each in found]
