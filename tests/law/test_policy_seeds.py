"""The seeds of policy: every entry has its days, its legal basis and no silent unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from csv import DictReader
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.law.entries import check, holds

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
PARTS = {
    "programs": ("programs",),
    "allocation_rules": ("rules", "overlays", "area_classes"),
    "support_norms": ("norms", "payment_rules"),
    "support_kinds": ("kinds",),
}
GOOD = {
    "id": "one",
    "vi": "một",
    "en": "one",
    "legal_basis": ["1/2020/NĐ-CP"],
    "in_force_from": date(2020, 1, 1),
    "in_force_to": date(2020, 12, 31),
    "confidence": "C",
    "amount_vnd": 1,
}


@cache
def document(kind: str) -> Any:
    return yaml.safe_load((SEEDS / "policy" / f"{kind}.yaml").read_text("utf-8"))


def entries(*kinds: str) -> list[dict[str, Any]]:
    return [e for kind in kinds for part in PARTS[kind] for e in document(kind)[part]]


def rule(name: str) -> dict[str, Any]:
    (found,) = (e for e in document("allocation_rules")["rules"] if e["id"] == name)
    return found


def leaves(value: Any) -> Iterator[Any]:
    nested = value.values() if isinstance(value, dict) else value
    for item in nested:
        if isinstance(item, dict | list):
            yield from leaves(item)
        else:
            yield item


@pytest.mark.parametrize("kind", PARTS)
def test_every_entry_says_what_it_must(kind: str) -> None:
    assert [f"{fault.code}: {fault}" for fault in check(entries(kind))] == []
    assert not [leaf for leaf in leaves(document(kind)) if isinstance(leaf, float)]


def test_names_are_the_entries_own_and_point_at_entries() -> None:
    everything = entries(*PARTS)
    assert not [name for name, n in Counter(e["id"] for e in everything).items() if n > 1]
    programs = {e["id"]: e for e in entries("programs")}
    for entry in entries("allocation_rules"):
        if "program" in entry:
            components = programs[entry["program"]]["components"]
            known = {c["id"] for c in components} | {
                p["id"] for c in components for p in c["parts"]
            }
            assert entry.get("component") in known | {None}, entry["id"]
    beneficiaries = document("support_norms")["beneficiaries"]
    for norm in document("support_norms")["norms"]:
        assert norm["beneficiaries"], norm["id"]
        assert set(norm["beneficiaries"]) <= set(beneficiaries), norm["id"]


def test_what_a_programme_is_made_of_speaks_both_languages_and_adds_up() -> None:
    for program in entries("programs"):
        for component in program["components"]:
            for part in (component, *component["parts"]):
                assert part["vi"] and part["en"] and part["confidence"], part["id"]
        amounts = [line for line in program["funding"] if "part_of" not in line]
        if not amounts:  # donations: nobody planned what they come to
            assert program["funding_total_vnd"] is None
            continue
        total = program.get("funding_total_vnd") or program["funding_at_least_vnd"]
        assert sum(line["amount_vnd"] for line in amounts) == total
        parts = [line["amount_vnd"] for line in program["funding"] if "part_of" in line]
        central = next(line["amount_vnd"] for line in amounts if line["source"] == "central")
        assert sum(parts) == central


def test_the_commune_coefficients_of_2026_are_complete() -> None:
    qd16 = rule("qd16_2026")
    assert qd16["state"] == "complete"
    assert {c["code"]: c["coefficient"] for c in qd16["criteria"]} == {
        **dict.fromkeys(("zone_iii", "atk", "border", "island", "special_zone"), 50),
        "zone_ii": 40,
        "zone_i": 30,
        "other": 25,
        "extremely_difficult_village": 1,
    }
    classes = {c["code"]: c["coefficient"] for c in qd16["criteria"] if "group" in c}
    counted = {"zone_iii": 10, "zone_ii": 5, "zone_i": 4, "other": 6}
    score = sum(classes[code] * n for code, n in counted.items()) + 120
    assert score == qd16["worked_example"]["score"]
    (other,) = (c for c in qd16["criteria"] if c.get("otherwise"))
    assert "ward" in other["assumption"]
    unknown = [item["code"] for item in qd16["not_used"] if item.get("value", "") is None]
    assert unknown == ["dependency_coefficient", "counterpart_percent"]


def test_a_rule_without_its_coefficients_says_so() -> None:
    shares = [e for e in document("allocation_rules")["rules"] if e["kind"] == "score_share"]
    assert len(shares) == 12
    for entry in shares:
        missing = [c["code"] for c in entry["criteria"] if c["coefficient"] is None]
        assert (entry["state"] == "coefficient_unknown") is bool(missing), entry["id"]
        assert not missing or len(missing) == len(entry["criteria"]), entry["id"]
    assert rule("qd02_2022_counterpart")["counterpart_percent"] is None


def test_housing_norms_tranches_and_order() -> None:
    for name, norm in (("housing_p5_new", 40_000_000), ("housing_p5_repair", 20_000_000)):
        found = rule(name)
        assert found["unit_norm_vnd"] == norm
        assert [t["percent"] for t in found["tranches"]] == [70, 30]
        assert [p["rank"] for p in found["priority"]] == [1, 2, 3, 4, 5, 6]
        listed, district, *_ = found["eligibility"]
        assert (listed["one_of"], district["contains"]) == (["poor", "near_poor"], "poor_district")
        assert (found["in_force_from"], found["in_force_to"]) == (
            date(2022, 1, 18),
            date(2026, 12, 31),
        )


def test_the_overlay_names_communes_of_its_province_and_rules_that_have_its_criterion() -> None:
    (overlay,) = document("allocation_rules")["overlays"]
    assert overlay["why_split_not_applied"]
    (removed,) = overlay["removes"]
    having = {
        entry["id"]
        for entry in document("allocation_rules")["rules"]
        if removed["criterion"] in [c["code"] for c in entry.get("criteria", ())]
    }
    assert set(removed["rules"]) == having
    with (SEEDS / "areas" / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in DictReader(file) if row["level"] == "commune"]
    new = {r["code"]: r for r in rows if not r["valid_to"]}
    old = {r["code"]: r["name"] for r in rows if r["valid_to"]}
    for line in overlay["counterpart_split"]:
        unit = new[line["commune_code"]]
        assert (unit["name"], unit["parent_code"]) == (line["vi"], overlay["area_code"])
        assert line["city_percent"] + line["commune_percent"] == 100
    (only,) = (x for x in overlay["counterpart_split"] if "only_old_commune" in x)
    assert old[only["only_old_commune"]] == "Phong Chương"


@pytest.mark.parametrize(
    ("day", "held"),
    [
        (date(2019, 12, 31), False),
        (date(2020, 1, 1), True),
        (date(2020, 12, 31), True),
        (date(2021, 1, 1), False),
    ],
)
def test_both_days_of_an_entry_are_included(day: date, held: bool) -> None:
    assert holds(GOOD, day) is held


def test_a_day_that_the_known_days_do_not_decide_is_unknown() -> None:
    begins_unknown = {**GOOD, "in_force_from": None}
    ends_unknown = {**GOOD, "in_force_to": None}
    open_ended = {k: v for k, v in GOOD.items() if k != "in_force_to"} | {"open_ended": True}
    assert holds(begins_unknown, date(2020, 6, 1)) is None
    assert holds(begins_unknown, date(2021, 1, 1)) is False
    assert holds(ends_unknown, date(2019, 12, 31)) is False
    assert holds(ends_unknown, date(2020, 6, 1)) is None
    assert holds(open_ended, date(2030, 1, 1)) is True


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("entry_incomplete", {"vi": ""}),
        ("legal_basis_missing", {"legal_basis": []}),
        ("days_missing", {"open_ended": True}),
        ("days_reversed", {"in_force_to": date(2019, 12, 31)}),
        ("unknown_unexplained", {"amount_vnd": None}),
        ("unknown_unexplained", {"amount_vnd": None, "unknown": {"rate": "not found"}}),
        ("unknown_unexplained", {"in_force_to": None}),
        ("value_inexact", {"percent": 7.5}),
        ("amount_not_whole", {"items": [{"at_most_vnd": "1"}]}),
        ("amount_not_whole", {"amount_vnd": True}),
        ("confidence_unknown", {"confidence": {"amount": "sure"}}),
    ],
)
def test_a_faulty_entry_is_named(code: str, changes: dict[str, Any]) -> None:
    assert [fault.code for fault in check([{**GOOD, **changes}])] == [code]


def test_a_null_with_a_reason_is_no_fault() -> None:
    said = {"amount_vnd": None, "unknown": {"amount_vnd": "the annex was not found"}}
    assert check([{**GOOD, **said}, {**GOOD, "id": "two", "items": [said]}]) == []


@pytest.mark.parametrize(
    ("begins", "codes"),
    [
        (date(2020, 12, 31), ["series_overlap"]),
        (date(2021, 1, 1), []),
        (date(2021, 1, 2), ["series_gap"]),
    ],
)
def test_a_series_has_no_overlap_and_no_gap(begins: date, codes: list[str]) -> None:
    one = {**GOOD, "series": "s"}
    two = {**one, "id": "two", "in_force_from": begins, "in_force_to": date(2022, 1, 1)}
    assert [fault.code for fault in check([two, one])] == codes
    assert check([one, {**two, "id": "one"}])[0].code == "entry_repeated"
