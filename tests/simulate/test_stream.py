"""What is sent: the same bytes for the same seed, valid at the doors, and in disorder."""

import io
import json
import re
from collections import Counter
from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from services.simulate import EVENTS, FACTS, NONE, simulate, write_ndjson
from services.simulate.communes import apportion
from services.simulate.figures import Figures
from services.simulate.measures import LINES, SCORES, score
from shared.areas.tree import AreaTree
from shared.kernel.errors import DomainError
from tests.simulate.conftest import Entry, Streams, events, facts
from tests.simulation import model

SMALL_DIGEST = "1f95a484334743cee7ae2aac23decbce065309136834d13206ad11dfebddcf5d"

IDS = re.compile(r"[A-Za-z0-9._:/-]{1,64}")
HOUSEHOLD = re.compile(r"[A-Z]+-[0-9]{5}-[0-9]{6}")
FIELDS = {
    "registered": {"area_code", "area_type", "ethnic_group", "members", "continues"},
    "moved": {"area_code", "area_type"},
    "closed": {"reason", "into"},
    "assessed": {
        *("assessed_on", "area_code", "area_type", "review", "income_vnd", "deprived", "b1", "b2"),
        *("recognised", "household_size", "ethnic_group", "no_labour_capacity", "merit_member"),
        *("causes", "decision_no"),
    },
}
COMMON = {"type", "source", "external_id", "revision", "household_id", "effective_from"}


def digest(stream: Any) -> str:
    """Return the digest of the stream's bytes."""
    target = io.BytesIO()
    write_ndjson(stream, target)
    return sha256(target.getvalue()).hexdigest()


def test_the_same_seed_gives_the_same_bytes(
    areas: AreaTree, figures: Figures, binh_gia: Streams
) -> None:
    """Two runs are equal to the byte; another seed is another stream."""
    again = simulate("181", 2022, 2024, 1, areas=areas, figures=figures)
    assert digest(again) == digest(binh_gia(1)) != digest(binh_gia(2))


def test_the_bytes_are_those_of_every_machine(areas: AreaTree, figures: Figures) -> None:
    """A small stream has the digest recorded when it was first made."""
    stream = simulate("06112", 2022, 2024, 1, areas=areas, figures=figures, households=300)
    assert digest(stream) == SMALL_DIGEST


def test_every_event_is_valid_at_its_door(areas: AreaTree, binh_gia: Streams) -> None:
    """Nothing the door would refuse, wrong revisions included."""
    for event in events(binh_gia(1)):
        assert IDS.fullmatch(event["source"])
        assert IDS.fullmatch(event["external_id"])
        assert HOUSEHOLD.fullmatch(event["household_id"])
        if event.get("withdrawn"):
            assert set(event) <= COMMON | {"withdrawn"}
            continue
        assert set(event) <= COMMON | FIELDS[event["type"]]
        day = date.fromisoformat(event["effective_from"])
        if event["type"] != "closed":
            assert areas.commune_on(event["area_code"], day).parent_code == "181"
        if event["type"] == "assessed":
            check_review(event)
        check_people(event)


def check_review(event: Entry) -> None:
    """Check one review's dates and its one way of measuring."""
    assert event["assessed_on"] <= event["effective_from"] < "2025-07-01"
    assert event["review"] in ("annual", "regular")
    if event["review"] == "annual" and event["effective_from"] != "2022-01-01":
        assert "12-01" <= event["effective_from"][5:] <= "12-14"
        assert "10-01" <= event["assessed_on"][5:] <= "11-30"
    deprived = event.get("deprived", [])
    assert len(set(deprived)) == len(deprived)
    assert set(deprived) <= set(model.STANDARDS[2]["indicators"].values())
    if "income_vnd" in event:
        assert type(event["income_vnd"]) is int
        assert "deprived" in event
        assert not {"b1", "b2"} & set(event)
    elif "deprived" in event:
        assert event["b2"] == 10 * len(deprived)
    assert "income_vnd" in event or {"b1", "b2"} <= set(event)


def check_people(event: Entry) -> None:
    """Check that people are invented: specimens, with numbers of no province."""
    for member in event.get("members", ()):
        assert member["name"].startswith("Mẫu ")
        assert all(i["value"].startswith("000") for i in member.get("identifiers", ()))


def test_every_fact_is_valid_at_its_door(areas: AreaTree, binh_gia: Streams) -> None:
    """Area facts name communes in force, with parts not above their totals."""
    for fact in facts(binh_gia(1)):
        assert IDS.fullmatch(fact["external_id"])
        assert areas.commune_on(fact["area_code"], date.fromisoformat(fact["on"]))
        assert fact["minority_households_total"] <= fact["households_total"]
        assert fact["zone"] in ("I", "II", "III")


def test_no_revision_has_two_contents(binh_gia: Streams) -> None:
    """The same revision is sent again only as it was: no door will answer 409."""
    for found in (events(binh_gia(1)), facts(binh_gia(1))):
        contents: dict[Any, Entry] = {}
        types: dict[Any, set[Any]] = {}
        for item in found:
            key = item["source"], item["external_id"]
            revision = (*key, item.get("revision", 1))
            assert contents.setdefault(revision, item) == item
            types.setdefault(key, set()).add(item.get("type"))
        assert all(len(kinds) == 1 for kinds in types.values())


def test_there_is_disorder_of_every_kind(binh_gia: Streams) -> None:
    """Duplicates, corrections after and ahead, withdrawals, late arrivals and mixed years."""
    found = events(binh_gia(1))
    sent = Counter((e["external_id"], e.get("revision", 1)) for e in found)
    assert sum(count > 1 for count in sent.values()) > 100
    first_seen: dict[str, int] = {}
    after = ahead = 0
    for event in found:
        revision = event.get("revision", 1)
        if revision > 1 and sent[event["external_id"], revision] == 1:
            seen = event["external_id"] in first_seen
            after, ahead = after + seen, ahead + (not seen)
        first_seen.setdefault(event["external_id"], revision)
    assert after > 100
    assert ahead > 20
    assert sum(bool(e.get("withdrawn")) for e in found) > 50
    assert late_reviews(found) > 50
    assert 0 < sum(e.get("effective_from", "")[:4] == "2025" for e in found) < 40


def late_reviews(found: list[Entry]) -> int:
    """Count the reviews that arrive after a later year's review of the same household."""
    latest: dict[str, str] = {}
    late = 0
    for event in found:
        if event["type"] == "assessed" and not event.get("withdrawn"):
            year, household = event["effective_from"][:4], event["household_id"]
            late += latest.get(household, "") > year
            latest[household] = max(latest.get(household, ""), year)
    return late


def test_the_wrong_states_are_really_wrong(binh_gia: Streams) -> None:
    """Without the corrections the stream would not end in the published numbers."""
    found = [e for e in events(binh_gia(1)) if e.get("revision", 1) == 1]
    codes = {e["area_code"] for e in found if "area_code" in e}
    assert model.statistics(found, codes, "2023-12-31")["poor"] != 2100


def test_without_disorder_everything_comes_once_and_in_order(
    areas: AreaTree, figures: Figures
) -> None:
    """The fractions are parameters: with none, days of effect never go back."""
    stream = list(simulate("06112", 2022, 2024, 1, areas=areas, figures=figures, disorder=NONE))
    days = [e["item"].get("effective_from") or e["item"]["on"] for e in stream]
    assert days == sorted(days)
    assert len({(e["door"], e["item"]["external_id"]) for e in stream}) == len(stream)


def test_size_and_share_of_people(binh_gia: Streams) -> None:
    """The demo stays small, and a small share of it has personal parts."""
    found = events(binh_gia(1))
    households = {e["household_id"] for e in found}
    assert 7_500 <= len(households) <= 9_500
    assert len(binh_gia(1)) <= 35_000
    with_members = {e["household_id"] for e in found if "members" in e}
    assert 0.01 < len(with_members) / len(households) < 0.03
    assert any("continues" in e for e in found)
    reasons = {e["reason"] for e in found if "reason" in e}
    assert reasons == {"dissolved", "moved_out", "merged", "deceased"}


def test_ndjson_of_one_door_is_what_that_door_takes(areas: AreaTree, figures: Figures) -> None:
    """With a door named, its bare items come out, one a line."""
    stream = list(simulate("06112", 2022, 2022, 1, areas=areas, figures=figures, households=60))
    target = io.BytesIO()
    for door, key in ((FACTS, "households_total"), (EVENTS, "household_id")):
        target.seek(0)
        target.truncate()
        count = write_ndjson(stream, target, door)
        read = [json.loads(line) for line in target.getvalue().splitlines()]
        assert len(read) == count == sum(e["door"] == door for e in stream)
        assert all(key in item for item in read)


@pytest.mark.parametrize(
    ("code", "year_from", "year_to", "expected"),
    [
        ("999", 2022, 2024, "unknown_area"),
        ("181", 2024, 2025, "area_not_in_force"),  # districts ended on 2025-07-01
        ("20", 2025, 2025, "area_not_in_force"),  # another Lạng Sơn at the year's end
        ("181", 2021, 2024, "out_of_range"),
        ("181", 2024, 2023, "out_of_range"),
        ("01", 2026, 2027, "out_of_range"),
    ],
)
def test_what_cannot_be_simulated_is_refused_at_once(
    areas: AreaTree, figures: Figures, code: str, year_from: int, year_to: int, expected: str
) -> None:
    """Refusals come from the call, not from the first item."""
    with pytest.raises(DomainError) as refusal:
        simulate(code, year_from, year_to, 1, areas=areas, figures=figures)
    assert refusal.value.code == expected


@pytest.mark.parametrize("area_type", ["rural", "urban"])
def test_scores_say_what_incomes_say(area_type: str) -> None:
    """B1 passes its line exactly where the income does."""
    for income in range(LINES[area_type] - 50_000, LINES[area_type] + 50_000, 10_000):
        assert (score(income, area_type) <= SCORES[area_type]) == (income <= LINES[area_type])


def test_apportioning_is_exact_and_keeps_caps() -> None:
    """Largest remainders, ties by position; what a cap cuts off goes to the others."""
    assert apportion(10, [1, 1, 1], None) == [4, 3, 3]
    assert apportion(10, [8, 1, 1], [5, 9, 9]) == [5, 3, 2]
    with pytest.raises(DomainError):
        apportion(3, [1], [2])
