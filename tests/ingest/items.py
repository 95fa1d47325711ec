"""Good items of each door, to be spoilt by the tests, and what the store holds of them."""

from __future__ import annotations

from typing import Any

from tests.harness import Registry

Item = dict[str, Any]

PLURALS = {"household-events": "events", "area-facts": "facts", "articles": "articles"}
ABSENT = object()
TABLES = (
    "household_events",
    "household_members",
    "area_facts",
    "articles",
    "outbox",
    "recordings",
)


def changed(item: Item, changes: Item) -> Item:
    """Return the item with these fields set; `ABSENT` takes one away."""
    return {name: value for name, value in (item | changes).items() if value is not ABSENT}


def assessed(**changes: Any) -> Item:
    return changed(
        {
            "type": "assessed",
            "source": "langson",
            "external_id": "bad/1",
            "household_id": "LS-1",
            "assessed_on": "2023-10-12",
            "effective_from": "2023-12-14",
            "area_code": "06091",
            "area_type": "rural",
            "review": "annual",
            "income_vnd": 1_200_000,
            "deprived": ["health_insurance", "toilet", "water"],
        },
        changes,
    )


def scored(**changes: Any) -> Item:
    """An assessment by the scores B1 and B2."""
    measure = {"income_vnd": ABSENT, "deprived": ABSENT, "b1": 130, "b2": 30}
    return assessed(**(measure | changes))


def registered(**changes: Any) -> Item:
    return changed(
        {
            "type": "registered",
            "source": "langson",
            "external_id": "bad/2",
            "household_id": "LS-1",
            "effective_from": "2023-01-05",
            "area_code": "06091",
            "area_type": "rural",
            "ethnic_group": "Tày",
            "members": [
                {
                    "member_id": "1",
                    "name": "Hoàng Thị Mai",
                    "sex": "female",
                    "birth_date": "1958-02-28",
                    "relation": "head",
                    "identifiers": [{"type": "cccd", "value": "020158000001"}],
                }
            ],
        },
        changes,
    )


def moved(**changes: Any) -> Item:
    return changed(
        {
            "type": "moved",
            "source": "langson",
            "external_id": "bad/3",
            "household_id": "LS-1",
            "effective_from": "2024-03-01",
            "area_code": "06094",
            "area_type": "rural",
        },
        changes,
    )


def closed(**changes: Any) -> Item:
    return changed(
        {
            "type": "closed",
            "source": "langson",
            "external_id": "bad/4",
            "household_id": "LS-1",
            "effective_from": "2024-05-01",
            "reason": "merged",
            "into": "LS-2",
        },
        changes,
    )


def withdrawn(**changes: Any) -> Item:
    return changed(
        {
            "type": "assessed",
            "source": "langson",
            "external_id": "bad/1",
            "revision": 2,
            "withdrawn": True,
        },
        changes,
    )


def fact(**changes: Any) -> Item:
    return changed(
        {
            "source": "langson",
            "external_id": "bad/fact",
            "area_code": "06091",
            "on": "2023-12-31",
            "households_total": 842,
            "minority_households_total": 800,
            "zone": "III",
            "attributes": ["border"],
            "extremely_difficult_villages": 6,
        },
        changes,
    )


def article(**changes: Any) -> Item:
    return changed(
        {
            "source": "press",
            "external_id": "bad/article",
            "url": "https://press.example/1",
            "language": "vi",
            "published_on": "2024-11-20",
            "title": "Bình Gia giảm nghèo",
            "text": "Cuối năm 2023, huyện Bình Gia còn 2.100 hộ nghèo.",
        },
        changes,
    )


async def stored(app: Registry) -> dict[str, int]:
    """Return how many rows each table of ingest holds."""
    counted = ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in TABLES)
    async with app.context.database.statement() as snapshot:
        row = await snapshot.fetchrow(f"SELECT {counted}")
    return dict(row)


async def fetch(app: Registry, sql: str, *values: Any) -> list[dict[str, Any]]:
    async with app.context.database.statement() as snapshot:
        return [dict(row) for row in await snapshot.fetch(sql, *values)]
