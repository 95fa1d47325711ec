"""Findings about reviews and members: raised, and gone with what they rest on."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from shared.http.auth import OFF, tokens_of
from tests.facts import assessed, closed, corrected, member, registered, withdrawn
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


async def test_members_posted_one_by_one_are_looked_at_like_registered_ones(app: Registry) -> None:
    head = member("H-1", "2023-06-01", member_id="2", relation="chủ hộ")
    await app.send([household("H-1", "020158000002")])
    await app.send([head], "members")
    assert await findings(app) == []
    other = member("H-1", "2023-06-01", member_id="3", relation="head")
    answer = await app.send([other], "members")
    [found] = await findings(app)
    assert (found["kind"], found["subject"]) == ("two_heads", "household:H-1")
    receipt = await app.get(f"/v1/receipts/{answer['receipts'][0]['event_id']}")
    assert receipt["state"] == "processed"
    await app.send([withdrawn(other)], "members")
    assert await findings(app) == []


async def test_a_member_posted_to_another_household_is_in_two_until_withdrawn(
    app: Registry,
) -> None:
    await app.send([household("H-1", NUMBER["value"]), registered("H-2", "2023-01-01")])
    posted = member("H-2", "2024-01-01", member_id="7", personal_number=NUMBER["value"])
    alone = member("H-3", "2024-01-01", member_id="1", personal_number="020158000009")
    await app.send([posted, alone], "members")
    assert await subjects(app, "person_in_two_households") == ["household:H-1", "household:H-2"]
    end = closed("H-2", "2024-06-01")
    await app.send([end])
    assert await findings(app) == []
    await app.send([withdrawn(end)])
    await app.send([withdrawn(posted)], "members")
    assert await findings(app) == []


async def test_one_person_told_of_twice_is_one(app: Registry) -> None:
    """A head whom the registration and the door both name is no second head."""
    person = {"member_id": "1", "relation": "chủ hộ", "identifiers": [NUMBER]}
    await app.send([registered("H-1", "2023-01-01", members=[person])])
    again = member("H-1", "2023-01-01", relation="head", personal_number=NUMBER["value"])
    other_source = again | {"source": "police", "external_id": "p-1", "member_id": "A7"}
    await app.send([again, other_source], "members")
    assert await findings(app) == []


async def test_who_is_born_after_the_first_day_as_a_member_is_refused(app: Registry) -> None:
    late = member("H-1", "2023-01-01", birth_date="2023-01-02")
    answer = await app.post("/v1/members", {"members": [late]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "born_after_registration"
