"""Who may ask what: tokens, scopes, and callers bound to an area."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest

from shared.access.caller import SCOPES
from shared.http.auth import OFF, tokens_of
from tests.facts import assessed, moved
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _entry(name: str, scopes: list[str], area: str = "VN") -> dict[str, object]:
    digest = sha256(name.encode()).hexdigest()
    return {"name": name, "token_sha256": digest, "scopes": scopes, "area": area}


@pytest.fixture
def guarded(world: Registry) -> Iterator[Registry]:
    """The registry with auth on; the token of a client is its name."""
    everything = sorted(SCOPES)
    world.tokens = tokens_of(
        [
            _entry("all", everything),
            _entry("counter", ["statistics:read"]),
            _entry("reader", ["households:read"]),
            _entry("bound", everything, "20"),
            _entry("merged", everything, "181"),
        ]
    )
    yield world
    world.tokens = OFF


def _as(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


@pytest.mark.parametrize("header", [{}, _as("nobody"), _as(""), {"Authorization": "Basic all"}])
async def test_without_a_known_token_everything_is_401(
    guarded: Registry, header: dict[str, str]
) -> None:
    for path in ("/v1/households/x", "/v1/areas", "/v1/transitions", "/v1/standards?on=x"):
        response = await guarded.client.get(path, headers=header)
        assert (response.status_code, response.json()["code"]) == (401, "unauthorized")
        assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_missing_scope_is_named(guarded: Registry) -> None:
    for path, scope in (
        ("/v1/households/x", "households:read"),
        ("/v1/transitions", "households:read"),
        ("/v1/articles", "articles:read"),
    ):
        response = await guarded.client.get(path, headers=_as("counter"))
        assert (response.status_code, response.json()["code"]) == (403, "forbidden")
        assert response.json()["missing_scope"] == scope
    response = await guarded.client.get("/v1/areas/20/statistics", headers=_as("reader"))
    assert response.status_code == 403
    assert (await guarded.client.get("/v1/areas/20", headers=_as("reader"))).status_code == 200


async def test_members_need_their_own_scope(guarded: Registry) -> None:
    member = {
        "member_id": "m",
        "name": "A",
        "sex": "female",
        "birth_date": "2012-01-01",
        "relation": "head",
        "identifiers": [],
    }
    guarded.tokens, kept = OFF, guarded.tokens
    await guarded.send(
        [
            {
                "type": "registered",
                "source": "p",
                "external_id": "p1",
                "household_id": "P-1",
                "effective_from": "2022-01-01",
                "area_code": "06091",
                "area_type": "rural",
                "ethnic_group": "Kinh",
                "members": [member],
            }
        ]
    )
    guarded.tokens = kept
    for name, shown in (("reader", False), ("all", True)):
        response = await guarded.client.get("/v1/households/P-1/events", headers=_as(name))
        assert ("members" in response.json()["items"][0]) is shown


async def test_a_bound_caller_sees_its_area_and_nothing_else(guarded: Registry) -> None:
    guarded.tokens, kept = OFF, guarded.tokens
    await guarded.send(
        [
            assessed("B-in", "2023-12-14"),
            assessed("B-out", "2023-12-14", area_code="00004"),
            assessed("B-left", "2022-12-14"),
            moved("B-left", "2024-01-01", "00004"),
        ]
    )
    guarded.tokens = kept
    client, bound = guarded.client, _as("bound")
    nobody = await client.get("/v1/households/nobody", headers=bound)
    for part in ("", "/timeline", "/events", "/explanation"):
        for household in ("B-out", "B-left"):
            response = await client.get(f"/v1/households/{household}{part}", headers=bound)
            assert (response.status_code, response.content) == (404, nobody.content)
        seen = await client.get(f"/v1/households/B-in{part}", headers=bound)
        assert seen.status_code == 200
    before = await client.get("/v1/households/B-left?as_of=2023-01-01", headers=bound)
    assert before.json()["status"] == "poor"
    listed = await client.get("/v1/households", headers=bound)
    assert {"B-out", "B-left"}.isdisjoint(i["household_id"] for i in listed.json()["items"])
    feed = (await client.get("/v1/transitions?limit=1000", headers=bound)).json()["items"]
    assert "B-in" in {i.get("household_id") for i in feed}
    assert "B-out" not in {i.get("household_id") for i in feed}
    period = "list=poor&from_date=2023-01-01&to_date=2024-01-01"
    for path in ("01/statistics", "VN/statistics", f"01/movement?{period}"):
        response = await client.get(f"/v1/areas/{path}", headers=bound)
        assert (response.status_code, response.json()["code"]) == (404, "unknown_area")
    assert (await client.get("/v1/households?area=01", headers=bound)).status_code == 404
    for path in ("20/statistics", f"20/movement?{period}"):
        assert (await client.get(f"/v1/areas/{path}", headers=bound)).status_code == 200


async def test_a_caller_bound_to_a_former_district_keeps_its_territory(guarded: Registry) -> None:
    response = await guarded.client.get("/v1/households?limit=1000", headers=_as("merged"))
    assert response.status_code == 200
    assert "B-out" not in {i["household_id"] for i in response.json()["items"]}


async def test_small_cells_are_for_those_who_may_read_households(guarded: Registry) -> None:
    here = {"area_code": "06112", "area_type_reason": "a village in town"}
    guarded.tokens, kept = OFF, guarded.tokens
    await guarded.send(
        [assessed(f"S-{n}", "2023-12-14", **here, ethnic_group="Tày") for n in range(7)]
        + [assessed(f"S-k{n}", "2023-12-14", **here, ethnic_group="Kinh") for n in range(2)]
        + [assessed("S-x", "2023-12-14", area_code="06115", area_type_reason="a village in town")]
    )
    guarded.tokens = kept
    path = "/v1/areas/06112/statistics?as_of=2024-01-01"
    whole = (await guarded.client.get(path, headers=_as("all"))).json()
    assert (whole["counts"]["poor"], "withheld" in whole["counts"]) == (9, False)
    told = (await guarded.client.get(path, headers=_as("counter"))).json()
    groups = {each["ethnic_group"]: each["counts"] for each in told["by_ethnicity"]}
    for group in ("Kinh", "Tày"):
        assert (groups[group]["poor"], groups[group]["withheld"]) == (None, True)
        assert groups[group]["near_poor"] == 0
    # The neighbour's lone household would follow from the district's count less this one's.
    beside = "/v1/areas/181/statistics/children?by=commune&as_of=2024-01-01"
    children = (await guarded.client.get(beside, headers=_as("counter"))).json()["items"]
    counts = {item["area"]["code"]: item["statistics"]["counts"] for item in children}
    assert (counts["06115"]["poor"], counts["06115"]["withheld"]) == (None, True)
    assert sum(each["poor"] is None for each in counts.values()) >= 2
    alone = (
        await guarded.client.get(path.replace("06112", "06115"), headers=_as("counter"))
    ).json()
    assert (alone["counts"], alone["registered"]) == (counts["06115"], None)
    assert (alone["rates"]["poor"], alone["rates"]["withheld"]) == (None, True)
