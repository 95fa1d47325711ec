"""Pictures are exact, escaped, and say in words what they show."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from services.api.page.drawing import provinces
from services.api.page.drawing.bars import WIDTH, Part, rows, stacked
from services.api.page.drawing.lines import Break, Line, Point, lines, nice_step
from services.api.page.drawing.points import Place, points, shade, steps
from services.api.page.drawing.ranges import Spread, ranges
from services.api.page.drawing.sankey import Flow, Stock, sankey
from services.api.page.drawing.spells import Band, Knowledge, spells
from services.api.page.drawing.svg import Drawing
from services.api.page.drawing.waterfall import Step, waterfall
from shared.areas.store.files import load_areas
from shared.areas.tree import UNASSIGNED

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '<script>"&'


def parsed(drawing: Drawing) -> ET.Element:
    """Return a drawing that is well formed and described."""
    root = ET.fromstring(drawing.svg)
    held = {each.get("id"): each.text for each in root.iter() if each.get("id")}
    assert [held[name] for name in root.get("aria-labelledby", "").split()] == [
        drawing.caption,
        drawing.summary,
    ]
    assert not list(root.iter(f"{SVG}script"))
    return root


def widths(root: ET.Element) -> list[float]:
    return [float(each.get("width", "0")) for each in root.iter(f"{SVG}rect")]


def test_parts_are_as_wide_as_their_share() -> None:
    parts = [Part("poor", EVIL, 30, "30"), Part("non_poor", "rest", 10, "10")]
    first, second = widths(parsed(stacked("p", EVIL, "s", parts)))
    assert abs(first - (WIDTH * 0.75 - 1.5)) < 0.1
    assert abs(second - (WIDTH * 0.25 - 1.5)) < 0.1


def test_nothing_at_all_can_be_drawn() -> None:
    parsed(stacked("p", "c", "s", [Part("poor", "a", 0, "0")]))
    parsed(rows("r", "c", "s", []))


def test_a_row_is_as_long_as_its_value() -> None:
    bars = [Part("poor", "a", 4.0, "4"), Part("poor", "b", 1.0, "1")]
    first, second = widths(parsed(rows("r", "c", "s", bars)))
    assert abs(first / second - 4) < 0.1


def test_a_range_begins_where_what_is_certain_ends() -> None:
    drawn = ranges("r", "c", "s", ("now", EVIL), [Spread("poor", EVIL, 40, 20, 80, ("40", "x"))])
    bars = [*parsed(drawn).iter(f"{SVG}rect")]
    now, nothing, sure, perhaps = (float(bar.get("width", "0")) for bar in bars)
    assert (nothing, perhaps > sure) == (0, True)
    assert abs(now / sure - 2) < 0.1
    assert abs(perhaps / sure - 3) < 0.1


def test_steps_of_an_axis_are_round() -> None:
    assert [nice_step(most) for most in (20.63, 4215, 0.4, 1)] == [10, 2000, 0.1, 0.5]


def test_lines_go_through_their_points_and_show_breaks_that_lie_between() -> None:
    days = [date(2021, 12, 31), date(2022, 12, 31)]
    line = Line(
        "poor",
        EVIL,
        [Point(day, value, str(value)) for day, value in zip(days, (8.0, 4.0), strict=True)],
    )
    drawn = lines(
        "l",
        "c",
        "s",
        [line],
        [Break(date(2022, 1, 1), "new law"), Break(date(2027, 1, 1), "later")],
        [(day, str(day.year)) for day in days],
        " %",
    )
    root = parsed(drawn)
    heights = [float(each.get("cy", "0")) for each in root.iter(f"{SVG}circle")]
    assert heights[0] < heights[1]
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert "new law" in texts
    assert "later" not in texts


def test_shades_go_from_the_least_to_the_most() -> None:
    bounds = steps([0.0, 5.0, 10.0])
    assert [shade(value, bounds) for value in (0.0, 5.0, 10.0, None)] == ["s1", "s3", "s5", "s0"]


def test_the_map_has_north_above_and_each_circle_leads_on() -> None:
    north = Place(EVIL, 22.0, 106.0, 1.0, "1 %", 10, "/places/1")
    south = Place("South", 21.0, 106.5, 9.0, "9 %", 40, "/places/2")
    root = parsed(points("m", "c", "s", [north, south]))
    links = {a.get("href"): a.find(f"{SVG}circle") for a in root.iter(f"{SVG}a")}
    upper, lower = links["/places/1"], links["/places/2"]
    assert upper is not None
    assert lower is not None
    assert float(upper.get("cy", "0")) < float(lower.get("cy", "0"))
    assert float(upper.get("r", "0")) < float(lower.get("r", "0"))


def test_a_waterfall_ends_where_its_flows_lead() -> None:
    flow = [
        Step("poor", "start", 100, "100", stock=True),
        Step("recently_exited", "left", -40, "-40"),
        Step("near_poor", "new", 10, "+10"),
        Step("poor", "end", 70, "70", stock=True),
    ]
    root = parsed(waterfall("w", "c", "s", flow))
    tops = [float(each.get("y", "0")) for each in root.iter(f"{SVG}rect")]
    assert tops[2] == tops[3]


def test_spells_follow_each_other_on_the_scale_of_days() -> None:
    bands = [
        Band("poor", EVIL, date(2022, 1, 1), date(2023, 1, 1)),
        Band("near_poor", "near-poor", date(2023, 1, 1), None),
    ]
    root = parsed(
        spells(
            "s",
            "c",
            "s",
            [Knowledge("now", bands)],
            (date(2022, 1, 1), date(2024, 1, 1)),
            (date(2023, 6, 1), "day"),
        )
    )
    first, second = list(root.iter(f"{SVG}rect"))
    assert (
        abs(
            float(first.get("x", "0"))
            + float(first.get("width", "0"))
            + 1
            - float(second.get("x", "0"))
        )
        < 0.2
    )


def test_ribbons_fill_both_of_their_stocks() -> None:
    poor, exited, new = Stock("poor", EVIL), Stock("recently_exited", "exited"), Stock("x", "new")
    flows = [Flow(poor, poor, 6), Flow(poor, exited, 2), Flow(new, poor, 2)]
    root = parsed(sankey("f", EVIL, "s", ("a", EVIL), [poor, exited, new], flows, str))
    high = [float(each.get("height", "0")) for each in root.iter(f"{SVG}rect")]
    assert len(high) == 4
    assert abs(high[0] - 4 * high[1]) < 0.2
    assert abs(high[0] - high[2]) < 0.1
    assert len(list(root.iter(f"{SVG}path"))) == len(flows)
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert texts[2:] == [f"{EVIL} 8", "new 2", f"{EVIL} 8", "exited 2"]


def _ways(drawing: Drawing) -> list[list[tuple[float, float]]]:
    """Return every outline in a drawing as its points."""
    lines = re.findall(r"M([^Z]+)Z", drawing.svg)
    return [[tuple(map(float, p.split())) for p in line.split("L")] for line in lines]  # type: ignore[misc]


def _drawn(codes: Sequence[str], value: float | None = 1.0) -> Drawing:
    place = provinces.Province("Tên <b>", codes, value, "1 %", "/places/x")
    return provinces.provinces("map", "c", "s", [place])


def _size(line: list[tuple[float, float]]) -> float:
    pairs = zip(line, [*line[1:], line[0]], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def test_every_province_of_both_maps_has_an_outline() -> None:
    tree = load_areas(Path("seeds/areas"))
    before, today = date(2025, 6, 30), date(2025, 7, 1)
    country = tree.on("VN", before)
    old = [u for u in tree.below(country, "province", before) if not u.code.endswith(UNASSIGNED)]
    assert len(old) == 63
    assert all(provinces.drawn([unit.code]) for unit in old)
    new = [
        unit
        for unit in tree.below(tree.on("VN", today), "province", today)
        if not unit.code.endswith(UNASSIGNED)
    ]
    parts = [tree.predecessor_codes(unit) for unit in new]
    assert len(new) == 34
    assert all(provinces.drawn(codes) for codes in parts)
    assert sorted(code for codes in parts for code in codes) == sorted(u.code for u in old)


@pytest.mark.parametrize("codes", [("02", "08"), ("77", "74", "79"), ("24", "27")])
def test_what_a_province_was_made_of_keeps_its_size_and_loses_its_inner_borders(
    codes: tuple[str, ...],
) -> None:
    apart = [line for code in codes for line in _ways(_drawn([code]))]
    together = _ways(_drawn(codes))
    assert sum(map(_size, together)) == pytest.approx(sum(map(_size, apart)), rel=0.01)
    assert sum(map(len, together)) < sum(map(len, apart))


def test_the_archipelagos_stand_on_the_map_and_nothing_slips_through_unescaped() -> None:
    drawing = _drawn(["01"], None)
    for name in ("Hoàng Sa", "Trường Sa"):
        assert name in drawing.svg
    assert "<b>" not in drawing.svg
    assert 'class="shape s0"' in drawing.svg
    width = 480.0
    for code in ("01", "14", "56", "91", "96"):
        assert all(0 <= x <= width for line in _ways(_drawn([code])) for x, _ in line)
