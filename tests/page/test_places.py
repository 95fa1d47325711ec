"""A place on a day, as people look at it: the numbers are the api's, to the digit."""

from __future__ import annotations

import csv
from hashlib import sha256
from io import StringIO

import pytest

from shared.http.auth import tokens_of
from tests.harness import Registry
from tests.page.reading import Reading, read, written
from tests.page.settlement import DISTRICT, YEAR_END

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLACE = f"/places/{DISTRICT}?as_of={YEAR_END}"
PATHS = (
    "/",
    "/places?q=binh+gia",
    PLACE,
    f"{PLACE}&lang=en",
    "/places/06091?as_of=2022-06-30",
    f"/places/{DISTRICT}/below?as_of={YEAR_END}",
    f"/places/{DISTRICT}/movement?as_of={YEAR_END}",
)


def _numbers(statistics: dict[str, object]) -> dict[str, str]:
    counts, rates = statistics["counts"], statistics["rates"]
    assert isinstance(counts, dict)
    assert isinstance(rates, dict)
    return {
        "poor": written(counts["poor"]),
        "near_poor": written(counts["near_poor"]),
        "multidimensional": written(counts["poor"] + counts["near_poor"]),
        "recently_exited": written(counts["recently_exited"]),
        "unregistered": written(statistics["unregistered"]),
        "households_total": written(statistics["households_total"]),
        **{f"rate_{name}": written(rate["percent"]) for name, rate in rates.items()},
    }


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_place_shows_what_the_api_answers(world: Registry, language: str) -> None:
    page = await read(world, f"{PLACE}&lang={language}")
    statistics = await world.get(f"/v1/areas/{DISTRICT}/statistics", as_of=YEAR_END)
    assert statistics["counts"]["poor"] > 0
    assert page.language == language
    assert page.numbers.items() >= _numbers(statistics).items()


async def test_numbers_are_written_as_each_language_writes_them(world: Registry) -> None:
    texts = {
        language: (await world.client.get(f"{PLACE}&lang={language}")).text
        for language in ("vi", "en")
    }
    assert "1.000</data>" in texts["vi"]
    assert "1,000</data>" in texts["en"]
    percent = (await world.get(f"/v1/areas/{DISTRICT}/statistics", as_of=YEAR_END))["rates"]["poor"]
    assert f">{percent['percent']:.2f}\u00a0%<".replace(".", ",") in texts["vi"]
    assert f">{percent['percent']:.2f}\u00a0%<" in texts["en"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_page_loads_only_what_is_ours_and_runs_nothing_inline(
    world: Registry, path: str
) -> None:
    page = await read(world, path)
    assert not page.inline
    assert page.loads
    assert len(page.ids) == len(set(page.ids))
    for address in page.loads:
        assert address.startswith("/assets/")
        assert (await world.client.get(address)).status_code == 200


@pytest.mark.parametrize("path", PATHS)
async def test_every_link_of_a_page_leads_somewhere(world: Registry, path: str) -> None:
    page = await read(world, path)
    for link in dict.fromkeys(page.links):
        if not link.startswith("#"):
            assert (await world.client.get(link)).status_code in (200, 303), link


async def test_search_finds_a_district_of_the_old_map_without_accents(world: Registry) -> None:
    plain = await read(world, "/places?q=binh+gia")
    accents = await read(world, "/places?q=B%C3%ACnh%20Gia")
    wanted = "/places/181?as_of=2025-06-30"
    assert wanted in plain.links
    assert wanted in accents.links


async def test_a_place_leads_to_both_maps(world: Registry) -> None:
    page = await read(world, PLACE)
    assert f"/places/20?as_of={YEAR_END}" in page.links
    assert "/places/06091?as_of=2025-07-01" in page.links
    successor = await read(world, "/places/06091?as_of=2026-01-01")
    assert any(link.startswith("/places/060") for link in successor.links)


async def test_without_a_day_a_unit_of_the_past_is_shown_on_its_last_day(world: Registry) -> None:
    answer = await world.client.get(f"/places/{DISTRICT}?lang=en")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/places/{DISTRICT}?as_of=2025-06-30&lang=en"


async def test_an_address_holds_both_clocks_and_they_are_shown_below(
    world: Registry, before: str
) -> None:
    statistics = await world.get(f"/v1/areas/{DISTRICT}/statistics", as_of=YEAR_END)
    settled = statistics["settled_at"]
    page = await read(world, f"{PLACE}&known_at={settled}")
    assert f"/v1/areas/{DISTRICT}/statistics?as_of={YEAR_END}&known_at={settled}" in page.links
    assert (await read(world, f"{PLACE}&known_at={before}")).numbers["poor"] == "0"


async def test_a_table_comes_as_csv_with_raw_numbers(world: Registry) -> None:
    page = await read(world, PLACE)
    (link,) = [link for link in page.links if "csv=statuses" in link]
    answer = await world.client.get(link)
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    statistics = await world.get(f"/v1/areas/{DISTRICT}/statistics", as_of=YEAR_END)
    assert rows[0] == {
        "status": "poor",
        "households": str(statistics["counts"]["poor"]),
        "percent": str(statistics["rates"]["poor"]["percent"]),
    }


async def test_a_picture_comes_as_svg_alone(world: Registry) -> None:
    page = await read(world, PLACE)
    (link,) = [link for link in page.links if "svg=parts" in link]
    answer = await world.client.get(link)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "<style>" in answer.text
    assert "<title" in answer.text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/places/99999", 404, "unknown_area"),
        (f"/places/{DISTRICT}?as_of=2026-01-01", 422, "area_not_in_force"),
        (f"{PLACE}&colour=red", 422, "unknown_parameter"),
        (f"{PLACE}&known_at=2999-01-01T00:00:00Z", 422, "in_future"),
        (f"{PLACE}&csv=nothing", 404, "not_found"),
    ],
)
async def test_what_cannot_be_shown_is_a_page_that_says_why(
    world: Registry, path: str, status: int, code: str
) -> None:
    answer = await world.client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == status
    assert code in answer.text
    assert Reading(answer.text).language == "vi"


async def test_programs_are_told_where_the_api_is(world: Registry) -> None:
    answer = await world.client.get(PLACE, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")


async def test_with_authentication_on_the_page_takes_a_token_or_explains(world: Registry) -> None:
    entries = [
        {"name": "district", "token_sha256": "", "scopes": ["statistics:read"], "area": DISTRICT},
        {"name": "press", "token_sha256": "", "scopes": ["articles:read"]},
    ]
    for entry in entries:
        entry["token_sha256"] = sha256(str(entry["name"]).encode()).hexdigest()
    before, world.tokens = world.tokens, tokens_of(entries)
    try:
        refused = await world.client.get(PLACE, headers={"accept": "text/html"})
        assert refused.status_code == 401
        assert "bearer" in refused.text.lower()
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert (await read(world, PLACE, authorization="Bearer district")).numbers["poor"]
        await read(world, "/places/VN", 404, authorization="Bearer district")
        await read(world, PLACE, 403, authorization="Bearer press")
    finally:
        world.tokens = before


async def test_what_a_form_leaves_blank_does_not_stay_in_the_address(world: Registry) -> None:
    answer = await world.client.get(f"{PLACE}&known_at=&lang=en")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PLACE}&lang=en")


async def test_minorities_and_the_others_are_the_whole_place(world: Registry) -> None:
    answer = await world.client.get(f"{PLACE}&csv=minority")
    own, others = csv.DictReader(StringIO(answer.content.decode("utf-8-sig")))
    statistics = await world.get(f"/v1/areas/{DISTRICT}/statistics", as_of=YEAR_END)
    counts, minority = statistics["counts"], statistics["minority"]
    assert own["poor"] == str(minority["counts"]["poor"])
    share = minority["rates"]["poor"]
    assert own["poor_percent"] == written(share and share["percent"])
    assert int(own["poor"]) + int(others["poor"]) == counts["poor"]
    assert own["households_total"] == written(minority["households_total"])
