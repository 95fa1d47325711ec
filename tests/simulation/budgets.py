"""Seeded facts about money: households in need, facts about areas, funds, support without a run."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.simulation.histories import NEW_WORLD, OLD_WORLD, SOURCES, shift

Item = dict[str, Any]
Post = tuple[str, Item]

DISTRICT, PROVINCE = "181", "20"
SPR, MERGED = "NTP-SPR-2021-2025", "NTP-MERGED-2026-2030"
HOUSE = ["housing_quality", "housing_area"]
MILLION = 1_000_000
ZONES = (None, "I", "II", "III")
ATTRIBUTES = ("atk", "border", "poor_district")
# Of each (programme, component) the rules that divide its money.
RULES = {
    (SPR, "P5"): ("housing_p5_new", "housing_p5_new", "housing_p5_repair"),
    (SPR, "P4.3"): ("qd02_2022_p4_3",),
    (SPR, "P4.1"): ("qd02_2022_p4_1",),
    (MERGED, None): ("qd16_2026",),
}


def names(seed: int, number: int) -> dict[str, str]:
    """Return the source and id of a fact of its own."""
    return {"source": SOURCES[number % 2], "external_id": f"{seed}/money/{number}"}


def withdrawal(item: Item, revision: int) -> Item:
    """Return what takes an item back."""
    return {**{k: item[k] for k in ("source", "external_id")}, "revision": revision} | {
        "withdrawn": True
    }


def needy(seed: int) -> list[Item]:
    """Invent households, most of them listed and badly housed; some are corrected later."""
    rng = Random(f"needy {seed}")
    events: list[Item] = []
    for number in range(rng.randint(4, 7)):
        day = shift("2022-06-01", rng.randint(0, 500))
        event = {
            "type": "assessed",
            **names(seed, number),
            "household_id": f"SIM{seed}-m{number}",
            "assessed_on": day,
            "effective_from": day,
            "area_code": rng.choice(OLD_WORLD),
            "area_type": "rural",
            "review": "annual",
            "ethnic_group": rng.choice(("Kinh", "Tày", "Nùng")),
            "merit_member": rng.choice((True, False, False)),
            **_measure(rng, 0.85),
        }
        events.append(event)
        later = {**event, **names(seed, 50 + number), "effective_from": shift(day, 200)}
        if rng.random() < 0.25:
            events.append({**later, **_measure(rng, 0.4)})
        if rng.random() < 0.35:
            changed = {**event, "revision": rng.choice((2, 3)), **_measure(rng, 0.4)}
            gone = {"type": "assessed", **withdrawal(event, 2)}
            events.append(rng.choice((changed, changed, gone)))
    return events


def _measure(rng: Random, badly: float) -> Item:
    housed = HOUSE if rng.random() < badly else rng.choice(([], HOUSE[:1], HOUSE[1:]))
    others = rng.choice(([], ["water"], ["water", "toilet"]))
    income = 1_200_000 if rng.random() < badly + 0.1 else 9_000_000
    return {"income_vnd": income, "deprived": [*housed, *others]}


def area_facts(seed: int) -> list[Item]:
    """Say something about most of the areas that runs will ask about, on both maps."""
    rng = Random(f"facts {seed}")
    about = [(code, "2022-01-01") for code in (DISTRICT, PROVINCE, *OLD_WORLD)]
    about += [(code, "2025-07-01") for code in (PROVINCE, *NEW_WORLD)]
    items: list[Item] = []
    for number, (code, first) in enumerate(about):
        often = 0.4 if code == PROVINCE else 0.97
        revisions = sorted(rng.sample(range(1, 5), rng.choice((1, 1, 2))))
        for revision in revisions if rng.random() < often else ():
            item: Item = {
                **names(seed, number),
                "revision": revision,
                "area_code": code,
                "on": shift(first, rng.randint(0, 60)),
                "households_total": rng.choice((0, 7, 45, 120, 301, 812)),
                "attributes": [name for name in ATTRIBUTES if rng.random() < 0.5],
            }
            if (zone := rng.choice(ZONES)) is not None:
                item["zone"] = zone
            if rng.random() < 0.5:
                item["extremely_difficult_villages"] = rng.randint(0, 9)
            items.append(withdrawal(item, revision) if rng.random() < 0.05 else item)
    return items


def funds(seed: int, today: str) -> list[Item]:
    """Invent funds that were decided by today, most with a revision that changes their amount."""
    rng = Random(f"funds {seed}")
    kinds = [(SPR, "P5"), (SPR, "P5"), (SPR, rng.choice(("P4.1", "P4.3")))]
    if today >= "2026-05-01":
        kinds.append((MERGED, None))
    items: list[Item] = []
    for number, (program, component) in enumerate(kinds):
        year = 2026 if program == MERGED else rng.choice((2023, 2024))
        fund: Item = {
            **names(seed, number),
            "fund_id": f"F{seed}-{number}",
            "program": program,
            "year": year,
            "funding_source": rng.choice(("central", "central", "local")),
            "area_code": PROVINCE if program == MERGED else rng.choice((PROVINCE, DISTRICT)),
            "decided_on": f"{year}-01-20",
        }
        if component is not None:
            fund["component"] = component
        for revision in sorted(rng.sample(range(1, 6), rng.choice((1, 2, 3)))):
            one = {**fund, "revision": revision, "amount_vnd": _amount(rng, component)}
            items.append(withdrawal(one, revision) if rng.random() < 0.07 else one)
    return items


def _amount(rng: Random, component: str | None) -> int:
    if component == "P5":
        return rng.randint(1, 8) * 20 * MILLION + rng.choice((-1, 0, 0, 7 * MILLION))
    return rng.choice((0, 1, 10, rng.randint(1, 10**6), rng.randint(1, 10**15)))


def support(seed: int, today: str) -> list[Item]:
    """Invent support without a run: houses, and money that may exceed its fund."""
    rng = Random(f"support {seed}")
    items: list[Item] = []
    for number in range(rng.randint(1, 4)):
        for revision in sorted(rng.sample(range(1, 4), rng.choice((1, 1, 2)))):
            record: Item = {
                **names(seed, number),
                "revision": revision,
                "kind": rng.choice(("houses_new", "houses_repaired", "cattle")),
                "quantity": rng.randint(1, 3),
                "unit": "household",
                "on": min(today, shift("2023-01-01", rng.randint(0, 900))),
            }
            if rng.random() < 0.5:
                record["household_id"] = f"SIM{seed}-m{rng.randint(0, 6)}"
            else:
                record["area_code"] = DISTRICT if record["on"] < "2025-07-01" else PROVINCE
            if rng.random() < 0.7:
                record["fund_id"] = f"F{seed}-{rng.randint(0, 3)}"
                record["amount_vnd"] = rng.choice((0, 5, 30 * MILLION, 300 * MILLION))
            items.append(withdrawal(record, revision) if rng.random() < 0.1 else record)
    return items
