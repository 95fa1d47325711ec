"""What tracing costs a read: with all traces recorded and with a tenth, in turns with none."""

from __future__ import annotations

from contextlib import ExitStack
from statistics import median
from typing import Any

from tests.bench import cpu, hooks, measures, processes

COUNT, TURNS, SECONDS = 500, 5, 2.0
RATIOS = {"none": None, "a_tenth": "0.1", "all": "1"}


async def traces(dsn: str) -> dict[str, Any]:
    """Return the microseconds of a process an answer takes it, and the rates to that with none."""
    with processes.registry("embedded", dsn) as (address, _):
        await measures.bulk(address, dsn, "traced", COUNT)
    households = [f"traced-{n}" for n in range(COUNT)]
    rates: dict[str, list[float]] = {name: [] for name in RATIOS}
    spent: dict[str, float] = dict.fromkeys(RATIOS, 0.0)
    async with hooks.receivers() as collector:
        with ExitStack() as stack:
            running = {
                name: stack.enter_context(processes.registry("api", dsn, **_traced(one, collector)))
                for name, one in RATIOS.items()
            }
            for address, _ in running.values():
                await measures.read(address, households, 1.0)
            for _ in range(TURNS):
                for name, (address, pid) in running.items():
                    meter = await cpu.meter(dsn, [pid])
                    rate = await measures.read(address, households, SECONDS)
                    used = meter().per(round(rate * SECONDS))
                    rates[name].append(rate)
                    spent[name] += used["python_us"] / TURNS
    return {
        name: {
            "rate_to_none": round(median(rates[name]) / median(rates["none"]), 3),
            "cpu_us_an_answer": round(spent[name], 1),
        }
        for name in RATIOS
    }


def _traced(share: str | None, collector: str) -> dict[str, str]:
    url = f"{collector}/v1/traces"
    return {} if share is None else {"TRACES_URL": url, "TRACES_RATIO": share}
