"""The seeds' areas as loaded: two maps, merges and splits, and what a second load changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest
import pytest_asyncio

from services.processes import seeding
from shared.areas.store import units as areas
from shared.areas.tree import AreaTree
from shared.kernel.clock import SystemClock
from shared.kernel.database import Database, connect
from shared.kernel.errors import AreaNotInForce, DomainError, UnknownArea

OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)


@pytest_asyncio.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    made = await connect(dsn, name="store-test", pool_max=3)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def tree(database: Database) -> AreaTree:
    async with database.snapshot() as snapshot:
        return await areas.tree(snapshot)


def _count(tree: AreaTree, level: str, day: date) -> int:
    found = [u for u in tree.units if u.level == level and u.in_force(day)]
    return len([u for u in found if not u.code.endswith("-unassigned")])


async def test_both_maps_are_whole(tree: AreaTree) -> None:
    assert _count(tree, "province", OLD) == 63
    assert _count(tree, "province", NEW) == 34
    assert _count(tree, "district", OLD) == 696
    assert _count(tree, "district", NEW) == 0
    assert _count(tree, "commune", NEW) == 3321


async def test_every_old_commune_counts_somewhere_on_the_new_map(tree: AreaTree) -> None:
    country = tree.on("VN", NEW)
    old = {u.area_id for u in tree.units if u.level == "commune" and u.in_force(OLD)}
    assert old <= tree.members(country, NEW)


async def test_a_whole_merged_commune_follows_and_a_split_one_waits(tree: AreaTree) -> None:
    merged = tree.on("06088", OLD)
    assert tree.current(merged, NEW).code == "06091"
    split = tree.on("06622", OLD)
    assert len(tree.successor_codes(split)) > 1
    assert tree.current(split, NEW).code == "20-unassigned"


async def test_a_code_is_not_a_key(tree: AreaTree) -> None:
    assert tree.on("24", OLD).name == "Bắc Giang"
    assert tree.on("24", NEW).name == "Bắc Ninh"


async def test_an_abolished_district_names_where_its_territory_went(tree: AreaTree) -> None:
    with pytest.raises(AreaNotInForce) as refused:
        tree.on("181", NEW)
    assert refused.value.successors == (
        "06073",
        "06076",
        "06079",
        "06085",
        "06091",
        "06103",
        "06112",
        "06115",
    )


async def test_only_communes_may_be_named_by_facts(tree: AreaTree) -> None:
    with pytest.raises(UnknownArea):
        tree.commune_on("99999", OLD)
    for code, day in (("181", OLD), ("20", NEW), ("20-unassigned", NEW)):
        with pytest.raises(DomainError) as refused:
            tree.commune_on(code, day)
        assert refused.value.code in {"area_not_commune", "area_unassigned"}


async def test_loading_the_same_seeds_again_changes_nothing(database: Database) -> None:
    loaded = await seeding.load(database, SystemClock())
    assert loaded.kinds == ()
