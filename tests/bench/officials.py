"""What officials ask of a whole province or of the country: books, boards, entitlements."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import asyncpg
import httpx

from tests.bench import loader, measures, processes
from tests.bench.scale import AS_OF, ask

PROVINCE, COUNTRY = "38", "VN"
SECONDS_AT_MOST = {PROVINCE: 5, COUNTRY: 60}
READERS = 8
QUESTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "year_end": ("year-end", {"year": "2024"}),
    "year_end_xlsx": ("year-end.xlsx", {"year": "2024"}),
    "year_end_pdf": ("year-end.pdf", {"year": "2024"}),
    "changeover": ("changeover", {"as_of": AS_OF}),
    "changeover_costs": ("changeover/costs", {"as_of": AS_OF}),
    "entitlements": ("entitlements", {"as_of": AS_OF}),
    "review_round": ("review-round", {"year": "2024", "as_of": AS_OF}),
}


async def measure(dsn: str, households: int, area: str) -> dict[str, Any]:
    """Ask everything twice of an area; seconds (below 0: refused), and megabytes of the api."""
    await loader.fill(dsn, households, province=PROVINCE if area == PROVINCE else "")
    figures: dict[str, Any] = {"area": area, "s_at_most": SECONDS_AT_MOST.get(area)}
    figures["households"] = await _households(dsn)
    with processes.registry("api", dsn) as (address, pid):
        async with httpx.AsyncClient(base_url=address, timeout=180) as client:
            for name, (path, asked) in QUESTIONS.items():
                taken: list[float] = []
                work = _twice(client, f"/v1/areas/{area}/{path}", asked, taken)
                held = await measures.memory({"api": pid}, work)
                figures[name] = {"s": taken, **held["api"]}
        for name in ("year_end", "changeover"):
            path, asked = QUESTIONS[name]
            figures[f"{name}_of_{READERS}"] = await _together(address, area, path, asked)
    return figures


async def _households(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    number: int = await connection.fetchval("SELECT count(*) FROM households")
    await connection.close()
    return number


async def _twice(
    client: httpx.AsyncClient, path: str, asked: dict[str, str], taken: list[float]
) -> None:
    for _ in range(2):
        begun = perf_counter()
        answer = await client.get(path, params=asked)
        taken.append(round(perf_counter() - begun, 2))
        if answer.status_code != 200:
            # What takes too long is refused, and that is its figure.
            taken[-1] = -taken[-1]


async def _together(address: str, area: str, path: str, asked: dict[str, str]) -> dict[str, Any]:
    try:
        return await ask(address, f"/v1/areas/{area}/{path}", asked, READERS, questions=3)
    except (RuntimeError, httpx.HTTPStatusError) as refused:
        # What is too much at once is refused, and that is its figure.
        return {"refused": str(refused)[:200]}
