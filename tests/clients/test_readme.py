"""What the client's README says runs as it stands."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from tests.access.letting_in import let_in
from tests.clients.conftest import CLIENTS, Served
from tests.clients.test_python_client import in_thread
from tests.facts import assessed

pytestmark = pytest.mark.asyncio(loop_scope="module")

BLOCKS = re.findall(r"```python\n(.*?)```", (CLIENTS / "README.md").read_text("utf-8"), re.DOTALL)


async def test_each_block_runs_after_the_one_before(
    served: Served, client: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    world, address = served
    await world.send([assessed("LS-06091-000123", "2023-12-14", area_code="06091")])
    known, secret = await let_in(world, "reader", "VN")
    names = {"address": address, "client_id": known.client_id, "client_secret": secret}
    assert len(BLOCKS) == 4
    for block in BLOCKS:
        # Nobody works here before the test says so: what a caller waits for would take its seconds.
        text = block.replace(", wait=10", "")
        await in_thread(lambda text=text: exec(text, names))
    said = capsys.readouterr().out
    assert "poor" in said and "LS-06091-000123" in said
    await in_thread(names["registry"].close)  # type: ignore[attr-defined]
