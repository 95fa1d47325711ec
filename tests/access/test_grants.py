"""Who may write what, decided without a database: sources, territory by day, and where from."""

from __future__ import annotations

from datetime import date

import pytest

from services.ingest.subjects import PLACES, day_of
from shared.access.caller import SCOPES, Caller
from shared.access.grants import Writer, may_use
from shared.areas.store.files import load_areas
from shared.areas.tree import AreaTree
from shared.facts import FACTS
from shared.households.places import Residence, lived_before, rank_of
from shared.law.store.files import ROOT


@pytest.fixture(scope="module")
def tree() -> AreaTree:
    return load_areas(ROOT / "areas")


BEFORE, AFTER = date(2023, 6, 1), date(2026, 6, 1)


@pytest.mark.parametrize(
    ("own", "code", "of", "day", "allowed"),
    [
        # A commune, its neighbour, and the units above both.
        ("06091", "06091", BEFORE, BEFORE, True),
        ("06091", "06094", BEFORE, BEFORE, False),
        ("06091", "181", BEFORE, BEFORE, False),
        ("181", "06094", BEFORE, BEFORE, True),
        ("181", "181", BEFORE, BEFORE, True),
        ("20", "181", BEFORE, BEFORE, True),
        ("01", "06091", BEFORE, BEFORE, False),
        ("VN", "06091", BEFORE, BEFORE, True),
        ("20", "VN", BEFORE, BEFORE, False),
        # 06088 went whole into the new 06091: to that one it belongs from then on, and not before.
        ("06091", "06088", BEFORE, BEFORE, False),
        ("06091", "06088", BEFORE, AFTER, True),
        ("06091", "06091", AFTER, AFTER, True),
        # Who is bound to a district that ended keeps what was its own, and gets nothing new.
        ("181", "06091", BEFORE, AFTER, True),
        ("181", "06091", AFTER, AFTER, False),
        # 24 was Bắc Giang and is now Bắc Ninh, with what was 27.
        ("24", "27", BEFORE, BEFORE, False),
        ("24", "27", BEFORE, AFTER, True),
        ("27", "24", BEFORE, AFTER, False),
        ("99999", "06091", BEFORE, BEFORE, False),
    ],
)
def test_a_unit_is_a_caller_s_by_the_map_of_the_day(
    tree: AreaTree, own: str, code: str, of: date, day: date, allowed: bool
) -> None:
    writer = Writer(Caller("a", SCOPES, own), tree)
    decision = writer.may_touch(tree.on(code, of).area_id, day)
    assert (decision.allowed, decision.rule) == (allowed, "territory"), decision.because
    assert decision.because


def test_where_nobody_knows_the_place_only_the_country_may(tree: AreaTree) -> None:
    assert Writer(Caller("a", SCOPES), tree).may_touch(None, BEFORE).allowed
    decision = Writer(Caller("a", SCOPES, "20"), tree).may_touch(None, BEFORE)
    assert (decision.allowed, decision.rule) == (False, "no_place")


def test_sources_and_scopes_are_the_caller_s_own(tree: AreaTree) -> None:
    one = Writer(Caller("a", frozenset({"ingest:write"}), sources=frozenset({"s"})), tree)
    assert one.may_speak_for("s").allowed and not one.may_speak_for("S").allowed
    assert not Writer(Caller("a", SCOPES, sources=frozenset()), tree).may_speak_for("s").allowed
    assert Writer(Caller("a", SCOPES), tree).may_speak_for("s").allowed
    assert may_use(one.caller, "ingest:write").allowed
    assert not may_use(one.caller, "funds:write").allowed


def _lives(since: str, code: str, kind: str = "assessed", external_id: str = "1") -> Residence:
    return Residence(("s", external_id), date.fromisoformat(since), rank_of(kind), code)


@pytest.mark.parametrize(
    ("known", "fact", "code"),
    [
        ([], ("new", "2022-01-01", "assessed"), None),
        # Before a fact it is where the last one before put it.
        ([_lives("2020-01-01", "A")], ("new", "2022-01-01", "assessed"), "A"),
        (
            [_lives("2020-01-01", "A"), _lives("2021-01-01", "B", "moved", "2")],
            ("new", "2022-01-01", "closed"),
            "B",
        ),
        (
            [_lives("2020-01-01", "A"), _lives("2021-01-01", "B", "moved", "2")],
            ("new", "2020-06-01", "assessed"),
            "A",
        ),
        # Of one day: it moves first, then the receiving unit registers and assesses.
        (
            [_lives("2020-01-01", "A"), _lives("2021-01-01", "B", "moved", "2")],
            ("new", "2021-01-01", "assessed"),
            "B",
        ),
        (
            [_lives("2020-01-01", "A"), _lives("2021-01-01", "B", "assessed", "2")],
            ("new", "2021-01-01", "moved"),
            "A",
        ),
        # Nobody becomes the first by a fact of long ago.
        ([_lives("2020-01-01", "A")], ("new", "2011-01-01", "assessed"), "A"),
        # A corrected fact is judged without itself, where another one comes first.
        (
            [_lives("2020-01-01", "A"), _lives("2021-01-01", "B", "moved", "2")],
            ("2", "2021-06-01", "moved"),
            "A",
        ),
        ([_lives("2020-01-01", "A")], ("1", "2020-06-01", "assessed"), "A"),
    ],
)
def test_a_fact_belongs_to_where_the_household_was_before_it(
    known: list[Residence], fact: tuple[str, str, str], code: str | None
) -> None:
    external_id, day, kind = fact
    found = lived_before(known, ("s", external_id), date.fromisoformat(day), rank_of(kind))
    assert (found and found.area_code) == code


def test_a_fact_about_a_place_names_a_day() -> None:
    """Without one nothing would tell whose territory it was."""
    for kind in FACTS.values():
        assert not set(PLACES) & kind.columns.keys() or day_of(kind), kind.name
