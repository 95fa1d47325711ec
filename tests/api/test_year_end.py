"""The year-end book over HTTP: cases of officials, and every number against the naive model."""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.facts import assessed, total
from tests.harness import Registry
from tests.households.test_cases import event, read
from tests.simulation import model, year_end_model
from tests.simulation.histories import disorder, history

pytestmark = pytest.mark.asyncio(loop_scope="module")

REGISTERS = 1000 if os.environ.get("REGISTRY_PROOF") == "1" else 20
CASES = read("year_end.yaml")
# Where cases happen: communes of one district, one a case; `away` is none of them.
COMMUNES = ("06163", "06166", "06172", "06175", "06178", "06181", "06193")
AWAY = "06091"
FORM = ("start", "left", "relapsed", "newly_arisen", "end")
OUTSIDE = ("moved_in", "moved_out", "closed", "renumbered_in", "renumbered_out")
BY_STANDARD = ("by_standard_left", "by_standard_relapsed", "by_standard_newly_arisen")


def posted(case: dict[str, Any], here: str) -> list[dict[str, Any]]:
    """Return the events of a case, with ids of its own."""
    items = []
    for household, own in case["households"].items():
        for number, said in enumerate(own):
            said = {name: value for name, value in said.items() if name != "area"}
            area = own[number].get("area", said.get("moved", said.get("registered")))
            item = event(number, said) | {"external_id": f"{here}-{household}-{number}"}
            item |= {"household_id": f"{here}-{household}"}
            if item["type"] != "closed":
                item["area_code"] = AWAY if area == "away" else here
            if "continues" in item:
                item["continues"] = f"{here}-{item['continues']}"
            if item["type"] == "assessed":
                item |= {"review": "annual"}
            items.append({name: value for name, value in item.items() if value is not None})
    return items


def numbers(row: dict[str, Any]) -> dict[str, int]:
    """Return the form's numbers of a row, those that are not 0."""
    return {name: n for name in FORM if (n := row[name]["households"])}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_a_row_of_the_official_form(case: dict[str, Any], world: Registry) -> None:
    here = COMMUNES[CASES.index(case)]
    await world.send(posted(case, here))
    book = await world.get(f"/v1/areas/{here}/year-end", year=2023)
    assert (book["basis"], book["start_on"]) == ("recognised", "2022-12-31")
    notes = set()
    for form in book["lists"]:
        row = form["rows"][-1]
        assert row["kind"] == "total"
        expected = {name: n for name, n in case[form["list"]].items() if n}
        assert numbers(row) == expected, form["list"]
        notes |= {note["code"] for note in form["notes"]} - {"rates", "no_decision"}
    assert notes == set(case.get("notes", ()))


async def _behind(world: Registry, href: str) -> int:
    assert href.startswith("/v1/areas/")
    names: list[str] = []
    cursor = None
    while True:
        address = f"{href}&limit=2" + (f"&cursor={cursor}" if cursor else "")
        page = (await world.client.get(address)).json()
        names += [item["household_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            assert len(set(names)) == len(names)
            return len(names)


async def test_every_cell_leads_to_its_households(world: Registry) -> None:
    here, beside = "06187", "06190"
    await world.send(
        [
            assessed("L-1", "2022-12-14", area_code=here, ethnic_group="Kinh"),
            assessed("L-2", "2022-12-14", area_code=here, ethnic_group="Tày"),
            assessed("L-3", "2023-12-14", area_code=here, ethnic_group="Nùng"),
            assessed("L-2", "2023-12-14", area_code=beside, ethnic_group="Tày"),
        ]
    )
    book = await world.get(f"/v1/areas/{here}/year-end", year=2023)
    (row,) = [row for row in book["lists"][0]["rows"] if row["kind"] == "rural"]
    cells = {**{name: row[name] for name in FORM}, **{n: row["outside_form"][n] for n in OUTSIDE}}
    cells |= {name: row[name] for name in ("start_minority", "end_minority")}
    for name, cell in cells.items():
        assert await _behind(world, cell["href"]) == cell["households"], name
    asked = {"year": 2023, "list": "poor", "cell": "start"}
    page = await world.get(f"/v1/areas/{here}/year-end/households", **asked)
    assert [item["household_id"] for item in page["items"]] == ["L-1", "L-2"]
    assert (cells["start"]["households"], cells["moved_out"]["households"]) == (2, 1)


async def test_rates_groups_and_what_is_not_known(world: Registry) -> None:
    here = "06196"
    more = {"household_size": 4, "no_labour_capacity": True, "causes": ["no land", "no land"]}
    await world.send(
        [
            assessed("G-1", "2022-12-14", area_code=here, ethnic_group="Tày", **more),
            assessed("G-2", "2023-12-14", area_code=here, ethnic_group="Kinh", merit_member=True),
        ]
    )
    await world.send(
        [
            total(here, "2022-12-31", 50),
            total(here, "2023-12-31", 60, minority_households_total=30),
        ],
        "area-facts",
    )
    book = await world.get(f"/v1/areas/{here}/year-end", year=2023)
    row = book["lists"][0]["rows"][-1]
    assert (row["base_start"], row["base_end"], row["base_minority_end"]) == (50, 60, 30)
    assert (row["start"]["rate"]["percent"], row["end"]["rate"]["percent"]) == (2.0, 3.33)
    assert (row["start_minority"]["rate"], row["end_minority"]["rate"]["percent"]) == (None, 3.33)
    groups = next(t for t in book["target_groups"] if (t["list"], t["kind"]) == ("poor", "total"))
    told = {n: groups[n] for n in groups if isinstance(groups[n], int)}
    assert told == {
        "households": 2,
        "minority": 1,
        "no_labour_capacity": 1,
        "merit_member": 1,
        "persons": 4,
        "size_unknown": 1,
        "undecided": 2,
    }
    assert book["causes"] == [{"name": "no land", "poor": 1, "near_poor": 0}]
    assert [g["name"] for g in book["ethnic_groups"]] == ["Kinh", "Tày"]
    notes = [note["code"] for note in book["lists"][0]["notes"]]
    assert notes == ["no_decision", "rates"]
    water = next(i for i in book["indicators"] if i["code"] == "D09")
    assert (water["poor"], water["poor_rate"]["percent"]) == (2, 100.0)


async def test_a_book_as_known_within_the_year_stays_preliminary(world: Registry) -> None:
    this_year, step = world.clock.today().year, timedelta(days=400)
    asked = {"year": this_year}
    book = await world.get("/v1/areas/06091/year-end", **asked)
    assert book["preliminary"]
    world.clock.advance(step)
    try:
        known = {"known_at": book["settled_at"]}
        then = await world.get("/v1/areas/06091/year-end", **asked, **known)
        now = await world.get("/v1/areas/06091/year-end", **asked)
    finally:
        world.clock.advance(-step)
    assert then["digest"] == book["digest"]
    assert not now["preliminary"]


async def test_the_workbook_says_what_the_book_says(world: Registry) -> None:
    here = "06196"
    book = await world.get(f"/v1/areas/{here}/year-end", year=2023)
    for lang, title in (("vi", "Hộ nghèo"), ("en", "Poor")):
        answer = await world.client.get(
            f"/v1/areas/{here}/year-end.xlsx", params={"year": 2023, "lang": lang}
        )
        assert answer.status_code == 200
        sheets = load_workbook(io.BytesIO(answer.content))
        sheet = sheets[title]
        rows = list(sheet.iter_rows(min_row=7, values_only=True))[:3]
        for told, row in zip(rows, book["lists"][0]["rows"], strict=True):
            cells = [row[name] for name in (*FORM[:1], "start_minority", *FORM[1:], "end_minority")]
            shown = [
                value
                for c in cells
                for value in (c["households"], (c["rate"] or {}).get("percent"))
            ]
            assert list(told[4:]) == shown
        assert book["digest"][:16] in sheet.cell(4, 1).value
        assert book["digest"][:16] in (sheet.oddFooter.left.text or "")
        assert sheet.cell(9, 5).hyperlink.target.endswith(
            book["lists"][0]["rows"][2]["start"]["href"]
        )
    assert len(sheets.sheetnames) == 7


async def test_every_number_of_random_registers_equals_the_models(
    world: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = await world.context.areas.current()
    day = world.clock.today().replace(year=2024)
    districts = [u for u in tree.units if u.level == "district" and u.in_force(day)]
    # Those of the cases above have households of others; islands without communes have none.
    districts = [u for u in districts if not u.code.startswith("18") and tree.children(u, day)]
    rng = Random(1)
    registers: dict[str, tuple[list[str], list[model.Event]]] = {}
    for seed in range(REGISTERS):
        district = districts[seed % len(districts)]
        communes = [u.code for u in tree.children(district, day)][:3]
        events = history(30_000 + seed, 5, area_codes=communes, new_area_codes=())
        await world.send(disorder(events, seed))
        registers.setdefault(district.code, (communes, []))[1].extend(events)
    flows = Counter[str]()
    for code, (communes, events) in registers.items():
        year = rng.randint(2012, 2024)
        for basis, classify in (
            ("computed", model.classify),
            ("recognised", year_end_model.by_decision(model.classify)),
        ):
            book = await world.get(f"/v1/areas/{code}/year-end", year=year, basis=basis)
            with monkeypatch.context() as patch:
                patch.setattr(model, "classify", classify)
                for form in book["lists"]:
                    flows += _compared(form, communes, events, year)
    assert all(
        flows[name] for name in ("start", "left", "newly_arisen", "moved_in", "closed", "end")
    )


def _compared(
    form: dict[str, Any], communes: list[str], events: list[model.Event], year: int
) -> Counter[str]:
    within: dict[str, Callable[[year_end_model.Place], bool]] = {
        "total": lambda place: place[0] in communes,
        "urban": lambda place: place[0] in communes and place[1] == "urban",
        "rural": lambda place: place[0] in communes and place[1] == "rural",
        **{code: (lambda place, code=code: place[0] == code) for code in communes},  # type: ignore[misc]
    }
    expected = year_end_model.rows(events, year, form["list"], within)
    for row in form["rows"]:
        counts = expected.get(row["code"] if row["kind"] == "unit" else row["kind"], Counter())
        told = {name: row[name]["households"] for name in ("start", "relapsed", "end")}
        told |= {name: row[name]["households"] for name in ("start_minority", "end_minority")}
        told |= {name: row["outside_form"][name]["households"] for name in OUTSIDE}
        told |= {name: row["outside_form"][name] for name in BY_STANDARD}
        net = counts["renumbered_in"] - counts["renumbered_out"]
        told |= {
            "left": row["left"]["households"],
            "newly_arisen": row["newly_arisen"]["households"],
        }
        wanted = {name: counts[name] for name in told}
        wanted["left"] += counts["moved_out"] + counts["closed"] + max(0, -net)
        wanted["newly_arisen"] += counts["moved_in"] + max(0, net)
        assert told == wanted, (row["code"], row["kind"], year)
        adds = told["start"] - told["left"] + told["relapsed"] + told["newly_arisen"]
        assert told["end"] == adds
    return sum(expected.values(), Counter())
