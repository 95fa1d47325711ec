"""`registry areas report`: communes of earlier days are reported in, and facts of those days count.

Seen on a registry that runs: what is reported counts in every process without a restart.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from services.commands import areas as command
from services.processes import seeding
from shared.areas.store import earlier
from shared.kernel.clock import SystemClock
from shared.kernel.errors import DomainError
from tests import facts
from tests.harness import Registry

HEAD = "code,valid_from,valid_to,kind,name,parent_code,successors,legal_basis\n"
# Invented: the code is of no unit; Bình Gia is 181, in Lạng Sơn.
MERGED = "06999,2011-01-01,2020-01-01,xã,Bản Cũ,181,06091,818/NQ-UBTVQH14\n"
SPLIT = "06998,2011-01-01,2021-01-01,xã,Bản Chia,181,06088|06091,\n"
TOWN = "06091,2011-01-01,2020-01-01,thị trấn,Thiện Thuật cũ,181,06091,\n"


def assessed(household: str, on: str, **changes: Any) -> dict[str, Any]:
    """Return a review that makes a household poor by any standard since 2011."""
    return facts.assessed(household, on, income_vnd=300_000, **changes)


async def report(app: Registry, tmp_path: Path, *rows: str) -> None:
    file = tmp_path / "earlier.csv"
    file.write_text(HEAD + "".join(rows), "utf-8")
    await seeding.load(app.context.database, app.clock, reports=earlier.read_file(file))


async def refused(app: Registry, event: dict[str, Any]) -> dict[str, Any]:
    answer = await app.post("/v1/household-events", {"events": [event]})
    assert answer.status_code == 422, answer.text
    problem: dict[str, Any] = answer.json()["errors"][0]
    return problem


async def test_a_merged_commune_is_reported_in_for_its_days(app: Registry, tmp_path: Path) -> None:
    event = assessed("H1", "2019-12-10", area_code="06999")
    assert (await refused(app, event))["code"] == "unknown_area"
    await report(app, tmp_path, MERGED)
    await app.send([event, assessed("H2", "2019-12-10", area_code="06091")])
    late = await refused(app, assessed("H3", "2020-01-01", area_code="06999"))
    assert late["code"] == "area_not_in_force"
    assert "06091" in late["detail"] or "06091" in str(late)
    for code, day, poor in (
        ("06999", "2019-12-31", 1),
        ("06091", "2019-12-31", 1),
        ("06091", "2020-01-01", 2),
        ("06091", "2025-06-30", 2),
        ("06091", "2025-07-01", 2),
        ("181", "2020-06-30", 2),
        ("20", "2026-06-30", 2),
    ):
        answer = await app.get(f"/v1/areas/{code}/statistics", as_of=day)
        assert answer["counts"]["poor"] == poor, (code, day)
    unit = await app.get("/v1/areas/06999", as_of="2019-12-31")
    assert (unit["name"], unit["successors"]) == ("Bản Cũ", ["06091"])
    assert "06999" in (await app.get("/v1/areas/06091", as_of="2020-01-01"))["predecessors"]
    period = {"list": "poor", "from_date": "2019-12-31", "to_date": "2020-12-31"}
    moved = await app.get("/v1/areas/06091/movement", **period)
    assert (moved["start"], moved["end"], moved["moved_in"]) == (2, 2, 0)


async def test_households_of_a_split_commune_wait_in_their_province(
    app: Registry, tmp_path: Path
) -> None:
    await report(app, tmp_path, SPLIT)
    await app.send([assessed("H1", "2020-12-10", area_code="06998")])
    for day, code in (("2020-12-31", "06998"), ("2021-06-30", "20-unassigned")):
        assert (await app.get("/v1/households/H1", as_of=day))["area"]["code"] == code
    province = await app.get("/v1/areas/20/statistics", as_of="2024-12-31")
    assert province["counts"]["poor"] == 1
    await app.send([assessed("H1", "2022-12-10", area_code="06091")])
    placed = await app.get("/v1/households/H1", as_of="2026-01-01")
    assert placed["area"]["code"] == "06091"


async def test_a_commune_that_was_a_township_is_urban_on_the_days_reported(
    app: Registry, tmp_path: Path
) -> None:
    rural = assessed("H1", "2019-12-10", area_type="rural", area_code="06091")
    urban = assessed("H2", "2019-12-10", area_type="urban", area_code="06091")
    later = assessed("H3", "2020-12-10", area_type="rural", area_code="06091")
    await app.send([rural, later])
    await report(app, tmp_path, TOWN)
    await app.drain()
    await app.send([urban])
    assert (await refused(app, rural | {"external_id": "again"}))["code"]
    answer = await app.get("/v1/areas/06091/statistics", as_of="2020-12-31")
    assert answer["counts"]["poor"] == 3
    assert (await app.get("/v1/areas/06091", as_of="2019-12-31"))["kind"] == "thị trấn"


async def test_reports_stay_through_the_next_load_and_are_corrected_but_never_lost(
    app: Registry, tmp_path: Path
) -> None:
    await report(app, tmp_path, MERGED)
    assert (await seeding.load(app.context.database, SystemClock())).kinds == ()
    await report(app, tmp_path, SPLIT, MERGED.replace("Bản Cũ", "Bản Cũ Hai"))
    name = (await app.get("/v1/areas/06999", as_of="2019-12-31"))["name"]
    assert name == "Bản Cũ Hai"
    assert (await app.get("/v1/areas/06998", as_of="2019-12-31"))["kind"] == "xã"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (MERGED.replace("06091", "00000"), "06999 from 2011-01-01 on"),
        (MERGED.replace("2020-01-01", "1/1/2020"), "line 2: .*YYYY-MM-DD"),
        (MERGED.replace("Bản Cũ", ""), "line 2: name is empty"),
        (MERGED.replace("181", "VN"), "country"),
    ],
)
async def test_a_report_that_does_not_hang_together_changes_nothing(
    app: Registry, tmp_path: Path, row: str, why: str
) -> None:
    with pytest.raises(DomainError, match=why):
        await report(app, tmp_path, row, SPLIT)
    assert (await app.client.get("/v1/areas/06998?as_of=2019-12-31")).status_code == 404


async def test_the_command_lists_what_was_reported(
    app: Registry, dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "earlier.csv"
    file.write_text(HEAD + MERGED, "utf-8")
    await command._report(dsn, earlier.read_file(file))
    await command._list(dsn)
    printed = capsys.readouterr().out
    assert "Reported 1 units" in printed
    assert "06999" in printed
