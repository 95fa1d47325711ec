"""A client that a generator makes of the OpenAPI document walks the story of the README."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from tests.api import ledger
from tests.facts import article, assessed
from tests.harness import Registry
from tests.http.documents import whole_document

pytestmark = pytest.mark.asyncio(loop_scope="module")

Ask = Callable[..., Awaitable[Any]]
PACKAGE = "generated_registry_client"
MODULES = [
    f"{PACKAGE}.api.{operation['tags'][0]}.{operation['operationId']}"
    for methods in whole_document()["paths"].values()
    for operation in methods.values()
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package that `openapi-python-client` makes of the api's document."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_bytes(orjson.dumps(whole_document()))
    programs = Path(sys.executable).parent
    result = subprocess.run(
        [
            str(programs / "openapi-python-client"),
            "generate",
            f"--path={folder / 'openapi.json'}",
            f"--output-path={folder / PACKAGE}",
            "--meta=none",
        ],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"},
    )
    text = result.stdout + result.stderr
    assert result.returncode == 0, text
    # The generator knows no NDJSON and no files: it leaves these out, and warns of nothing else.
    unknown = re.findall(r"Unsupported content[ _]type application/(\S+)", text)
    kinds = ("x-ndjson", "pdf", "vnd.apache.parquet", "vnd.openxmlformats-officedocument")
    assert all(kind.startswith(kinds) for kind in unknown), unknown
    assert text.count("WARNING") == len(unknown)
    assert "Unable" not in text and "Failure" not in text, text
    sys.path.insert(0, str(folder))
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(folder))


@pytest_asyncio.fixture(loop_scope="module")
async def ask(world: Registry, client: Any) -> Ask:
    """Asks an operation of the registry as the generated client does."""
    caller = client.Client(base_url="http://registry.test")
    caller.set_async_httpx_client(world.client)

    async def ask(name: str, *place: str, **given: Any) -> Any:
        (module,) = (m for m in MODULES if m.endswith(f".{name}"))
        response = await importlib.import_module(module).asyncio_detailed(
            *place, client=caller, **given
        )
        assert response.status_code in (200, 202), response.content
        # What the client read is what was sent; it writes the zone of instants another way.
        again = orjson.dumps(response.parsed.to_dict()).replace(b"+00:00", b"Z")
        assert orjson.loads(again) == orjson.loads(response.content), name
        return response.parsed

    return ask


async def test_the_story_of_the_readme(world: Registry, ask: Ask) -> None:
    models = importlib.import_module(f"{PACKAGE}.models")
    review = assessed("LS-06091-000123x", "2023-12-14", ethnic_group="Tày")
    body = models.HouseholdEventFacts.from_dict({"events": [review]})
    receipts = await ask("post_household_events", body=body)
    await world.drain()
    receipt = await ask("get_receipt", str(receipts.receipts[0].event_id))
    assert (receipts.accepted, receipt.state) == (1, "processed")
    household = await ask("get_household", "LS-06091-000123x", as_of=date(2024, 1, 1))
    assert (household.status, household.area.code) == ("poor", "06091")
    assert household.reasons[0].code == "income_at_most"
    why = await ask("explain_household", "LS-06091-000123x", as_of=date(2024, 1, 1))
    assert why.rule.income_vnd_at_most == 1_500_000
    timeline = await ask("get_timeline", "LS-06091-000123x")
    assert [spell.status for spell in timeline.spells] == ["poor"]
    feed = await ask("list_transitions", area="181", list_=models.ListTransitionsList.POOR)
    assert feed.items[0].household_id == "LS-06091-000123x"
    counted = await ask("get_statistics", "181", as_of=date(2024, 1, 1))
    assert counted.counts.poor == 1
    moved = await ask(
        "get_movement",
        "181",
        list_=models.GetMovementList.POOR,
        from_date=date(2023, 1, 1),
        to_date=date(2024, 1, 1),
    )
    assert (moved.start, moved.newly_arisen, moved.end) == (0, 1, 1)


async def test_money_and_articles(world: Registry, ask: Ask) -> None:
    await ledger.fund(world, "CLIENT", 100, area="20")
    await ledger.run(world, "CLIENT-r", "CLIENT", 100, {"181": 100})
    fund = await ask("get_fund", "CLIENT")
    assert (fund.balance.allocated_vnd, fund.runs[0].active) == (100, True)
    lines = await ask("list_allocation_lines", "CLIENT-r")
    assert [(line.area_code, line.amount_vnd) for line in lines.items] == [("181", 100)]
    await world.send([article("Tỷ lệ hộ nghèo của tỉnh Lạng Sơn năm 2023 là 5,56%.")], "articles")
    (item,) = (await ask("list_articles")).items
    figures = await ask("list_article_figures", item.article_id)
    assert [(f.measure, f.value) for f in figures.items] == [("poverty_rate", 5.56)]
    rules = await ask("list_rules", on=date(2024, 1, 1), limit=1)
    assert rules.next_cursor and rules.items[0].to_dict()["legal_basis"]
