"""Communes of earlier days as an operator reports them, put into a small map of two ages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from shared.areas.earlier import EarlierUnit, with_earlier
from shared.areas.tree import AreaTree, Succession, Unit, read_tree
from shared.kernel.errors import AreaNotInForce, DomainError

FIRST, MERGED, ENDS = date(2011, 1, 1), date(2020, 1, 1), date(2025, 7, 1)


def unit(code: str, parent: str | None, level: Any, first: date, last: date | None) -> Unit:
    return Unit(0, code, first, last, level, "xã", f"{code} name", parent)


def small_map() -> AreaTree:
    """A province 20 of two districts, whose communes all become one commune of 21."""
    old = [
        unit("VN", None, "country", FIRST, None),
        unit("20", "VN", "province", FIRST, ENDS),
        unit("181", "20", "district", FIRST, ENDS),
        unit("182", "20", "district", FIRST, ENDS),
        unit("00001", "181", "commune", FIRST, ENDS),
        unit("00002", "182", "commune", FIRST, ENDS),
    ]
    new = [
        unit("21", "VN", "province", ENDS, None),
        unit("00003", "21", "commune", ENDS, None),
        unit("21-unassigned", "21", "commune", ENDS, None),
    ]
    numbered = [
        Unit(n, *(getattr(u, name) for name in Unit.__slots__[1:]))
        for n, u in enumerate([*old, *new])
    ]
    whole = [("00001", "00003"), ("00002", "00003"), ("20", "21")]
    return read_tree(numbered, [Succession(one, other, ENDS, True) for one, other in whole])


def earlier(code: str, *successors: str, **changes: Any) -> EarlierUnit:
    fields = {
        "valid_from": FIRST,
        "valid_to": MERGED,
        "kind": "xã",
        "name": "Hồng Phong",
        "parent_code": "181",
        "successors": successors,
    }
    return EarlierUnit(code=code, **fields | changes)


def names(tree: AreaTree, code: str, day: date) -> set[str]:
    return {tree.by_id(i).code for i in tree.members(tree.on(code, day), day)}


def test_a_merged_commune_is_in_force_on_its_days_and_counts_in_its_successor_after() -> None:
    tree = with_earlier(small_map(), [earlier("00009", "00002")])
    assert tree.commune_on("00009", date(2019, 12, 31)).name == "Hồng Phong"
    with pytest.raises(AreaNotInForce) as error:
        tree.commune_on("00009", MERGED)
    assert error.value.successors == ("00002",)
    before, after = date(2019, 12, 31), MERGED
    assert names(tree, "181", before) == {"00001", "00009"}
    assert names(tree, "181", after) == {"00001"}
    assert names(tree, "182", after) == names(tree, "00002", after)
    assert names(tree, "00002", after) == {"00002", "00009"}
    assert names(tree, "00003", ENDS) == {"00001", "00002", "00003", "00009"}
    assert [s.old_code for s in tree.taken_in(tree.on("00002", before))] == ["00009"]


def test_a_commune_that_was_of_another_kind_is_so_on_the_days_reported() -> None:
    town = earlier("00001", "00001", kind="thị trấn", name="Bình Gia")
    later = earlier("00001", "00001", kind="xã", name="Mới", valid_from=MERGED, valid_to=ENDS)
    tree = with_earlier(small_map(), [town])
    assert [tree.on("00001", day).kind for day in (date(2019, 12, 31), MERGED)] == [
        "thị trấn",
        "xã",
    ]
    assert names(tree, "181", MERGED) == {"00001"}
    old, new = tree.versions("00001")
    assert tree.current(old, MERGED) is new
    with pytest.raises(DomainError, match="no day left"):
        with_earlier(small_map(), [town, later])


def test_households_of_a_split_commune_wait_in_their_province_on_both_maps() -> None:
    split = earlier("00009", "00001", "00002")
    sooner = earlier("00008", "00001", "00002", valid_to=date(2018, 5, 1))
    tree = with_earlier(small_map(), [split, sooner])
    unit = tree.commune_on("00009", date(2019, 12, 31))
    assert tree.current(unit, MERGED).code == "20-unassigned"
    assert tree.current(unit, ENDS).code == "21-unassigned"
    assert tree.successor_codes(unit) == ("00001", "00002")
    assert tree.on("20-unassigned", date(2018, 5, 1)).parent_code == "20"
    assert "00009" in names(tree, "20", MERGED)
    assert "00009" in names(tree, "21", ENDS)


@pytest.mark.parametrize(
    ("reported", "why"),
    [
        (earlier("00009", "00007"), "00007"),
        (earlier("00009", "00003"), "not in force"),
        (earlier("00009", "182"), "not a commune"),
        (earlier("00009"), "no successor"),
        (earlier("00009", "00002", parent_code="999"), "999"),
        (earlier("00009", "00002", parent_code="VN"), "country"),
        (earlier("00009", "00002", valid_from=MERGED), "before it begins"),
        (earlier("00001", "00002", valid_from=date(2015, 1, 1)), "report from then on"),
    ],
)
def test_what_does_not_hang_together_is_refused_by_its_code(
    reported: EarlierUnit, why: str
) -> None:
    with pytest.raises(DomainError, match=why) as error:
        with_earlier(small_map(), [reported])
    assert error.value.code in {"areas_inconsistent", "unknown_area"}
