"""Record the examples of the OpenAPI document from the demo: `make examples`.

    python -m tests.recording [ADDRESS]

Runs a registry with the demo in a folder of its own (or asks the one at ADDRESS), asks every
operation once, and writes `shared/http/examples.json`. A test checks what stands there.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson

from shared.http.openapi import EXAMPLES
from shared.runtime.http_server import bind

# By operation what is asked; `{name}` is a value that an earlier answer gave (`NAMES`).
REQUESTS = {
    "get_liveness": "/health/live",
    "get_readiness": "/health/ready",
    "list_households": "/v1/households?area=181&status=poor&as_of=2024-06-30&limit=2",
    "get_household": "/v1/households/{household}?as_of=2024-06-30",
    "get_timeline": "/v1/households/{household}/timeline",
    "list_household_events": "/v1/households/{household}/events?limit=2",
    "explain_household": "/v1/households/{household}/explanation?as_of=2024-06-30",
    "get_certificate": "/v1/households/{household}/certificate?as_of=2024-06-30",
    "list_relapse_watch": "/v1/areas/06091/relapse-watch?as_of=2023-12-31&limit=2",
    "get_relapse_backtest": "/v1/areas/181/relapse-watch/backtest?as_of=2023-12-31",
    "get_entitlements": "/v1/households/{household}/entitlements?as_of=2024-06-30",
    "list_exit_windows": "/v1/exit-windows?area=181&as_of=2024-06-30&limit=2",
    "get_area_entitlements": "/v1/areas/06091/entitlements?as_of=2024-06-30",
    "list_areas": "/v1/areas?q=gia&level=district&as_of=2024-06-30",
    "get_area": "/v1/areas/06091?as_of=2024-06-30",
    "get_statistics": "/v1/areas/181/statistics?as_of=2023-12-31",
    "list_statistics": "/v1/areas/06091/statistics/series?from_date=2023-01-01&to_date=2024-12-31",
    "list_children_statistics": "/v1/areas/181/statistics/children"
    "?by=commune&as_of=2023-12-31&limit=1",
    "get_movement": "/v1/areas/181/movement?list=poor&from_date=2022-12-31&to_date=2023-12-31",
    "get_status_flows": "/v1/areas/06091/status-flows?from_date=2022-12-31&to_date=2023-12-31",
    "get_year_end": "/v1/areas/06091/year-end?year=2023",
    "list_year_end_households": "/v1/areas/06091/year-end/households"
    "?year=2023&list=poor&cell=form_left&limit=2",
    "get_decision_list": "/v1/areas/06091/decision-list"
    "?year=2023&list=poor&decision_no=344/QĐ-UBND",
    "get_changeover": "/v1/areas/06091/changeover?as_of=2024-12-31",
    "get_changeover_costs": "/v1/areas/06091/changeover/costs?as_of=2024-12-31",
    "list_changeover_households": "/v1/areas/06091/changeover/households"
    "?as_of=2024-12-31&becomes=uncertain&limit=2",
    "get_review_round": "/v1/areas/06091/review-round?year=2024&as_of=2024-12-31",
    "list_review_round_households": "/v1/areas/06091/review-round/households"
    "?year=2024&as_of=2024-12-31&limit=2",
    "list_standards": "/v1/standards?on=2024-06-30&limit=1",
    "list_programs": "/v1/programs?on=2024-06-30&limit=1",
    "list_rules": "/v1/rules?on=2024-06-30&limit=1",
    "list_support_norms": "/v1/support-norms?on=2024-06-30&limit=1",
    "list_support_kinds": "/v1/support-kinds?on=2024-06-30&limit=1",
    "list_funds": "/v1/funds?area=181",
    "get_fund": "/v1/funds/BG-HOUSING-2024",
    "get_fund_progress": "/v1/funds/BG-HOUSING-2024/progress",
    "get_fund_scenario": "/v1/areas/181/fund-scenario?year=2024&as_of=2024-09-30",
    "list_allocation_runs": "/v1/allocation-runs?fund=BG-HOUSING-2024&limit=1",
    "get_allocation_run": "/v1/allocation-runs/BG-HOUSING-2024-1",
    "list_allocation_lines": "/v1/allocation-runs/BG-HOUSING-2024-1/lines?limit=1",
    "compare_allocation_runs": "/v1/allocation-runs/BG-HOUSING-2024-1/compare"
    "?with=BG-HOUSING-2024-2&limit=2",
    "get_best_allocation": "/v1/allocation-runs/BG-HOUSING-2024-2/best-allocation",
    "list_best_allocation_households": "/v1/allocation-runs/BG-HOUSING-2024-2/best-allocation"
    "/households?limit=2",
    "get_payment_progress": "/v1/disbursements/progress?area=181",
    "list_disbursements": "/v1/disbursements?fund=BG-HOUSING-2024&limit=2",
    "list_stalled_lines": "/v1/disbursements/stalled?days=0&limit=2",
    "list_support_records": "/v1/support-records?limit=2",
    "list_support_totals": "/v1/support-records/totals?limit=2",
    "list_articles": "/v1/articles?limit=2",
    "get_article": "/v1/articles/{article}",
    "list_article_figures": "/v1/articles/{article}/figures?limit=2&explain=true",
    "list_figures": "/v1/figures?measure=poverty_rate&limit=2",
    "list_reference_figures": "/v1/reference-figures?measure=poverty_rate&area=66",
    "list_findings": "/v1/findings?limit=2",
    "count_findings": "/v1/findings/counts",
    "list_transitions": "/v1/transitions?area=181&from_date=2023-01-01&limit=2",
    "list_decision_changes": "/v1/decision-changes?area=181&limit=2",
}
NAMES = {
    "household": ("list_households", "items", 0, "household_id"),
    "article": ("list_articles", "items", 0, "article_id"),
}
# Beside their JSON: of these streams the first line.
STREAMS = {"list_allocation_lines": "/v1/allocation-runs/BG-HOUSING-2024-1/lines?format=ndjson"}
# Too long to be shown whole, or different in every process.
SHORT = {
    "get_openapi": ("application/json", {"openapi": "3.1.0"}),
    "get_asyncapi": ("application/json", {"asyncapi": "3.0.0"}),
    "get_metrics": ("text/plain", "registry_outbox_rows 0.0\n"),
    "view_article": ("text/html", "<!doctype html>…"),
    "get_docs": ("text/html", "<!doctype html>…"),
}


@asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """Run a registry with the demo; give its address once it is ready."""
    listener = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.close()
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "AUTH": "off",
            "AUDIT": "off",
            "DEMO": "true",
            "PORT": str(port),
            "DATA_DIR": folder,
        }
        environment = os.environ | {f"REGISTRY_{n}": value for n, value in settings.items()}
        command = (sys.executable, "-m", "services", "run", "embedded")
        process = await asyncio.create_subprocess_exec(*command, env=environment)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            await process.wait()


async def ready(client: httpx.AsyncClient) -> None:
    """Wait until the demo is processed."""
    while True:
        try:
            if (await client.get("/health/ready")).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(1)


async def record(client: httpx.AsyncClient) -> dict[str, Any]:
    """Return, by operation, what it answered."""
    recorded: dict[str, Any] = {}
    names: dict[str, Any] = {}
    for operation, path in REQUESTS.items():
        response = await client.get(path.format(**names))
        response.raise_for_status()
        recorded[operation] = {"answer": {"application/json": response.json()}}
        for name, (source, *way) in NAMES.items():
            if source == operation:
                names[name] = _at(response.json(), way)
    for operation, path in STREAMS.items():
        line, _, _ = (await client.get(path)).text.partition("\n")
        recorded[operation]["answer"]["application/x-ndjson"] = orjson.loads(line)
    for operation, (media, shown) in SHORT.items():
        recorded[operation] = {"answer": {media: shown}}
    return recorded


def _at(value: Any, way: list[Any]) -> Any:
    for step in way:
        value = value[step]
    return value


async def main() -> None:
    """Record all and write them."""
    if len(sys.argv) > 1:
        await write(sys.argv[1])
    else:
        async with demo() as address:
            await write(address)


async def write(address: str) -> None:
    """Write the examples that the registry at an address gives."""
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        await ready(client)
        recorded = await record(client)
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    EXAMPLES.write_bytes(orjson.dumps(recorded, option=options))


if __name__ == "__main__":
    asyncio.run(main())
