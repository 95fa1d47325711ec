"""Findings about reviews and members: raised, and gone with what they rest on."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from shared.http.auth import OFF, tokens_of
from tests.facts import assessed, closed, corrected, registered, withdrawn
from tests.flows.test_findings import findings
from tests.harness import Registry

NUMBER = {"type": "cccd", "value": "020158000001"}


def household(name: str, *numbers: str, **changes: Any) -> dict[str, Any]:
    members = [
        {"member_id": str(n), "identifiers": [NUMBER | {"value": number}]}
        for n, number in enumerate(numbers, 1)
    ]
    return registered(name, "2023-01-01", members=members, **changes)


async def subjects(app: Registry, kind: str) -> list[str]:
    return sorted(f["subject"] for f in await findings(app, kind=kind))


async def test_a_review_outside_its_calendar_is_found_and_corrected_away(app: Registry) -> None:
    review = assessed("H-1", "2025-05-03")
    await app.send([review])
    [found] = await findings(app)
    assert (found["kind"], found["stated"]) == ("review_outside_calendar", "2025-05-03")
    assert found["expected"] == "2025-09-01/2025-12-14"
    assert found["legal_basis"] == ["24/2021/QĐ-TTg Art. 4, 5"]
    assert "định kỳ" in found["explanation"]["vi"]
    days = {"assessed_on": "2024-10-12", "effective_from": "2024-12-10"}
    await app.send([corrected(review, **days)])
    assert await findings(app) == []


async def test_two_heads_are_found_in_any_spelling(app: Registry) -> None:
    heads = [{"member_id": str(n), "relation": word} for n, word in enumerate(("Chủ hộ", "head"))]
    event = registered("H-1", "2023-01-01", members=heads)
    await app.send([event])
    [found] = await findings(app)
    assert (found["kind"], len(found["about"]["person_ids"])) == ("two_heads", 2)
    assert "1, 2" in found["explanation"]["vi"]
    await app.send([corrected(event, members=heads[:1])])
    assert await findings(app) == []


async def test_a_person_in_two_households_is_found_in_both_while_both_exist(app: Registry) -> None:
    one, other = household("H-1", NUMBER["value"]), household("H-2", "020158000002")
    await app.send([one, other])
    assert await findings(app) == []
    await app.send([corrected(other, members=one["members"])])
    assert await subjects(app, "person_in_two_households") == ["household:H-1", "household:H-2"]
    found = (await findings(app))[0]
    assert (found["stated"], found["expected"]) == (2, 1)
    assert NUMBER["value"] not in str(found)
    end = closed("H-1", "2024-01-01")
    await app.send([end])
    assert await findings(app) == []
    await app.send([withdrawn(end)])
    assert len(await findings(app)) == 2
    await app.send([withdrawn(one)])
    assert await findings(app) == []


async def test_a_number_that_a_form_was_filled_in_with_is_nobodys(app: Registry) -> None:
    every = [household(f"H-{n:02}", "000000000") for n in range(11)]
    await app.send(every[:10])
    assert len(await findings(app)) == 10
    await app.send(every[10:])
    assert await findings(app) == []


async def test_who_may_not_see_the_other_household_reads_that_there_is_one(app: Registry) -> None:
    there = {"area_code": "00376", "area_type": "urban"}
    await app.send([household("H-1", NUMBER["value"]), household("H-2", NUMBER["value"], **there)])
    every = {f["subject"]: f["about"]["households"] for f in await findings(app)}
    assert every == {"household:H-1": ["H-2"], "household:H-2": ["H-1"]}
    digest = sha256(b"bound").hexdigest()
    scopes = ["statistics:read", "households:read"]
    app.tokens = tokens_of(
        [{"name": "bound", "token_sha256": digest, "scopes": scopes, "area": "20"}]
    )
    answer = await app.client.get("/v1/findings", headers={"Authorization": "Bearer bound"})
    app.tokens = OFF
    [found] = answer.json()["items"]
    assert found["subject"] == "household:H-1" and found["about"]["households"] == []
    assert "H-2" not in answer.text
