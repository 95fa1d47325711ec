"""The weights of the reader, as fitted on the labelled articles by `tests/eval/fit.py`."""

from __future__ import annotations

import json
from importlib.resources import files

from shared.press.figures.evidence import Fitted

FITTED = Fitted(json.loads(files(__package__).joinpath("weights.json").read_text("utf-8")))
