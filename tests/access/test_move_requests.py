"""A receiving unit asks for a household: who has it answers; the asker learns nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.access.conftest import as_known, caller
from tests.access.letting_in import bearer
from tests.facts import assessed, corrected, move_refusal, move_request, moved, withdrawn
from tests.harness import PLURALS, Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

HERE, THERE, ELSEWHERE = "06091", "06094", "06097"
DAY = "2024-03-01"


@pytest.fixture
def guarded(world: Registry) -> Iterator[Registry]:
    names = (("here", HERE), ("there", THERE), ("elsewhere", ELSEWHERE), ("district", "181"))
    known = [caller(name, area, frozenset({name})) for name, area in names]
    with as_known(world, *known, caller("country")):
        yield world


async def post(world: Registry, who: str, door: str, item: dict[str, Any]) -> httpx.Response:
    body = {PLURALS[door]: [{**item, "source": who}]}
    answer = await world.post(f"/v1/{door}", body, headers=bearer(who))
    await world.drain()
    return answer


async def asked(world: Registry, who: str, household: str, **changes: Any) -> dict[str, Any]:
    """Ask for a household as the unit there; return what it posted, with the request's id."""
    wanted = move_request(household, DAY, THERE, source=who, **changes)
    answer = await post(world, who, "move-requests", wanted)
    assert answer.status_code == 202, answer.text
    return {**wanted, "request_id": answer.json()["receipts"][0]["request_id"]}


async def listed(world: Registry, who: str, request_id: str, **more: str) -> Any:
    """Return a request as a caller sees it, None if it does not."""
    answer = await world.client.get(
        "/v1/move-requests", params={"limit": "1000", **more}, headers=bearer(who)
    )
    assert answer.status_code == 200, answer.text
    return next((i for i in answer.json()["items"] if i["request_id"] == request_id), None)


async def lives(world: Registry, household: str) -> None:
    sent = assessed(household, "2023-12-14", source="here")
    assert (await post(world, "here", "household-events", sent)).status_code == 202


async def test_the_asker_cannot_tell_whether_there_is_a_household(guarded: Registry) -> None:
    await lives(guarded, "M-1")
    there = await asked(guarded, "there", "M-1", external_id="ask-1", remark="vợ là Lý Thị Mẩy")
    nothing = await asked(guarded, "there", "M-0", external_id="ask-0", remark="vợ là Lý Thị Mẩy")
    seen = [await listed(guarded, "there", each["request_id"]) for each in (there, nothing)]
    for one in seen:
        assert (one["state"], one["asked"], one["refusal"]) == ("open", None, None)
        assert one["area"]["code"] == THERE
    ours = {"event_id", "request_id", "external_id", "household_id", "recorded_at"}
    assert len({str({n: v for n, v in one.items() if n not in ours}) for one in seen}) == 1
    receipts = [
        await guarded.client.get(f"/v1/receipts/{event}", headers=bearer("there"))
        for event in [
            r["event_id"] for each in (there, nothing) for r in await again(guarded, each)
        ]
    ]
    assert [answer.json()["state"] for answer in receipts] == ["processed", "processed"]


async def again(world: Registry, sent: dict[str, Any]) -> Any:
    item = {name: value for name, value in sent.items() if name != "request_id"}
    answer = await post(world, "there", "move-requests", item)
    assert answer.json()["duplicates"] == 1
    return answer.json()["receipts"]


async def test_who_has_it_sees_the_request_and_sends_the_move(guarded: Registry) -> None:
    await lives(guarded, "M-2")
    wanted = await asked(guarded, "there", "M-2")
    number = wanted["request_id"]
    for who, sees, asks in (
        ("here", True, HERE),
        ("there", True, None),
        ("district", True, HERE),
        ("country", True, HERE),
        ("elsewhere", False, None),
    ):
        one = await listed(guarded, who, number)
        assert (one is not None) is sees, who
        if one is not None:
            assert (one["asked"] and one["asked"]["code"]) == asks, who
    assert await listed(guarded, "here", number, state="open") is not None
    assert (await post(guarded, "here", "household-events", moved("M-2", DAY))).status_code == 202
    for who in ("here", "there", "district"):
        assert (await listed(guarded, who, number))["state"] == "moved", who
    assert await listed(guarded, "here", number, state="open") is None


async def test_a_merger_moves_who_lives_there_and_the_request_of_who_asked_before_it(
    guarded: Registry,
) -> None:
    await lives(guarded, "M-8")
    before = await asked(guarded, "there", "M-8", external_id="ask-8")
    wanted = move_request("M-8", "2025-08-01", HERE, source="here", external_id="ask-8-here")
    answer = await post(guarded, "here", "move-requests", wanted)
    after = answer.json()["receipts"][0]["request_id"]
    # 06091 went on, with 06088, as the new 06091: the household lives in it.
    assert (await listed(guarded, "here", after))["state"] == "moved"
    assert (await listed(guarded, "country", before["request_id"]))["state"] == "open"
    # Into which 06094, who asked, was merged whole.
    came = moved("M-8", "2025-09-01", "06079")
    assert (await post(guarded, "country", "household-events", came)).status_code == 202
    assert (await listed(guarded, "country", before["request_id"]))["state"] == "moved"


async def test_it_may_be_refused_with_a_reason_by_who_has_it_alone(guarded: Registry) -> None:
    await lives(guarded, "M-3")
    number = (await asked(guarded, "there", "M-3"))["request_id"]
    nobody = (await asked(guarded, "there", "M-none"))["request_id"]
    unknown = "00000000-0000-5000-8000-000000000000"
    for who in ("there", "elsewhere"):
        texts = set()
        for each in (number, nobody, unknown):
            answer = await post(guarded, who, "move-refusals", move_refusal(each))
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_request"), who
            texts.add(answer.text.replace(each, "X"))
        assert len(texts) == 1
    orphan = await post(guarded, "country", "move-refusals", move_refusal(unknown))
    assert (orphan.status_code, orphan.json()["code"]) == (422, "unknown_request")
    refusal = move_refusal(number, reason="lives_here", remark="hộ vẫn ở thôn Nà Lốc")
    assert (await post(guarded, "here", "move-refusals", refusal)).status_code == 202
    for who in ("here", "there"):
        one = await listed(guarded, who, number, state="refused")
        assert one["refusal"]["reason"] == "lives_here"
        assert one["refusal"]["remark"] == "hộ vẫn ở thôn Nà Lốc"
    # A refusal that was taken back leaves the request open; the asker cannot take it back.
    taken = {**withdrawn({**refusal, "source": "here"})}
    assert (await post(guarded, "there", "move-refusals", taken)).status_code == 404
    assert (await post(guarded, "here", "move-refusals", taken)).status_code == 202
    assert (await listed(guarded, "there", number))["state"] == "open"


async def test_nobody_asks_for_another_s_unit_or_changes_another_s_request(
    guarded: Registry,
) -> None:
    await lives(guarded, "M-4")
    for code in (HERE, "99999"):
        answer = await post(guarded, "there", "move-requests", move_request("M-4", DAY, code))
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_area")
    wanted = await asked(guarded, "there", "M-4")
    number = wanted.pop("request_id")
    stolen = await post(guarded, "elsewhere", "move-requests", withdrawn(wanted))
    assert (stolen.status_code, stolen.json()["code"]) == (404, "unknown_fact")
    later = corrected(wanted, effective_from="2024-04-01")
    assert (await post(guarded, "there", "move-requests", later)).status_code == 202
    assert (await listed(guarded, "here", number))["effective_from"] == "2024-04-01"
    assert (await post(guarded, "there", "move-requests", withdrawn(later))).status_code == 202
    assert await listed(guarded, "here", number) is None


async def test_pages_join_up(guarded: Registry) -> None:
    numbers = {(await asked(guarded, "there", f"P-{n}"))["request_id"] for n in range(3)}
    seen, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        answer = await guarded.client.get(
            "/v1/move-requests", params={"limit": "2", **more}, headers=bearer("there")
        )
        seen += [item["request_id"] for item in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) and numbers <= set(seen)
