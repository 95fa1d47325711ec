"""Attacks on what is another's: each is answered as if there were nothing, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.access.conftest import as_known, caller
from tests.access.letting_in import bearer
from tests.facts import area_fact, assessed, closed, corrected, moved, registered, withdrawn
from tests.harness import PLURALS, Registry
from tests.ingest import money

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Two communes of one district, until 2025-06-30.
HERE, THERE = "06091", "06094"
DAY = "2023-12-14"


@pytest.fixture
def guarded(world: Registry) -> Iterator[Registry]:
    callers = (
        caller("here", HERE, frozenset({"here"})),
        caller("there", THERE, frozenset({"there"})),
        caller("district", "181", frozenset({"district"})),
        caller("province", "20", frozenset({"province"})),
        caller("hanoi", "01", frozenset({"hanoi"})),
        caller("careless", HERE),
        caller("country"),
    )
    with as_known(world, *callers):
        yield world


async def post(world: Registry, who: str, door: str, *items: dict[str, Any]) -> httpx.Response:
    body = {PLURALS[door]: list(items)}
    return await world.post(f"/v1/{door}", body, headers=bearer(who))


async def send(world: Registry, who: str, *events: dict[str, Any]) -> httpx.Response:
    """Post household events in the caller's own name."""
    named = [{**event, "source": who} for event in events]
    return await post(world, who, "household-events", *named)


async def taken(world: Registry, who: str, *events: dict[str, Any]) -> Any:
    answer = await send(world, who, *events)
    assert answer.status_code == 202, answer.text
    await world.drain()
    return answer.json()


def same(one: httpx.Response, other: httpx.Response, *names: tuple[str, str]) -> None:
    """Check that two answers differ in what was asked for and in nothing else."""
    text = one.text
    for mine, others in names:
        text = text.replace(mine, others)
    assert (one.status_code, text) == (other.status_code, other.text)
    assert one.status_code in {404, 422}


async def test_moves_are_sent_by_the_unit_that_is_left_or_one_above(guarded: Registry) -> None:
    await taken(guarded, "there", registered("M-1", "2022-01-01", area_code=THERE))
    await taken(guarded, "there", assessed("M-1", "2022-12-14", area_code=THERE))
    theft = [
        moved("M-1", DAY, HERE),
        assessed("M-1", DAY, area_code=HERE),
        registered("M-1", DAY, area_code=HERE),
        assessed("M-1", "2011-02-01", area_code=HERE, assessed_on="2011-01-01", deprived=[]),
        closed("M-1", DAY),
    ]
    for event in theft:
        answer = await send(guarded, "here", event)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_household"), event
    for event in (theft[0], theft[4]):
        mine = await send(guarded, "here", event)
        same(mine, await send(guarded, "here", {**event, "household_id": "M-0"}), ("M-1", "M-0"))
    history = await guarded.client.get("/v1/households/M-1/timeline", headers=bearer("here"))
    assert history.status_code == 404
    # The unit that is left sends it; from that day on the receiving unit speaks.
    assert (await send(guarded, "there", moved("M-1", DAY, HERE))).status_code == 202
    await guarded.drain()
    assert (await send(guarded, "here", assessed("M-1", "2024-12-14"))).status_code == 202
    assert (await send(guarded, "there", closed("M-1", "2024-12-31"))).status_code == 404
    late = assessed("M-1", "2023-01-14", area_code=THERE)
    assert (await send(guarded, "there", late)).status_code == 202, "what was then is still its own"
    # A unit above both sends it either way.
    assert (await send(guarded, "district", moved("M-1", "2025-01-01", THERE))).status_code == 202
    assert (await send(guarded, "hanoi", moved("M-1", "2025-02-01", "00004"))).status_code == 404


async def test_what_comes_in_one_request_counts_for_what_stands_behind_it(
    guarded: Registry,
) -> None:
    await taken(
        guarded,
        "here",
        registered("R-1", "2022-01-01"),
        assessed("R-1", "2022-12-14"),
        moved("R-1", DAY, THERE),
    )
    both = [registered("R-2", "2022-01-01"), moved("R-2", DAY, THERE), closed("R-2", "2024-05-01")]
    answer = await send(guarded, "here", *both)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (
        404,
        "/events/2/household_id",
    )
    assert (await send(guarded, "here", moved("R-2", DAY, THERE))).status_code == 404
    assert (await send(guarded, "here", *both[:2])).status_code == 202


async def test_a_fact_about_a_household_names_a_commune_of_one_s_own(guarded: Registry) -> None:
    event = assessed("N-1", DAY, area_code=THERE)
    outside = await send(guarded, "here", event)
    same(outside, await send(guarded, "here", {**event, "area_code": "99999"}), (THERE, "99999"))
    assert (await send(guarded, "district", event)).status_code == 202


async def test_what_was_sent_is_a_duplicate_although_the_household_has_left(
    guarded: Registry,
) -> None:
    facts = [registered("D-1", "2022-01-01"), moved("D-1", DAY, THERE)]
    await taken(guarded, "here", *facts)
    again = await taken(guarded, "here", *facts)
    assert again["duplicates"] == 2
    correction = corrected(facts[1], effective_from="2023-12-20")
    assert (await send(guarded, "here", correction)).status_code == 202
    assert (await send(guarded, "here", withdrawn(correction))).status_code == 202


async def test_nobody_writes_in_the_name_of_another_source(guarded: Registry) -> None:
    sent = registered("S-1", "2022-01-01", area_code=THERE, source="there")
    assert (await post(guarded, "there", "household-events", sent)).status_code == 202
    for fact in (
        corrected(sent, area_code=HERE),
        {**sent, "revision": 1_000_000},
        withdrawn(sent),
        sent,
        {**sent, "external_id": "no-such-fact"},
    ):
        answer = await post(guarded, "here", "household-events", fact)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_source")


async def test_of_a_source_that_is_shared_each_has_its_own_facts(guarded: Registry) -> None:
    """A token of a small installation may speak for any source; its territory binds it still."""
    sent = assessed("K-1", DAY, area_code=THERE, source="there")
    assert (await post(guarded, "there", "household-events", sent)).status_code == 202
    unknown = withdrawn({**sent, "external_id": "no-such-fact"})
    nothing = await post(guarded, "careless", "household-events", unknown)
    assert (nothing.status_code, nothing.json()["code"]) == (404, "unknown_fact")
    for fact in (
        withdrawn(sent),
        corrected(sent, household_id="K-2", area_code=HERE),
        {**sent, "area_code": HERE},
    ):
        answer = await post(guarded, "careless", "household-events", fact)
        same(answer, nothing, (sent["external_id"], "no-such-fact"))


async def test_a_revision_far_ahead_is_refused_whoever_sends_it(guarded: Registry) -> None:
    for who in ("here", "country"):
        fact = {**assessed(f"G-{who}", DAY), "source": who}
        for revision in (1_000_000, 5_001):
            answer = await post(guarded, who, "household-events", {**fact, "revision": revision})
            assert (answer.status_code, answer.json()["code"]) == (422, "revision_gap")
        answer = await post(guarded, who, "household-events", {**fact, "revision": 5_000})
        assert answer.status_code == 202
    flood = [
        {**assessed("G-1", DAY), "external_id": "g", "revision": n} for n in (1, 6_000, 12_000)
    ]
    assert (await send(guarded, "here", *flood)).status_code == 422


async def test_nobody_learns_by_continues(guarded: Registry) -> None:
    await taken(guarded, "there", registered("C-old", "2020-01-01", area_code=THERE))
    new = registered("C-new", "2023-01-01", continues="C-old")
    refused = await send(guarded, "here", new)
    nothing = await send(guarded, "here", {**new, "continues": "C-none"})
    same(refused, nothing, ("C-old", "C-none"))
    await taken(guarded, "here", registered("C-own", "2020-01-01"))
    assert (await send(guarded, "here", {**new, "continues": "C-own"})).status_code == 202


async def test_area_facts_are_about_one_s_own_units(guarded: Registry) -> None:
    def fact(code: str, who: str) -> dict[str, Any]:
        return area_fact(code, "2023-12-31", households_total=9, source=who)

    for who, code, status in (
        ("here", HERE, 202),
        ("here", THERE, 422),
        ("here", "181", 422),
        ("district", THERE, 202),
        ("district", "20", 422),
        ("province", "20", 202),
        ("province", "01", 422),
    ):
        answer = await post(guarded, who, "area-facts", fact(code, who))
        assert answer.status_code == status, (who, code, answer.text)
    outside = await post(guarded, "here", "area-facts", fact(THERE, "here"))
    nothing = await post(guarded, "here", "area-facts", {**fact("99999", "here")})
    assert outside.json()["code"] == nothing.json()["code"] == "unknown_area"


async def test_money_belongs_to_its_holder_and_a_line_to_its_place(guarded: Registry) -> None:
    def fund(who: str, area: str, name: str, **changes: Any) -> dict[str, Any]:
        fields = {"source": who, "external_id": name, "fund_id": name, "area_code": area}
        return money.fund(**(fields | changes))

    assert (
        await post(guarded, "province", "funds", fund("province", "20", "F-20"))
    ).status_code == 202
    for who in ("here", "hanoi"):
        answer = await post(guarded, who, "funds", fund(who, "20", f"F-{who}"))
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_area")
    # A fund of the same name is neither a conflict nor told from one that is not there.
    answer = await post(guarded, "hanoi", "funds", fund("hanoi", "01", "F-20"))
    assert answer.json()["code"] == "unknown_fund" and "province" not in answer.text
    headers = bearer("hanoi")
    known = await guarded.post("/v1/allocation-runs", money.run(fund_id="F-20"), headers=headers)
    nothing = await guarded.post("/v1/allocation-runs", money.run(fund_id="F-99"), headers=headers)
    same(known, nothing, ("F-20", "F-99"))


async def _divided(guarded: Registry) -> str:
    """Let the province divide a fund; return the run."""
    facts = [
        area_fact(code, "2026-01-01", households_total=9, zone="III", source="province")
        for code in money.AREAS
    ]
    assert (await post(guarded, "province", "area-facts", *facts)).status_code == 202
    fund = money.fund(source="province", external_id="F-run", fund_id="F-run")
    assert (await post(guarded, "province", "funds", fund)).status_code == 202
    run = money.run(run_id="RUN-20", fund_id="F-run")
    answer = await guarded.post("/v1/allocation-runs", run, headers=bearer("province"))
    assert answer.status_code == 202, answer.text
    await guarded.drain()
    return "RUN-20"


async def test_payments_are_sent_for_lines_of_one_s_own_place(guarded: Registry) -> None:
    run = await _divided(guarded)
    with as_known(
        guarded,
        caller("line", money.AREAS[0], frozenset({"line"})),
        caller("other", money.AREAS[1], frozenset({"other"})),
        caller("hanoi", "01", frozenset({"hanoi"})),
        caller("province", "20", frozenset({"province"})),
    ):

        def pay(who: str, external_id: str = "p", **changes: Any) -> dict[str, Any]:
            fields = {"source": who, "external_id": external_id, "run_id": run}
            return money.payment(**(fields | changes))

        assert (await post(guarded, "line", "disbursements", pay("line"))).status_code == 202
        for who in ("other", "hanoi"):
            outside = await post(guarded, who, "disbursements", pay(who))
            nothing = await post(guarded, who, "disbursements", pay(who, run_id="RUN-0"))
            assert outside.json()["code"] == "unknown_run"
            same(outside, nothing, (run, "RUN-0"))
            no_line = await post(guarded, who, "disbursements", pay(who, line="99999"))
            same(outside, no_line)
        seen = await post(guarded, "province", "disbursements", pay("province", line="99999"))
        assert seen.json()["code"] == "unknown_line"
        # Of a run that is another's nobody learns by its name, nor by superseding it.
        again = await guarded.post(
            "/v1/allocation-runs", money.run(run_id=run, fund_id="F-run"), headers=bearer("hanoi")
        )
        assert (again.status_code, again.json()["code"]) == (404, "unknown_run")
        own = money.fund(source="hanoi", external_id="own", fund_id="F-own", area_code="01")
        assert (await post(guarded, "hanoi", "funds", own)).status_code == 202
        asked = money.run(run_id="RUN-01", fund_id="F-own", areas=["00004"], as_of="2026-06-01")
        outside, nothing = [
            await guarded.post(
                "/v1/allocation-runs", {**asked, "supersedes": old}, headers=bearer("hanoi")
            )
            for old in (run, "RUN-0")
        ]
        same(outside, nothing, (run, "RUN-0"))


async def test_support_is_recorded_where_it_was_given(guarded: Registry) -> None:
    await taken(guarded, "there", registered("U-1", "2022-01-01", area_code=THERE))

    def support(**changes: Any) -> dict[str, Any]:
        fields = {"source": "here", "external_id": "u", "area_code": HERE, "on": "2023-08-31"}
        return money.support(**(fields | changes))

    assert (await post(guarded, "here", "support-records", support())).status_code == 202
    outside = await post(
        guarded, "here", "support-records", support(area_code=THERE, external_id="2")
    )
    assert outside.json()["code"] == "unknown_area"
    given = support(external_id="3", household_id="U-1", area_code=None)
    outside, nothing = [
        await post(guarded, "here", "support-records", {**given, "household_id": household})
        for household in ("U-1", "U-0")
    ]
    same(outside, nothing, ("U-1", "U-0"))


async def test_a_receipt_is_nobody_else_s_to_guess(guarded: Registry) -> None:
    sent = await taken(guarded, "there", registered("E-1", "2022-01-01", area_code=THERE))
    path = f"/v1/receipts/{sent['receipts'][0]['event_id']}"
    statuses = {}
    for who in ("there", "here", "careless", "hanoi", "country"):
        answer = await guarded.client.get(path, headers=bearer(who))
        statuses[who] = answer.status_code
    assert statuses == {"there": 200, "here": 404, "careless": 404, "hanoi": 404, "country": 200}
    nothing = await guarded.client.get(
        "/v1/receipts/90f61dcb-51e5-5e9c-912e-d79066bb089c", headers=bearer("here")
    )
    mine = await guarded.client.get(path, headers=bearer("here"))
    assert mine.content == nothing.content


async def test_rows_of_streams_and_files_go_by_the_same_grants(guarded: Registry) -> None:
    await taken(guarded, "there", registered("I-1", "2022-01-01", area_code=THERE))
    rows = [
        {**registered("I-2", "2022-01-01"), "source": "here"},
        {**moved("I-1", DAY, HERE), "source": "here"},
        {**registered("I-3", "2022-01-01"), "source": "there"},
        {**registered("I-4", "2022-01-01"), "source": "here", "revision": 9_999},
        {**moved("I-2", DAY, THERE), "source": "here"},
    ]
    lines = "\n".join(map(json.dumps, rows)).encode()
    streamed = await guarded.client.post(
        "/v1/household-events",
        content=lines,
        headers=bearer("here") | {"content-type": "application/x-ndjson"},
    )
    assert (streamed.json()["accepted"], streamed.json()["rejected"]) == (2, 3)
    dry = await guarded.client.post(
        "/v1/imports",
        files={"file": ("a.ndjson", lines)},
        data={"kind": "household-events", "dry_run": "true"},
        headers=bearer("here"),
    )
    assert (dry.json()["duplicates"], dry.json()["rejected"]) == (2, 3)
    path = f"/v1/imports/{streamed.json()['import_id']}"
    rejected = await guarded.client.get(f"{path}/rejected", headers=bearer("here"))
    for code in ("unknown_household", "unknown_source", "revision_gap"):
        assert code in rejected.text
    unknown = "/v1/imports/6a0f4f0e-2f6a-4b7e-9c58-5f3e1a6e7b10"
    for who in ("there", "hanoi", "careless"):
        for part in ("", "/rejected"):
            answer = await guarded.client.get(path + part, headers=bearer(who))
            nothing = await guarded.client.get(unknown + part, headers=bearer(who))
            same(answer, nothing)
    assert (await guarded.client.get(path, headers=bearer("country"))).status_code == 200


async def test_a_cursor_of_another_caller_opens_nothing(guarded: Registry) -> None:
    for who, code in (("here", HERE), ("there", THERE)):
        await taken(
            guarded, who, *(assessed(f"Z-{who}-{n}", DAY, area_code=code) for n in range(3))
        )
    ask = "/v1/households?as_of=2024-01-01&limit"
    first = await guarded.client.get(f"{ask}=1", headers=bearer("there"))
    cursor = first.json()["next_cursor"]
    other = await guarded.client.get(f"{ask}=1000&cursor={cursor}", headers=bearer("here"))
    assert other.status_code == 200 and "Z-here-0" in other.text
    assert {item["area_code"] for item in other.json()["items"]} == {HERE}
    feed = await guarded.client.get("/v1/transitions?limit=1000", headers=bearer("here"))
    text = feed.text
    forged = await guarded.client.get(
        f"/v1/transitions?limit=1000&cursor={feed.json()['next_cursor']}", headers=bearer("there")
    )
    assert "Z-there" not in text and "Z-here" not in forged.text


async def test_a_flood_of_moves_changes_nothing(guarded: Registry) -> None:
    await taken(guarded, "there", registered("W-1", "2022-01-01", area_code=THERE))
    flood = [moved("W-1", f"2023-01-{day:02}", HERE) for day in range(1, 29)]
    assert (await send(guarded, "here", *flood)).status_code == 404
    await guarded.drain()
    seen = await guarded.client.get("/v1/households/W-1/events", headers=bearer("country"))
    assert len(seen.json()["items"]) == 1
