"""Requests made up from the document, against ingest and api with authentication and audit on.

Fixed seeds: a failure comes again. With REGISTRY_PROOF 20,000 cases and more, with any seed by
REGISTRY_FUZZ_SEED.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.http.auth import Tokens
from shared.http.wrong_tokens import WrongTokens
from shared.runtime.http_server import HttpServer, bind
from tests.access.conftest import caller
from tests.harness import Registry, registry

HERE = Path(__file__).parent
PROOF = os.environ.get("REGISTRY_PROOF") == "1"
SEED = os.environ.get("REGISTRY_FUZZ_SEED", "7")
# Each bound of each field, of one field after the other; and requests drawn at random, of every
# operation so many. Every run tries the bounds of what is posted in our own words, the proof all.
OWN_POSTS = ("--include-method", "POST", "--exclude-path-regex", "^(/sr)?/registry/")
SHARES = (
    ("--phases", "coverage", *(() if PROOF else OWN_POSTS)),
    ("--phases", "examples,fuzzing,stateful", "--max-examples", "220" if PROOF else "5"),
)
CASES_MIN = 7_000 if PROOF else 500
MANY = 10_000_000


@asynccontextmanager
async def served(world: Registry) -> AsyncIterator[str]:
    """Serve a registry, its relay at work; wrong tokens are counted but not waited for."""
    world.app.state.wrong_tokens = WrongTokens(sleep=lambda _: None)
    listener = bind("127.0.0.1", 0)
    tasks = [
        asyncio.create_task(HttpServer(world.app, listener).run()),
        asyncio.create_task(world.relay.run()),
    ]
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def run(address: str, token: str, *arguments: str) -> tuple[int, str]:
    """Run schemathesis; return its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli"),
        *("--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"{address}/openapi.json", "--header", f"Authorization: Bearer {token}"),
        *("--seed", SEED, *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=HERE.parents[1],
    )
    said, _ = await process.communicate()
    return await process.wait(), said.decode()


@pytest.mark.timeout(7200 if PROOF else 600)
@pytest.mark.parametrize("arguments", SHARES, ids=["bounds", "drawn"])
async def test_nothing_that_the_document_lets_one_ask_goes_wrong(
    dsn: str, arguments: tuple[str, ...]
) -> None:
    limits = {"requests_per_minute": MANY, "lookups_per_minute": MANY}
    async with registry(dsn, audit="on", **limits) as world, served(world) as address:
        world.tokens = Tokens((caller("everything"),))
        code, said = await run(address, "everything", *arguments)
    assert code == 0, said[said.find("= FAILURES") :]
    print(said[said.find("= SUMMARY") :])
    generated = re.search(r"(\d+) generated", said)
    assert generated and int(generated[1]) >= CASES_MIN, said
