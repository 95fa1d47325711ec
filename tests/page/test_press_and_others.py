"""Findings, articles, changes, then against now, imports and operations."""

from __future__ import annotations

import csv
from hashlib import sha256
from io import StringIO
from uuid import uuid4

import pytest

from services.api.page.words import DOORS, FINDINGS, WORK
from services.api.press.findings import KINDS
from services.worker.due import due_works
from shared.facts import FACTS
from shared.http.auth import tokens_of
from shared.law.store.seeds import SeedCache
from shared.messages import HOUSEHOLDS_DUE
from shared.messaging import quarantine
from shared.messaging.message import Message, encode
from shared.messaging.quarantine import Refusal
from tests.harness import Registry
from tests.page.reading import Reading, read
from tests.page.settlement import ARTICLE, DISTRICT, YEAR_END

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _article(world: Registry) -> str:
    (article,) = (await world.get("/v1/articles"))["items"]
    return str(article["article_id"])


async def test_findings_are_counted_and_lead_to_the_words_that_say_them(world: Registry) -> None:
    counts = (await world.get("/v1/findings/counts"))["items"]
    page = await read(world, "/findings")
    assert page.numbers["total"] == str(sum(each["findings"] for each in counts))
    assert int(page.numbers["total"]) > 0
    article = await _article(world)
    (finding, *_) = (await world.get("/v1/findings", article=article))["items"]
    assert f"/articles/{article}#f-{finding['figures'][0]}" in page.links
    text = (await world.client.get("/findings")).text
    assert finding["explanation"]["vi"] in text
    assert finding["explanation"]["en"] in (await world.client.get("/findings?lang=en")).text


async def test_an_article_shows_its_text_with_marks_and_runs_nothing_of_it(
    world: Registry,
) -> None:
    assert "<script>" in ARTICLE
    article = await _article(world)
    page = await read(world, f"/articles/{article}")
    assert not page.inline
    figures = (await world.get(f"/v1/articles/{article}/figures"))["items"]
    assert figures
    for figure in figures:
        assert f"f-{figure['figure_id']}" in page.ids
        assert f"#f-{figure['figure_id']}" in page.links
    text = (await world.client.get(f"/articles/{article}")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert f"/articles/{article}" in (await read(world, "/articles")).links


async def _rows(world: Registry, path: str) -> list[dict[str, str]]:
    answer = await world.client.get(path)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


async def test_what_articles_say_stands_beside_the_official_figure(world: Registry) -> None:
    article = await _article(world)
    figures = (await world.get(f"/v1/articles/{article}/figures"))["items"]
    (of_place, *_) = (each for each in figures if each["place"] and each["place"]["area_code"])
    area, measure = of_place["place"]["area_code"], of_place["measure"]
    path = f"/figures?measure={measure}&area={area}"
    assert path in (await read(world, f"/articles/{article}")).links
    told = (await world.get("/v1/figures", measure=measure, area=area))["items"]
    assert told
    shown = await _rows(world, f"{path}&csv=told")
    assert [row["value"] for row in shown] == [str(each["value"]) for each in told]
    assert f"/articles/{article}#f-{of_place['figure_id']}" in (await read(world, path)).links


async def test_official_figures_are_those_printed_and_those_posted(world: Registry) -> None:
    asked = {"measure": "poverty_rate", "area": "66"}
    before = await world.get("/v1/reference-figures", **asked)
    assert {"on": "2022-12-31", "value": 10.94}.items() <= before["items"][1].items()
    fact = {"source": "ministry", "external_id": "66/2023", "area_code": "66", "value": 9.5}
    fact |= {"measure": "poverty_rate", "on": "2023-12-31"}
    posted = await world.post("/v1/reference-figures", {"figures": [fact]})
    assert posted.status_code == 202, posted.text
    await world.drain()
    after = await world.get("/v1/reference-figures", **asked)
    values = [each["value"] for each in after["items"]]
    assert len(values) == len(before["items"]) + 1
    assert values[2] == 9.5
    then = await world.get("/v1/reference-figures", known_at=before["settled_at"], **asked)
    assert then["items"] == before["items"]
    shown = await _rows(world, "/figures?measure=poverty_rate&area=66&csv=official")
    assert [row["value"] for row in shown] == [str(value) for value in values]
    for wrong, status in (({"area": "99999"}, 404), ({"measure": "luck"}, 422)):
        answer = await world.client.get("/v1/reference-figures", params=asked | wrong)
        assert answer.status_code == status


async def test_changes_are_those_of_the_feed(world: Registry) -> None:
    path = f"/changes?area={DISTRICT}&from_date=2023-01-01&to_date={YEAR_END}&csv=changes"
    answer = await world.client.get(path)
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    feed = await world.get(
        "/v1/transitions", area=DISTRICT, from_date="2023-01-01", to_date=YEAR_END, limit=200
    )
    expected = [each["household_id"] for each in feed["items"] if "retracts" not in each]
    assert [row["household_id"] for row in rows] == expected
    assert expected


async def test_then_is_held_against_now(world: Registry, before: str) -> None:
    path = f"/places/{DISTRICT}/knowledge?as_of={YEAR_END}&known_at={before}"
    answer = await world.client.get(f"{path}&csv=knowledge")
    rows = {
        row["status"]: row for row in csv.DictReader(StringIO(answer.content.decode("utf-8-sig")))
    }
    now = await world.get(f"/v1/areas/{DISTRICT}/statistics", as_of=YEAR_END)
    assert (rows["poor"]["then"], rows["poor"]["now"]) == ("0", str(now["counts"]["poor"]))
    assert rows["poor"]["difference"] == rows["poor"]["now"]


async def test_operations_show_what_waits(world: Registry) -> None:
    page = await read(world, "/operations")
    assert (page.numbers["waiting"], page.numbers["refused"]) == ("0", "0")


async def test_operations_show_what_came_through_each_door(world: Registry) -> None:
    page = await read(world, "/operations")
    text = (await world.client.get("/operations?csv=doors")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert {"area-facts", "funds"} <= {row["door"] for row in rows}
    assert sum(int(row["transactions"]) for row in rows) == int(page.numbers["came"]) > 0


async def test_every_kind_of_work_has_a_name() -> None:
    assert {work.name for work in due_works(SeedCache())} == set(WORK)
    assert set(FACTS) == set(DOORS)


async def test_what_is_in_quarantine_is_sent_again_once(world: Registry) -> None:
    due = Message.new(HOUSEHOLDS_DUE, world.clock.now(), {"household_ids": ["SET-01"]})
    readable = encode(due).decode()
    refusals = [
        Refusal("assess_households", due.id, "SET-01", due.type, readable, "data_error", "why"),
        Refusal("assess_households", uuid4(), "", "t", "nonsense", "malformed_message", "why"),
    ]
    async with world.context.database.transaction() as tx:
        await quarantine.put(tx, refusals)
        held = await quarantine.list_open(tx, 10)
    ids = " ".join(str(each.quarantine_id) for each in held)
    page = (await world.client.get("/operations")).text
    assert f'value="{ids}"' in page
    form = {"quarantine_ids": f"{ids} x 999999"}
    foreign = {"sec-fetch-site": "cross-site"}
    answer = await world.client.post("/operations/replay?lang=en", data=form, headers=foreign)
    assert (answer.status_code, "form_of_another_site" in answer.text) == (403, True)
    answer = await world.client.post("/operations/replay?lang=en", data=form)
    assert answer.status_code == 200
    assert answer.text.count("was sent again.") == 1
    assert answer.text.count("not sent:") == 2
    # What is linked from there is to be had by a link, which the form's own address is not.
    links = Reading(answer.text).links
    assert "/operations?lang=en&csv=quarantine" in links
    assert not [link for link in links if link.startswith("/operations/replay")]
    await world.drain()
    async with world.context.database.snapshot() as snapshot:
        states = [await quarantine.show(snapshot, each.quarantine_id) for each in held]
    assert [each and each.state for each in states] == ["resolved", "open"]


async def test_only_operators_send_again(world: Registry) -> None:
    digest = sha256(b"token").hexdigest()
    entry = {"name": "someone", "token_sha256": digest, "scopes": ["statistics:read"]}
    before, world.tokens = world.tokens, tokens_of([entry])
    try:
        for headers, status in (({}, 401), ({"authorization": "Bearer token"}, 403)):
            answer = await world.client.post(
                "/operations/replay", data={"quarantine_ids": "1"}, headers=headers
            )
            assert answer.status_code == status
    finally:
        world.tokens = before


@pytest.mark.parametrize(
    ("path", "scopes", "status"),
    [
        ("/operations", ["operations"], 200),
        ("/operations", ["statistics:read"], 403),
        ("/imports", ["ingest:write"], 200),
        ("/imports", ["statistics:read"], 403),
        ("/findings", ["articles:read"], 403),
    ],
)
async def test_a_view_needs_its_scope(
    world: Registry, path: str, scopes: list[str], status: int
) -> None:
    digest = sha256(b"token").hexdigest()
    entry = {"name": "someone", "token_sha256": digest, "scopes": scopes}
    before, world.tokens = world.tokens, tokens_of([entry])
    try:
        await read(world, path, status, authorization="Bearer token")
    finally:
        world.tokens = before


async def test_every_kind_of_finding_has_a_name_in_both_languages() -> None:
    assert set(KINDS) == set(FINDINGS)
