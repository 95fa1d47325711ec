"""Papers of recognition over HTTP: lists of decisions, certificates, and what becomes of them."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from shared.access.store import signing_keys
from shared.http.ask import encode
from tests.api.shapes import shaped
from tests.facts import NEAR_POOR, RICH, assessed, closed, corrected, member
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

HERE, DECISION = "06163", "12/QĐ-UBND"
BY = {"area_code": HERE, "decision_no": DECISION, "ethnic_group": "Tày", "household_size": 4}


async def _signed(world: Registry) -> None:
    async with world.context.database.transaction() as tx:
        await signing_keys.ensure(tx, world.context.keys.ring(), world.clock.now())


async def _certificate(world: Registry, household: str, day: str, **asked: Any) -> Any:
    return await world.get(f"/v1/households/{household}/certificate", as_of=day, **asked)


async def _state(world: Registry, certificate: Any) -> Any:
    return await world.get(f"/v1/certificates/{certificate['signature']}")


async def test_a_decision_lists_whom_it_put_on_a_list_and_took_off(world: Registry) -> None:
    await _signed(world)
    await world.send(
        [
            assessed("D-1", "2023-12-14", **BY),
            assessed("D-2", "2023-12-14", **BY, **NEAR_POOR),
            assessed("D-3", "2022-12-14", area_code=HERE),
            assessed("D-3", "2023-12-14", **BY, **RICH),
            # Decided otherwise than the figures say: the decision counts.
            assessed("D-4", "2023-12-14", **BY, **NEAR_POOR, recognised="poor"),
            # Never on a list; another number; the same number in another year.
            assessed("D-5", "2023-12-14", **BY, **RICH),
            assessed("D-6", "2023-12-14", **BY | {"decision_no": "13/QĐ-UBND"}),
            assessed("D-7", "2022-12-14", **BY),
        ]
    )
    await world.send([member("D-1", "2023-01-01", relation="chủ hộ")], "members")
    told: dict[str, list[str]] = {}
    asked = {"decision_no": DECISION, "year": 2023}
    for kind in ("poor", "near_poor", "exit"):
        answer = await world.get(f"/v1/areas/{HERE}/decision-list", **asked, list=kind)
        told[kind] = [each["household_id"] for each in answer["households"]]
    assert told == {"poor": ["D-1", "D-4"], "near_poor": ["D-2"], "exit": ["D-3"]}
    assert (answer["form"], answer["title_vi"][:9]) == ("Mẫu số 05", "Danh sách")
    said = await world.get(f"/v1/signatures/{answer['signature']}")
    assert (said["digest"], said["kind"]) == (answer["digest"], "decision_list")
    settled = {"known_at": answer["settled_at"], "list": "poor", **asked}
    pages = [
        await world.client.get(f"/v1/areas/{HERE}/decision-list.pdf", params=settled)
        for _ in range(2)
    ]
    assert pages[0].status_code == 200, pages[0].text
    assert pages[0].content == pages[1].content


async def test_a_certificate_stands_ends_and_is_revoked_by_a_correction(world: Registry) -> None:
    review = assessed("C-1", "2023-12-14", **BY)
    await world.send([review])
    await world.send([member("C-1", "2023-01-01", relation="chủ hộ")], "members")
    paper = await _certificate(world, "C-1", "2024-06-30")
    assert (paper["kind"], paper["since"], paper["form"]) == ("poor", "2023-12-14", "Mẫu số 03")
    assert (paper["decision_no"], paper["area"]["code"]) == (DECISION, HERE)
    assert paper["members"] == [{"name": "Lý Thị Mẩy", "relation": "chủ hộ", "birth_year": None}]
    names = ("household_id", "kind", "since", "decision_no")
    said = {name: paper[name] for name in names}
    said |= {"area_code": HERE, "as_of": "2024-06-30"}
    order = ("household_id", "kind", "since", "area_code", "decision_no", "as_of")
    assert sha256(encode({n: said[n] for n in order})).hexdigest() == paper["digest"]
    state = await _state(world, paper)
    assert (state["state"], state["digest"]) == ("valid", paper["digest"])

    await world.send([assessed("C-1", "2025-12-10", area_code="06154", **RICH)])
    state = await _state(world, paper)
    assert (state["state"], state["ended_on"]) == ("ended", "2025-12-10")
    exited = await _certificate(world, "C-1", "2026-01-01")
    assert (exited["kind"], exited["form"]) == ("recently_exited", None)
    assert (await _state(world, exited))["state"] == "valid"

    await world.send([corrected(review, **NEAR_POOR)])
    assert (await _state(world, paper))["state"] == "revoked"
    feed = await world.get("/v1/transitions", area=HERE, limit=1000)
    assert paper["transition_id"] in {item.get("retracts") for item in feed["items"]}


async def test_what_is_decided_is_certified_and_what_is_not_listed_is_not(world: Registry) -> None:
    await world.send(
        [
            assessed("C-2", "2023-12-14", **BY, **NEAR_POOR, recognised="poor"),
            assessed("C-3", "2023-12-14", **BY, **RICH),
            assessed("C-4", "2022-12-14", **BY),
            closed("C-4", "2023-02-01"),
        ]
    )
    decided = await _certificate(world, "C-2", "2024-06-30")
    computed = await _certificate(world, "C-2", "2024-06-30", basis="computed")
    assert (decided["kind"], computed["kind"]) == ("poor", "near_poor")
    assert decided["transition_id"] is None
    for paper in (decided, computed):
        assert (await _state(world, paper))["state"] == "valid"
    # Not listed, ended, and a day that has not come yet.
    for household, day in (("C-3", "2024-06-30"), ("C-4", "2024-06-30"), ("C-2", "2026-11-22")):
        answer = await world.client.get(
            f"/v1/households/{household}/certificate", params={"as_of": day}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "nothing_to_certify")


async def _decisions(world: Registry, cursor: str | None = None) -> Any:
    more = {"cursor": cursor} if cursor else {}
    return await shaped(world, "/v1/decision-changes", area=HERE, limit=1000, **more)


async def test_the_feed_tells_what_the_correction_of_a_decision_alone_revokes(
    world: Registry,
) -> None:
    begun = (await _decisions(world))["next_cursor"]
    review = assessed("C-9", "2023-12-14", **BY)
    await world.send([review])
    quiet = await _decisions(world, begun)
    assert quiet["items"] == []  # by its figures: the transitions tell it
    paper = await _certificate(world, "C-9", "2024-06-30")
    poor, near_poor = ({"kind": kind, "since": "2023-12-14"} for kind in ("poor", "near_poor"))
    # The figures stay as they are; the decision is corrected, twice.
    await world.send([corrected(review, recognised="near_poor")])
    assert (await _state(world, paper))["state"] == "revoked"
    first = await _decisions(world, quiet["next_cursor"])
    (item,) = first["items"]
    assert (item["household_id"], item["revoked"]) == ("C-9", [poor])
    assert item["recognised"] == [near_poor]
    timelines = [
        await world.get("/v1/households/C-9/timeline", basis=basis)
        for basis in ("computed", "recognised")
    ]
    assert [line["spells"][0]["status"] for line in timelines] == ["poor", "near_poor"]
    await world.send([corrected(corrected(review))])
    second = await _decisions(world, first["next_cursor"])
    assert [(i["revoked"], i["recognised"]) for i in second["items"]] == [([near_poor], [poor])]
    assert (await _state(world, paper))["state"] == "valid"
    assert (await _decisions(world, second["next_cursor"]))["items"] == []


async def test_the_page_is_the_same_bytes_and_leads_to_its_state(world: Registry) -> None:
    paper = await _certificate(world, "C-2", "2024-06-30")
    asked = {"as_of": "2024-06-30", "known_at": paper["settled_at"]}
    first, again = [
        await world.client.get("/v1/households/C-2/certificate.pdf", params=asked) for _ in range(2)
    ]
    assert first.status_code == 200, first.text
    assert first.content == again.content
    assert f"/v1/certificates/{paper['signature']}".encode() in first.content
    book = await world.get(f"/v1/areas/{HERE}/year-end", year=2023)
    answer = await world.client.get(f"/v1/certificates/{book['signature']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_signed_here")
