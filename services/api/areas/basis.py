"""By which class households are counted: that of the figures, or that of the decision."""

from __future__ import annotations

from typing import Final, Literal

from shared.access.caller import HOUSEHOLDS_READ
from shared.households.recognised import Basis
from shared.http import parameters
from shared.http.ask import Ask
from shared.http.problems import forbidden

StatisticsBasis = Literal["computed", "recognised", "both"]

BASIS: Final = parameters.choice(
    Basis,
    "By which class: that of a review's figures, or that which its decision recognised (by its "
    "figures where no decision is stated).",
).but(default="computed")
STATISTICS_BASIS: Final = parameters.choice(
    StatisticsBasis,
    "By which class: that of a review's figures, that which its decision recognised (by its "
    "figures where no decision is stated), or both beside each other.",
).but(default="computed")


def check_basis(ask: Ask, basis: str) -> None:
    """Refuse what was recognised to those who may not read households.

    Beside what was computed it would tell small cells by subtraction.
    """
    if basis != "computed" and HOUSEHOLDS_READ not in ask.caller.scopes:
        raise forbidden(HOUSEHOLDS_READ)
