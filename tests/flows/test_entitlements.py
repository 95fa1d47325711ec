"""What households and places are entitled to, and exit windows running out, over the doors."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from tests.facts import NEAR_POOR, RICH, assessed, closed, registered, total
from tests.harness import Registry


def named(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["norm"]: item for item in items}


async def entitlements(app: Registry, household: str, **asked: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await app.get(f"/v1/households/{household}/entitlements", **asked)
    return answer


async def test_a_near_poor_household_of_a_poor_commune_has_its_whole_insurance(
    app: Registry,
) -> None:
    review = assessed("H-1", "2025-12-14", household_size=4, ethnic_group="Tày", **NEAR_POOR)
    await app.send([review])
    before = await entitlements(app, "H-1", as_of="2026-08-01")
    items = named(before["items"])
    assert items["health_insurance_near_poor"]["counts"] is True
    assert items["health_insurance_near_poor"]["value_vnd"] == 79_695
    assert items["health_insurance_near_poor"]["own_vnd"] == 34_155
    assert items["health_insurance_near_poor"]["persons"] == 4
    assert items["health_insurance_near_poor"]["from"] == "2025-12-14"
    missing = named(before["undecided"])["health_insurance_near_poor_commune"]["missing"]
    assert [fact["name"] for fact in missing] == ["area.attributes"] and missing[0]["vi"]
    await app.send([total("06091", "2026-01-01", 500, attributes=["poor_commune"])], "area-facts")
    after = named((await entitlements(app, "H-1", as_of="2026-08-01"))["items"])
    assert after["health_insurance_near_poor_commune"]["counts"] is True
    assert after["health_insurance_near_poor"]["counts"] is False
    assert (
        after["health_insurance_near_poor"]["superseded_by"] == "health_insurance_near_poor_commune"
    )
    # What was known before is what it was.
    asked = {"as_of": "2026-08-01", "known_at": before["settled_at"]}
    past = await entitlements(app, "H-1", **asked)
    assert past["items"] == before["items"] and past["undecided"] == before["undecided"]


async def test_members_count_by_their_age_and_are_named_to_those_who_may_see_them(
    app: Registry,
) -> None:
    members = [
        {"member_id": "granny", "birth_date": "1950-03-10"},
        {"member_id": "baby", "birth_date": "2024-06-01"},
        {"member_id": "head", "birth_date": "1980-01-01"},
    ]
    await app.send([total("06091", "2025-07-01", 500, zone="III")], "area-facts")
    await app.send([registered("H-1", "2024-07-01", members=members)])
    await app.send([assessed("H-1", "2023-12-14")])
    answer = await entitlements(app, "H-1", as_of="2026-01-01")
    baby = named(answer["items"])["allowance_child_difficult_area"]
    assert (len(baby["person_ids"]), baby["persons"], baby["value_vnd"]) == (1, 1, 750_000)
    assert baby["until"] == "2027-06-01"
    granny = named(answer["items"])["allowance_elderly_difficult_area"]
    assert (granny["persons"], granny["value_vnd"]) == (1, 500_000)
    assert granny["person_ids"] != baby["person_ids"]
    pension = named(answer["undecided"])["social_pension_75"]
    assert pension["person_ids"] == granny["person_ids"] and pension["counts"] is None


async def test_a_household_without_a_class_or_that_ended_is_entitled_to_nothing(
    app: Registry,
) -> None:
    await app.send([registered("H-1", "2023-12-01"), assessed("H-2", "2023-12-14")])
    await app.send([closed("H-2", "2024-05-01")])
    for household, status in (("H-1", None), ("H-2", "closed")):
        answer = await entitlements(app, household, as_of="2024-06-30")
        assert (answer["status"], answer["items"], answer["undecided"]) == (status, [], [])
    response = await app.client.get("/v1/households/nobody/entitlements")
    assert (response.status_code, response.json()["code"]) == (404, "unknown_household")


async def test_a_place_adds_up_what_its_households_are_entitled_to(app: Registry) -> None:
    born = [None, "2023-01-02", "1955-01-01", "1945-06-01"]
    events: list[dict[str, Any]] = []
    for number in range(24):
        name = f"H-{number:02}"
        measures: dict[str, Any] = ({}, NEAR_POOR, RICH)[number % 3]
        size = None if number % 5 == 0 else number % 4 + 1
        group = ("Kinh", "Tày", None)[number % 7 % 3]
        said = {"household_size": size, "ethnic_group": group}
        events.append(
            assessed(name, "2023-12-14", **measures, **{k: v for k, v in said.items() if v})
        )
        if number % 2:
            people = [
                {"member_id": str(n)} | ({"birth_date": day} if day else {})
                for n, day in enumerate(born[: number % 4 + 1])
            ]
            events.append(registered(name, "2023-12-01", members=people))
    await app.send([total("06091", "2023-01-01", 500, zone="III", attributes=[])], "area-facts")
    await app.send(events)
    for area in ("06091", "181", "VN"):
        answer = await app.get(f"/v1/areas/{area}/entitlements", as_of="2024-06-30")
        assert answer["households"] == 24
        await _agrees(app, answer)


async def _agrees(app: Registry, answer: dict[str, Any]) -> None:
    """Hold a place's answer against those of its households, one by one."""
    households, undecided, costs = Counter[str](), Counter[str](), Counter[str]()
    for number in range(24):
        own = await entitlements(app, f"H-{number:02}", as_of="2024-06-30")
        counting = [item for item in own["items"] if item["counts"]]
        households.update({item["norm"] for item in counting})
        decided = {item["norm"] for item in own["items"]}
        undecided.update({item["norm"] for item in own["undecided"]} - decided)
        for item in counting:
            units = item["persons"] if item["unit"].startswith("person") else 1
            costs[item["norm"]] += (item["value_vnd"] or 0) * (units or 0)
    for item in answer["items"]:
        name = item["norm"]
        assert item["households"] == households[name], name
        assert item["undecided"] == undecided[name], name
        assert (item["cost_vnd"] or 0) == costs[name], name
    assert set(households) <= set(named(answer["items"]))


async def test_exit_windows_that_run_out_are_listed_and_counted_by_week(app: Registry) -> None:
    events = [assessed(f"H-{n}", "2022-12-14") for n in range(4)]
    for number, day in enumerate(("2023-12-01", "2023-12-08", "2023-12-08")):
        events.append(assessed(f"H-{number}", day, assessed_on="2023-11-20", **RICH))
    # A later review with another living standard does not begin the window anew.
    later = {"income_vnd": 2_000_000, "deprived": [], "assessed_on": "2024-11-01"}
    events.append(assessed("H-0", "2024-12-10", **later))
    await app.send(events)
    answer = await app.get("/v1/exit-windows", area="06091", as_of="2024-12-31")
    rows = [(i["household_id"], i["left_on"], i["last_day"]) for i in answer["items"]]
    assert answer["window"]["months"] == 36
    assert answer["window"]["told_days_before"] == [90, 30, 7]
    exclusive = answer["window"]["last_day"] == "exclusive"
    shift = timedelta(days=1 if exclusive else 0)
    assert rows == [
        ("H-0", "2023-12-01", str(date(2026, 12, 1) - shift)),
        ("H-1", "2023-12-08", str(date(2026, 12, 8) - shift)),
        ("H-2", "2023-12-08", str(date(2026, 12, 8) - shift)),
    ]
    first = date.fromisoformat(rows[0][2])
    assert answer["items"][0]["days_left"] == (first - date(2024, 12, 31)).days
    assert answer["items"][0]["living_standard"] == "average"
    assert sum(week["households"] for week in answer["weeks"]) == 3
    assert [week["households"] for week in answer["weeks"]] == [1, 2]
    assert all(date.fromisoformat(week["monday"]).weekday() == 0 for week in answer["weeks"])
    asked = {"area": "06091", "as_of": "2024-12-31", "until_before": str(first + timedelta(days=1))}
    soon = await app.get("/v1/exit-windows", **asked)
    assert [item["household_id"] for item in soon["items"]] == ["H-0"]
    pages, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = await app.get("/v1/exit-windows", as_of="2024-12-31", limit=1, **more)
        pages += [item["household_id"] for item in page["items"]]
        assert len(page["weeks"]) == 2
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == ["H-0", "H-1", "H-2"]
