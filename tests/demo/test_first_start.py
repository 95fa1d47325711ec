"""The first minutes of a new user: a first start that is killed, the next one, and the README.

In a folder as people name them, with the worker process that `make run` takes.
"""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import evidence
from tests.faults.system import SERVICES, Program
from tests.pasting import curls
from tests.waiting import STANDSTILL_SECONDS, until

HALFWAY = re.compile(r"^Sending its facts: [\d,]+ of ", re.MULTILINE)
ADDRESS = "The registry answers at "
TOLD = "Loaded the demo: "
pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]


def program(folder: Path, name: str) -> Program:
    """Describe a process as `make run` starts it, without a terminal."""
    settings = {"AUTH": "off", "AUDIT": "off", "DEMO": "true", "WORKER_PROCESS": "true"}
    settings |= {"DATA_DIR": str(folder / "dữ liệu hộ nghèo"), "LOG_FORMAT": "console"}
    settings |= {"LOG_LEVEL": "warning"}
    environment = {f"REGISTRY_{key}": value for key, value in settings.items()}
    return Program(name, (*SERVICES, "embedded"), environment, folder / f"{name}.log")


async def test_a_killed_first_start_is_gone_on_with_and_the_readme_can_be_pasted(
    tmp_path: Path,
) -> None:
    first, second, beside = (program(tmp_path, name) for name in ("first", "second", "beside"))
    with evidence.source("logs", tmp_path):
        try:
            first.start()
            await until(lambda: said(first, ADDRESS))
            async with client_of(first) as client:
                assert (await client.get("/")).status_code == 200
            await until(lambda: HALFWAY.search(first.log.read_text("utf-8")))
            assert not said(first, TOLD)
            await first.kill()
            second.start()
            await until(lambda: said(second, TOLD), 3 * STANDSTILL_SECONDS)
            assert said(second, TOLD)
            await second.ready()
            beside.start()
            assert await beside.ended() == 2
            assert said(beside, f"already runs on {tmp_path}/dữ liệu hộ nghèo")
            # What the README sends is one more poor household than was published.
            await books(second)
            await paste(second)
            second.signal(signal.SIGINT)
            assert await second.ended() == 0
            assert not (tmp_path / "dữ liệu hộ nghèo" / "postgres" / "postmaster.pid").exists()
        finally:
            for one in (first, second, beside):
                await one.kill()


async def test_without_the_demo_it_says_where_it_answers(tmp_path: Path) -> None:
    empty = program(tmp_path, "empty")
    empty.env["REGISTRY_DEMO"] = "false"
    try:
        empty.start()
        await until(lambda: said(empty, ADDRESS))
        assert said(empty, f"{ADDRESS}{empty.url} ")
        empty.signal(signal.SIGINT)
        assert await empty.ended() == 0
    finally:
        await empty.kill()


def said(one: Program, words: str) -> bool:
    """Tell whether the process has printed it."""
    assert one.code is None or one.name == "beside", one.log.read_text("utf-8")
    return words in one.log.read_text("utf-8")


def client_of(one: Program) -> httpx.AsyncClient:
    """Give a client at its address."""
    return httpx.AsyncClient(base_url=one.url, timeout=STANDSTILL_SECONDS)


async def paste(one: Program) -> None:
    """Do all that the README says, and hear what it says comes of it."""
    heard = ""
    async with client_of(one) as client:
        for curl in curls():
            if curl.streams:
                continue
            answer = await curl.paste(client)
            assert answer.is_success, (curl.address, answer.text)
            heard += answer.text
    for told in ('"percent":14.78,"numerator":2100,"denominator":14208', '"expected":78900000000'):
        assert told in heard
    assert "not_yet_processed" not in heard


# End of year: poor and near-poor households of Bình Gia with their rates. 2023 is published, 2022
# follows from it, 2024 is the middle of what was expected (`seeds/demo/published_figures.yaml`).
BOOKS = {
    2022: ((2686, 20.63), (4215, 32.38)),
    2023: ((2100, 14.78), (3784, 26.63)),
    2024: ((1460, 10.28), (3144, 22.13)),
}


async def books(one: Program) -> None:
    """See that the year-end books of the figures end in those, each beginning where one ended."""
    before = ((3272, 25.57), (4646, 36.31))
    async with client_of(one) as client:
        for year, ends in BOOKS.items():
            asked = {"year": year, "basis": "computed"}
            answer = await client.get("/v1/areas/181/year-end", params=asked)
            rows = [form["rows"][-1] for form in answer.json()["lists"]]
            assert tuple(shown(row["start"]) for row in rows) == before
            assert tuple(shown(row["end"]) for row in rows) == ends
            before = ends


def shown(cell: dict[str, Any]) -> tuple[int, float]:
    """Return a cell as it is printed."""
    return cell["households"], cell["rate"]["percent"]
