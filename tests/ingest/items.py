"""Good items of each door, to be spoilt by the tests, and what the store holds of them."""

from __future__ import annotations

from typing import Any

from tests import facts
from tests.facts import ABSENT, Fact, changed
from tests.harness import Registry

TABLES = (
    "household_events",
    "household_members",
    "person_parts",
    "person_identifiers",
    "area_facts",
    "articles",
    "outbox",
    "recordings",
)


def assessed(**changes: Any) -> Fact:
    ids = {"source": "langson", "external_id": "bad/1", "assessed_on": "2023-10-12"}
    return facts.assessed("LS-1", "2023-12-14", **(ids | changes))


def scored(**changes: Any) -> Fact:
    """An assessment by the scores B1 and B2."""
    measure = {"income_vnd": ABSENT, "deprived": ABSENT, "b1": 130, "b2": 30}
    return assessed(**(measure | changes))


def registered(**changes: Any) -> Fact:
    fields = {
        "source": "langson",
        "external_id": "bad/2",
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
    }
    return facts.registered("LS-1", "2023-01-05", **(fields | changes))


def moved(**changes: Any) -> Fact:
    ids = {"source": "langson", "external_id": "bad/3"}
    return facts.moved("LS-1", "2024-03-01", **(ids | changes))


def closed(**changes: Any) -> Fact:
    fields = {"source": "langson", "external_id": "bad/4", "reason": "merged", "into": "LS-2"}
    return facts.closed("LS-1", "2024-05-01", **(fields | changes))


def withdrawn(**changes: Any) -> Fact:
    return changed(facts.withdrawn(assessed()), changes)


def fact(**changes: Any) -> Fact:
    fields = {
        "source": "langson",
        "external_id": "bad/fact",
        "households_total": 842,
        "minority_households_total": 800,
        "zone": "III",
        "attributes": ["border"],
        "extremely_difficult_villages": 6,
    }
    return facts.area_fact("06091", "2023-12-31", **(fields | changes))


def article(**changes: Any) -> Fact:
    ids = {"source": "press", "external_id": "bad/article"}
    text = "Cuối năm 2023, huyện Bình Gia còn 2.100 hộ nghèo."
    return facts.article(text, **(ids | changes))


async def stored(app: Registry) -> dict[str, int]:
    """Return how many rows each table of ingest holds."""
    counted = ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in TABLES)
    async with app.context.database.statement() as snapshot:
        row = await snapshot.fetchrow(f"SELECT {counted}")
    return dict(row)


async def fetch(app: Registry, sql: str, *values: Any) -> list[dict[str, Any]]:
    async with app.context.database.statement() as snapshot:
        return [dict(row) for row in await snapshot.fetch(sql, *values)]
