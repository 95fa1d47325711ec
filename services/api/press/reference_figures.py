"""Official figures: the numbers that articles are held against."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from services.api.press.figures import number
from services.api.press.measures import check_measure
from shared.access.caller import ARTICLES_READ
from shared.http import parameters
from shared.http.ask import Ask, Known
from shared.http.operations import Routes
from shared.http.problems import UNKNOWN_AREA
from shared.kernel.errors import UnknownArea
from shared.press.reference_figures import ReferenceFigure
from shared.press.store import references

routes = Routes("press")


class OfficialFigure(Struct, frozen=True):
    """An official number of a unit on a day; of one day there may be several."""

    on: Annotated[date, Meta(description="The day that it holds for.")]
    value: Annotated[int | float, Meta(description="Exact as printed; percent for rates.")]
    population: Annotated[str, Meta(description="Whom it is about, such as `all`.")]
    standard: Annotated[str | None, Meta(description="Id of the poverty standard, if stated.")]
    decision_no: Annotated[str | None, Meta(description="The decision that prints it, if known.")]
    soft: Annotated[
        bool,
        Meta(description="Preliminary, an estimate or rounded: it can agree, never contradict."),
    ]

    @classmethod
    def of(cls, figure: ReferenceFigure) -> OfficialFigure:
        """Return a figure in the words of the contract; one worked out has two decimals."""
        value = Decimal(figure.value.numerator) / Decimal(figure.value.denominator)
        return cls(
            figure.on,
            number(value if figure.step else round(value, 2)),
            figure.population,
            figure.standard,
            figure.decision_no,
            figure.soft,
        )


class OfficialFigures(Struct, frozen=True):
    """Official numbers of one measure in one unit."""

    items: Annotated[list[OfficialFigure], Meta(description="In order of their days.")]


@routes.get(
    "/v1/reference-figures",
    scope=ARTICLES_READ,
    clock=Known,
    problems=[UNKNOWN_AREA],
)
async def list_reference_figures(
    ask: Ask,
    measure: Annotated[str, parameters.text("The measure, such as poverty_rate.")],
    area: Annotated[str, parameters.text("Code of a unit, of whichever map.")],
) -> OfficialFigures:
    """Official figures.

    What decisions print of a measure in a unit, and what follows from them exactly; articles are
    held against these. They are public, so every caller sees those of every unit.
    """
    tree = await ask.tree()
    if not any(unit.code == area for unit in tree.units):
        raise UnknownArea(area)
    await check_measure(ask, measure)
    async with ask.snapshot() as snapshot:
        held = await references.official(snapshot, ask.context.seeds, tree, ask.known_at)
    return OfficialFigures([OfficialFigure.of(each) for each in held.series(area, measure)])
