"""Simulated registries: households, reviews and area facts calibrated on published figures.

`simulate` makes the stream. The way there: `figures` (targets and parameters) → `communes`
(quotas and facts) → `population` (who is on which list, year by year) → `reviews` (the events, with
`measures` and `people`) → `disorder` (how they are sent).
"""

from services.simulate.disorder import NONE, Disorder
from services.simulate.load import load_figures
from services.simulate.stream import EVENTS, FACTS, lines, simulate, write_ndjson

__all__ = [
    "EVENTS",
    "FACTS",
    "NONE",
    "Disorder",
    "lines",
    "load_figures",
    "simulate",
    "write_ndjson",
]
