"""Programs of whole numbers, solved by HiGHS within a time.

Only the solver itself is loaded, and given the program as text: its Python wrappers need numpy,
which the image leaves out (57 MB).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from functools import cache
from math import floor, isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from shared.money.best_allocation import IntegerProgram, Proposal

# Numbers are whole, so less than one apart is the same; the solver counts in doubles.
_APART = 0.99
_ROUNDING = 1e-6
_RELATIVE = 1e-9
_LINE_TERMS = 8


class Highs:
    """Solves programs, all of them within so many seconds; after that it proposes nothing."""

    def __init__(self, seconds: float) -> None:
        """Begin to count the time."""
        self._until = monotonic() + seconds

    def __call__(self, program: IntegerProgram) -> Proposal:
        """Return the best numbers found, and what no answer exceeds as far as was proven."""
        left = self._until - monotonic()
        if left <= 0 or not any(program.aim):
            return Proposal(None, None)
        with TemporaryDirectory(prefix="registry-highs-") as folder:
            model = Path(folder) / "program.lp"
            model.write_text(_text(program), "ascii")
            return _solved(model, left, len(program.aim))


def _solved(model: Path, seconds: float, number: int) -> Proposal:
    solver = _core()._Highs()  # noqa: SLF001 - the class that the wrappers wrap
    options = {
        "output_flag": False,
        "time_limit": seconds,
        "threads": 1,
        "random_seed": 0,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": _APART,
    }
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.readModel(str(model))
    solver.run()
    outcome = solver.getInfo()
    bound = outcome.mip_dual_bound
    at_most = floor(bound + _ROUNDING + _RELATIVE * abs(bound)) if isfinite(bound) else None
    if not isfinite(outcome.objective_function_value) or not outcome.primal_solution_status:
        return Proposal(None, at_most)
    values = list(solver.getSolution().col_value)
    return Proposal(tuple(round(value) for value in values[:number]), at_most)


@cache
def _core() -> Any:
    package = importlib.util.find_spec("highspy")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("highspy is not installed")
    (binary,) = Path(package.submodule_search_locations[0]).glob("_core.*.so")
    spec = importlib.util.spec_from_file_location("highspy._core", binary)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{binary} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _text(program: IntegerProgram) -> str:
    """Return the program in the LP form; every variable stands in the aim, in its order."""
    rows = [
        *((weights, ">=", least) for weights, least in program.floors),
        (program.prices, "<=", program.money),
    ]
    lines = ["Maximize", " aim:", *_terms(program.aim, keep=True), "Subject To"]
    for number, (weights, sign, bound) in enumerate(rows):
        lines += [f" r{number}:", *_terms(weights), f" {sign} {bound}"]
    for number, (places, bound) in enumerate(program.together):
        lines += [f" t{number}:", " " + " + ".join(f"x{place}" for place in places), f" <= {bound}"]
    lines += ["Bounds", *(f" 0 <= x{n} <= {most}" for n, most in enumerate(program.most))]
    return "\n".join(
        [*lines, "General", *(f" x{n}" for n, _ in enumerate(program.most)), "End", ""]
    )


def _terms(weights: Sequence[int], *, keep: bool = False) -> Iterator[str]:
    terms = [f"{weight:+d} x{n}" for n, weight in enumerate(weights) if weight or keep]
    for begin in range(0, len(terms), _LINE_TERMS):
        yield " " + " ".join(terms[begin : begin + _LINE_TERMS])
