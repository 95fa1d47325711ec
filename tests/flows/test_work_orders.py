"""What is due is ordered, not claimed to have happened; an older release is understood."""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.processes import seeding
from services.worker.announcer import Announcer
from services.worker.article_reader import ArticleReader
from shared.kernel.database import Snapshot, Transaction
from shared.law.store.files import ROOT
from shared.messages import HOUSEHOLD_EVENT_RECORDED
from shared.messaging import outbox
from shared.messaging.message import Message
from tests.facts import RICH, assessed
from tests.flows.test_findings import findings
from tests.harness import Registry

SAYS = "Cuối năm 2023, xã Thiện Thuật có 2 hộ nghèo."
Said = list[tuple[str, str]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """Every message type that is put into the outbox, with the module that does it."""
    heard: Said = []
    append = outbox.append

    async def listening(tx: Transaction, messages: Sequence[Message]) -> None:
        caller = inspect.stack()[1].frame.f_globals["__name__"]
        heard.extend((message.type, caller) for message in messages)
        await append(tx, messages)

    monkeypatch.setattr(outbox, "append", listening)
    return heard


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that was read for figures."""
    texts: list[str] = []
    read = ArticleReader.read

    async def listening(reader: ArticleReader, snapshot: Snapshot, article: Any) -> Any:
        texts.append(article.text or "")
        return await read(reader, snapshot, article)

    monkeypatch.setattr(ArticleReader, "read", listening)
    return texts


async def post_article(app: Registry, text: str = SAYS) -> UUID:
    article = {"source": "press", "external_id": "one", "language": "vi", "text": text}
    receipts = (await app.send([article], "articles"))["receipts"]
    return UUID(receipts[0]["article_id"])


async def order(app: Registry, type_: str, **data: list[str]) -> None:
    async with app.context.database.transaction() as tx:
        await outbox.append(tx, [Message.new(type_, app.clock.now(), data)])
    await app.drain()


async def test_a_changed_status_checks_an_article_and_reads_it_no_second_time(
    app: Registry, texts: list[str], said: Said
) -> None:
    await post_article(app)
    await app.send([assessed("H-1", "2023-12-01")])
    [found] = await findings(app)
    assert (found["kind"], found["stated"], found["expected"]) == ("differs_from_registry", 2, 1)
    await app.send([assessed("H-2", "2023-12-01")])
    assert await findings(app) == []
    assert texts == [SAYS]
    article = [caller for type_, caller in said if type_ == "article.recorded"]
    assert article and all(caller.startswith("services.ingest.") for caller in article)


async def test_a_day_and_a_law_give_orders_and_record_nothing(
    app: Registry, said: Said, tmp_path: Path
) -> None:
    await app.send([assessed("H-1", "2023-12-01"), assessed("H-1", "2027-01-05", **RICH)])
    said.clear()
    (announcer,) = (
        n.component for n in app.process.components if isinstance(n.component, Announcer)
    )
    app.clock.instant += timedelta(days=60)
    assert await announcer.run_once() == 1
    await app.drain()
    root = shutil.copytree(ROOT, tmp_path, dirs_exist_ok=True)
    law = root / "policy" / "poverty_standards.yaml"
    law.write_text(law.read_text("utf-8") + "\n# loaded anew\n", "utf-8")
    loaded = await seeding.load(app.context.database, app.clock, root)
    assert loaded.households_due == 1
    await app.drain()
    assert [type_ for type_, _ in said].count("households.due") == 2
    assert not [type_ for type_, _ in said if type_.endswith(".recorded")]


async def test_an_article_that_an_older_release_read_is_read_again_to_be_checked(
    app: Registry, texts: list[str], said: Said
) -> None:
    article_id = await post_article(app)
    async with app.context.database.transaction() as tx:
        await tx.execute("UPDATE article_readings SET cues = NULL")
    said.clear()
    await app.send([assessed("H-1", "2023-12-01")])
    assert [f["kind"] for f in await findings(app)] == ["differs_from_registry"]
    assert texts == [SAYS, SAYS]
    # What is shown of the figures is what it was.
    assert "figures.extracted" not in [type_ for type_, _ in said]
    assert await app.get(f"/v1/articles/{article_id}/figures")


async def test_cues_of_another_revision_are_not_taken_for_those_of_this_one(
    app: Registry, texts: list[str]
) -> None:
    """A worker of an older release notes its revision and leaves the cues as they were."""
    await post_article(app)
    async with app.context.database.transaction() as tx:
        await tx.execute(
            "UPDATE article_readings SET cues = jsonb_set(cues, '{event_id}', "
            "to_jsonb(gen_random_uuid()::text))"
        )
    await app.send([assessed("H-1", "2023-12-01")])
    assert [f["kind"] for f in await findings(app)] == ["differs_from_registry"]
    assert len(texts) == 2


async def test_messages_that_an_older_release_left_in_the_queues_still_have_their_effect(
    app: Registry,
) -> None:
    article_id = await post_article(app)
    event = assessed("H-1", "2023-12-01")
    assert (await app.post("/v1/household-events", {"events": [event]})).status_code == 202
    async with app.context.database.transaction() as tx:
        await tx.execute("DELETE FROM outbox")
    # The day begins, as it used to be told.
    await order(app, HOUSEHOLD_EVENT_RECORDED, household_ids=["H-1"])
    assert (await app.get("/v1/households/H-1"))["status"] == "poor"
    async with app.context.database.transaction() as tx:
        await tx.execute("DELETE FROM findings")
    # An article is to be checked again, as it used to be told.
    await order(app, "article.recorded", article_ids=[str(article_id)])
    assert [f["kind"] for f in await findings(app)] == ["differs_from_registry"]
    await order(app, "fund.recorded", fund_ids=["F-1"])
    async with app.context.database.statement() as snapshot:
        assert await snapshot.fetchval(
            "SELECT count(*) FROM reviewed_subjects WHERE subject = 'fund:F-1'"
        )
