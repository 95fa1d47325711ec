"""The doors' good paths: what is accepted, what is a duplicate, what a revision changes."""

from __future__ import annotations

import asyncio
from typing import Any
from unicodedata import normalize
from uuid import NAMESPACE_URL, uuid5

import httpx
import orjson
import pytest

from shared.households.store import persons
from tests.facts import ABSENT, Fact
from tests.harness import Registry, registry
from tests.ingest.items import (
    article,
    assessed,
    closed,
    fact,
    fetch,
    moved,
    registered,
    scored,
    stored,
    withdrawn,
)
from tests.waiting import STANDSTILL_SECONDS

POOR = assessed()
DAY = "2024-01-01"


async def status(app: Registry, household: str = "LS-1", as_of: str = DAY) -> str | None:
    answer = await app.client.get(f"/v1/households/{household}", params={"as_of": as_of})
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200, answer.text
    return answer.json()["status"]


def outcomes(answer: dict[str, Any]) -> list[str]:
    return [receipt["outcome"] for receipt in answer["receipts"]]


# --- receipts -------------------------------------------------------------------------------------


async def test_a_receipt_is_accepted_until_every_effect_is_committed(app: Registry) -> None:
    answer = await app.post("/v1/household-events", {"events": [POOR]})
    assert answer.status_code == 202
    (receipt,) = answer.json()["receipts"]
    expected = uuid5(NAMESPACE_URL, "urn:poverty-registry:household-events:langson:bad/1:1")
    assert receipt == {
        "external_id": "bad/1",
        "revision": 1,
        "event_id": str(expected),
        "outcome": "accepted",
    }
    path = f"/v1/receipts/{expected}"
    waiting = await app.get(path)
    assert (waiting["state"], waiting["door"]) == ("accepted", "household-events")
    await app.drain()
    done = await app.get(path)
    assert done["state"] == "processed"
    assert done["recorded_at"] == waiting["recorded_at"]


async def test_superseded_and_withdrawn_revisions_are_processed_too(app: Registry) -> None:
    answer = await app.send(
        [POOR, assessed(revision=2, income_vnd=9_000_000), withdrawn(revision=3)]
    )
    for receipt in answer["receipts"]:
        assert (await app.get(f"/v1/receipts/{receipt['event_id']}"))["state"] == "processed"


async def test_a_withdrawal_of_something_never_seen_is_processed(app: Registry) -> None:
    answer = await app.send([withdrawn()])
    path = f"/v1/receipts/{answer['receipts'][0]['event_id']}"
    assert (await app.get(path))["state"] == "processed"


@pytest.mark.parametrize("event_id", ["00000000-0000-0000-0000-000000000000", "no-uuid"])
async def test_an_unknown_receipt_is_not_found(app: Registry, event_id: str) -> None:
    answer = await app.client.get(f"/v1/receipts/{event_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_receipt")


# --- duplicates -----------------------------------------------------------------------------------


async def test_equal_repeats_in_one_request_are_duplicates(app: Registry) -> None:
    answer = await app.send([POOR, POOR, POOR])
    assert (answer["accepted"], answer["duplicates"]) == (1, 2)
    assert outcomes(answer) == ["accepted", "duplicate", "duplicate"]
    assert len({receipt["event_id"] for receipt in answer["receipts"]}) == 1


async def test_a_repeated_request_gets_the_same_ids_and_writes_nothing(app: Registry) -> None:
    sent = [POOR, registered(), moved(), closed(external_id="c")]
    first = await app.send(sent)
    before = await stored(app)
    second = await app.send(sent[::-1])
    assert (second["accepted"], second["duplicates"]) == (0, 4)
    ids = [receipt["event_id"] for receipt in second["receipts"]]
    assert ids == [receipt["event_id"] for receipt in first["receipts"]][::-1]
    assert await stored(app) == before


@pytest.mark.parametrize(
    "same",
    [
        assessed(revision=1),
        assessed(withdrawn=False),
        assessed(withdrawn=None),
        assessed(b1=None, recognised=None),
        dict(reversed(assessed().items())),
    ],
    ids=["revision 1", "not withdrawn", "withdrawn null", "nulls", "another order of fields"],
)
async def test_what_means_the_same_is_a_duplicate(app: Registry, same: dict[str, Any]) -> None:
    answer = await app.send([POOR, same])
    assert outcomes(answer) == ["accepted", "duplicate"]


async def test_text_is_one_text_however_it_was_composed(app: Registry) -> None:
    events = [
        registered(ethnic_group=normalize(form, "Tày"), members=[member(normalize(form, "Mỵ"))])
        for form in ("NFC", "NFD")
    ]
    answer = await app.send(events)
    assert outcomes(answer) == ["accepted", "duplicate"]
    (row,) = await fetch(app, "SELECT payload FROM household_events")
    assert row["payload"]["ethnic_group"] == normalize("NFC", "Tày")


def member(name: str) -> dict[str, Any]:
    return {"member_id": "1", "name": name}


async def test_other_sources_and_doors_share_no_ids(app: Registry) -> None:
    first = await app.send([POOR])
    other = await app.send([assessed(source="caobang")])
    area = await app.send([fact(external_id="bad/1")], "area-facts")
    ids = {answer["receipts"][0]["event_id"] for answer in (first, other, area)}
    assert len(ids) == 3


# --- revisions and withdrawals --------------------------------------------------------------------

RICH = assessed(revision=2, income_vnd=9_000_000, deprived=[])
GONE = withdrawn(revision=3, household_id="LS-1")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
async def test_the_highest_revision_counts(
    app: Registry, order: tuple[int, ...], together: bool
) -> None:
    revisions = [[POOR, RICH][position] for position in order]
    for sent in [revisions] if together else [[revision] for revision in revisions]:
        answer = await app.send(sent)
        assert set(outcomes(answer)) == {"accepted"}
    assert await status(app) == "non_poor"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (2, 0, 1), (1, 2, 0)])
async def test_a_withdrawn_fact_is_gone_whatever_came_first(
    app: Registry, order: tuple[int, ...]
) -> None:
    for position in order:
        await app.send([[POOR, RICH, GONE][position]])
    assert await status(app) is None
    events = await app.get("/v1/households/LS-1/events")
    assert len(events["items"]) == 3


async def test_a_withdrawal_needs_no_household_id(app: Registry) -> None:
    await app.send([POOR])
    assert await status(app) == "poor"
    await app.send([withdrawn()])
    assert await status(app) is None


async def test_a_withdrawal_may_come_first_and_without_household_id(app: Registry) -> None:
    await app.send([withdrawn()])
    await app.send([POOR])
    assert await status(app) is None


async def test_a_withdrawn_fact_returns_with_a_higher_revision(app: Registry) -> None:
    await app.send([POOR, withdrawn()])
    await app.send([assessed(revision=3)])
    assert await status(app) == "poor"


async def test_a_withdrawal_says_no_more_than_that(app: Registry) -> None:
    whole = POOR | {"revision": 2, "withdrawn": True, "members": ["\x00"], "b1": 2**70}
    bare = withdrawn(household_id="LS-1")
    answer = await app.send([whole, bare])
    assert outcomes(answer) == ["accepted", "duplicate"]
    (row,) = await fetch(app, "SELECT payload FROM household_events")
    assert row["payload"] == bare


async def test_a_revision_that_changes_the_household_recomputes_both(app: Registry) -> None:
    await app.send([POOR])
    await app.send([assessed(revision=2, household_id="LS-2")])
    assert (await status(app, "LS-1"), await status(app, "LS-2")) == (None, "poor")


async def test_a_lower_revision_of_another_household_changes_nothing(app: Registry) -> None:
    await app.send([assessed(revision=2, household_id="LS-2")])
    await app.send([POOR])
    assert (await status(app, "LS-1"), await status(app, "LS-2")) == (None, "poor")


async def test_b1_and_b2_are_taken_with_and_without_what_is_lacking(app: Registry) -> None:
    lacking = ["water", "toilet", "D04"]
    await app.send([scored(), scored(external_id="b", household_id="LS-2", deprived=lacking)])
    assert (await status(app, "LS-1"), await status(app, "LS-2")) == ("poor", "poor")


async def test_the_coming_standard_is_taken_from_its_first_day(app: Registry) -> None:
    review = {"assessed_on": "2026-10-12", "deprived": ["water", "waste", "toilet"]}
    await app.send([assessed(**review, effective_from="2027-01-01", standard="VN-2027-2030")])
    assert await status(app, as_of="2026-12-31") is None
    assert await status(app, as_of="2027-01-01") == "poor"


# --- persons --------------------------------------------------------------------------------------


async def test_members_are_kept_apart_from_the_event(app: Registry) -> None:
    await app.send([registered()])
    (event,) = await fetch(app, "SELECT payload, event_id FROM household_events")
    assert "members" not in event["payload"]
    assert "Mai" not in orjson.dumps(event["payload"]).decode()
    (row,) = await fetch(app, "SELECT * FROM person_parts")
    assert row["event_id"] == event["event_id"]
    assert row["household_id"] == "LS-1"
    assert "Mai" not in str(dict(row))
    async with app.context.database.snapshot() as snapshot:
        opened = await persons.of_events(snapshot, app.context.keys.ring, [row["event_id"]])
    assert opened[row["event_id"]][0].member == registered()["members"][0]
    messages = await fetch(app, "SELECT payload FROM outbox")
    assert not any("Mai" in message["payload"] for message in messages)


async def test_persons_of_all_ages_and_centuries_are_taken(app: Registry) -> None:
    days = ["1880-01-01", "1924-02-29", "2010-12-31", "2026-11-21"]
    people = [{"member_id": str(n), "birth_date": day} for n, day in enumerate(days)]
    household = registered(members=people, effective_from=days[-1])
    assert (await app.send([household]))["accepted"] == 1


async def test_changed_members_are_another_content(app: Registry) -> None:
    await app.send([registered()])
    answer = await app.post("/v1/household-events", {"events": [registered(members=[])]})
    assert (answer.status_code, answer.json()["code"]) == (409, "event_conflict")


# --- area facts -----------------------------------------------------------------------------------


async def test_facts_of_every_level_are_stored_and_processed_at_once(app: Registry) -> None:
    codes = ["06091", "181", "20", "VN"]
    answer = await app.send(
        [fact(area_code=code, external_id=f"f/{code}") for code in codes], "area-facts"
    )
    assert answer["accepted"] == 4
    for receipt in answer["receipts"]:
        found = await app.get(f"/v1/receipts/{receipt['event_id']}")
        assert (found["state"], found["door"]) == ("processed", "area-facts")


async def test_a_fact_with_its_type_said_is_the_same_fact(app: Registry) -> None:
    answer = await app.send([fact(), fact(type="fact")], "area-facts")
    assert outcomes(answer) == ["accepted", "duplicate"]


async def test_facts_are_revised_and_withdrawn_in_any_order(app: Registry) -> None:
    gone = {"source": "langson", "external_id": "bad/fact", "revision": 3, "withdrawn": True}
    later = fact(revision=2, households_total=850)
    for sent in (gone, later, fact(), gone):
        await app.send([sent], "area-facts")
    rows = await fetch(app, "SELECT revision, withdrawn, area_id FROM area_facts ORDER BY revision")
    assert [(r["revision"], r["withdrawn"]) for r in rows] == [(1, False), (2, False), (3, True)]
    assert rows[2]["area_id"] is None


# --- articles -------------------------------------------------------------------------------------


async def texts(app: Registry) -> list[tuple[int, str | None]]:
    rows = await fetch(app, "SELECT revision, text FROM articles ORDER BY external_id, revision")
    return [(row["revision"], row["text"]) for row in rows]


async def test_changed_text_becomes_the_next_revision(app: Registry) -> None:
    answers = [await app.send([article(text=text)], "articles") for text in ("A", "A", "B", "A")]
    receipts = [answer["receipts"][0] for answer in answers]
    assert [(r["revision"], r["outcome"]) for r in receipts] == [
        (1, "accepted"),
        (1, "duplicate"),
        (2, "accepted"),
        (3, "accepted"),
    ]
    assert len({r["article_id"] for r in receipts}) == 1
    assert len({r["event_id"] for r in receipts}) == 3
    assert await texts(app) == [(1, "A"), (2, "B"), (3, "A")]


async def test_changed_texts_in_one_request_are_revisions_too(app: Registry) -> None:
    sent = [article(text=text) for text in ("A", "B", "B")]
    answer = await app.send(sent, "articles")
    assert [(r["revision"], r["outcome"]) for r in answer["receipts"]] == [
        (1, "accepted"),
        (2, "accepted"),
        (2, "duplicate"),
    ]
    assert await texts(app) == [(1, "A"), (2, "B")]


async def test_an_article_with_its_revision_said_is_the_same_article(app: Registry) -> None:
    sent = [article(), article(revision=1), article(type="article")]
    answer = await app.send(sent, "articles")
    assert outcomes(answer) == ["accepted", "duplicate", "duplicate"]


async def test_text_is_kept_as_sent(app: Registry) -> None:
    text = normalize("NFD", "  Hộ nghèo:\r\n\t14,78%\n\n ")
    await app.send([article(text=text)], "articles")
    assert await texts(app) == [(1, text)]


async def test_html_is_kept_as_its_readable_text(app: Registry) -> None:
    page = (
        "<html><head><title>Báo</title><style>p {}</style></head><body><h1>Bình Gia</h1>"
        "<!-- nháp > --><p title='a > b'>2.100&nbsp;h&#7897; ngh&egrave;o,<br>14,78&#37; &lt; 15%"
        "</p><script>if (a < b) {}</script><noscript>bật JS</noscript>a < b</body></html>"
    )
    await app.send([article(text=ABSENT, html=page)], "articles")
    assert await texts(app) == [(1, "Bình Gia\n2.100 hộ nghèo,\n14,78% < 15%\na < b")]


async def test_a_withdrawn_article_is_the_next_revision(app: Registry) -> None:
    gone = {"source": "press", "external_id": "bad/article", "withdrawn": True}
    for sent in (article(), gone, gone):
        answer = await app.send([sent], "articles")
    assert outcomes(answer) == ["duplicate"]
    assert await texts(app) == [(1, article()["text"]), (2, None)]


@pytest.mark.parametrize(
    "markup",
    ["<a ", "</a", "<", "<!--", "<![CDATA[", '<a b="', "<svg>", "<title>", "&#", "<a =", "&#1"],
)
async def test_hostile_markup_is_read_in_time_linear_in_its_length(
    app: Registry, markup: str
) -> None:
    page = "Hộ nghèo " + markup * (1_000_000 // len(markup))
    async with asyncio.timeout(STANDSTILL_SECONDS):
        answer = await app.send([article(text=ABSENT, html=page)], "articles")
    assert answer["accepted"] == 1


# --- many -----------------------------------------------------------------------------------------


def households(count: int, prefix: str = "M") -> list[dict[str, Any]]:
    return [
        assessed(external_id=f"{prefix}/{n}", household_id=f"{prefix}-{n}") for n in range(count)
    ]


async def test_a_thousand_items_are_one_request(app: Registry) -> None:
    answer = await app.send(households(1000))
    assert (answer["accepted"], answer["duplicates"]) == (1000, 0)
    assert [r["external_id"] for r in answer["receipts"]] == [f"M/{n}" for n in range(1000)]
    assert (await stored(app))["recordings"] == 1


async def test_a_body_just_under_the_limit_is_taken(app: Registry) -> None:
    sent = orjson.dumps({"articles": [article(text="x" * 5_000_000)]})
    padded = sent + b" " * (8 * 2**20 - len(sent))
    headers = {"content-type": "application/json"}
    answer = await app.client.post("/v1/articles", content=padded, headers=headers)
    assert answer.status_code == 202


async def test_concurrent_requests_are_each_all_or_nothing(app: Registry) -> None:
    await app.send([assessed(external_id="taken")])
    requests = [households(10, f"R{n}") for n in range(32)]
    requests[17][5] = assessed(external_id="taken", income_vnd=1)
    answers = await asyncio.gather(
        *(app.post("/v1/household-events", {"events": sent}) for sent in requests)
    )
    assert [a.status_code for a in answers] == [409 if n == 17 else 202 for n in range(32)]
    assert (await stored(app))["household_events"] == 1 + 31 * 10
    rows = await fetch(app, "SELECT 1 FROM household_events WHERE external_id LIKE 'R17/%'")
    assert rows == []


async def test_concurrent_identical_requests_are_accepted_once(app: Registry) -> None:
    answers = await post_at_once(app, [app.client] * 32)
    assert sum(answer["accepted"] for answer in answers) == 20
    assert sum(answer["duplicates"] for answer in answers) == 31 * 20
    assert (await stored(app))["household_events"] == 20


async def test_two_processes_accept_the_same_facts_once(app: Registry, dsn: str) -> None:
    async with registry(dsn) as other:
        for _ in range(5):
            answers = await post_at_once(app, [app.client, other.client] * 4)
            assert sum(a["accepted"] + a["duplicates"] for a in answers) == 8 * 20
    assert (await stored(app))["household_events"] == 20
    assert (await stored(app))["recordings"] == 1


async def post_at_once(app: Registry, clients: list[httpx.AsyncClient]) -> list[dict[str, Any]]:
    body = {"events": households(20)}
    answers = await asyncio.gather(
        *(client.post("/v1/household-events", json=body) for client in clients)
    )
    assert {answer.status_code for answer in answers} == {202}
    return [answer.json() for answer in answers]


async def test_concurrent_conflicting_requests_leave_one_of_them(app: Registry) -> None:
    bodies = [{"events": [assessed(income_vnd=n)]} for n in range(16)]
    answers = await asyncio.gather(*(app.post("/v1/household-events", body) for body in bodies))
    assert sorted(a.status_code for a in answers) == [202] + [409] * 15
    assert (await stored(app))["household_events"] == 1


async def test_two_texts_at_once_become_two_revisions(app: Registry) -> None:
    bodies = [{"articles": [article(text=text)]} for text in ("A", "B")]
    answers = await asyncio.gather(*(app.post("/v1/articles", body) for body in bodies))
    assert {a.status_code for a in answers} == {202}
    assert {a.json()["receipts"][0]["revision"] for a in answers} == {1, 2}


async def test_the_line_of_income_is_that_of_the_units_kind(app: Registry) -> None:
    ward = {"area_code": "00004", "area_type": "rural"}
    for strange in (ward, {"area_code": "06091", "area_type": "urban"}):
        answer = await app.client.post(
            "/v1/household-events", json={"events": [assessed(**strange)]}
        )
        errors = answer.json()["errors"]
        assert [e["code"] for e in errors] == ["area_type_differs"]
        assert errors[0]["pointer"] == "/events/0/area_type"
    reasoned = assessed(**ward, area_type_reason="xóm ngoài đê, sống bằng nghề nông")
    answer = await app.client.post("/v1/household-events", json={"events": [reasoned]})
    assert answer.status_code == 202
    await app.drain()
    (found,) = (await app.get("/v1/findings?kind=area_type_differs"))["items"]
    assert (found["stated"], found["expected"]) == ("rural", "urban")
    assert "phường" in found["explanation"]["vi"]


def person(**details: Any) -> Fact:
    return registered(members=[{"member_id": "1", **details}])


PERSONS = {
    "twice": (registered(members=[{"member_id": "1"}, {"member_id": "1"}]), "member_repeated"),
    "born later": (person(birth_date="2023-06-01"), "born_after_registration"),
    "eleven digits": (
        person(identifiers=[{"type": "cccd", "value": "20090000001"}]),
        "invalid_personal_number",
    ),
    "no province": (
        person(identifiers=[{"type": "CCCD", "value": "099090000001"}]),
        "invalid_personal_number",
    ),
    "another year of birth": (
        person(birth_date="1958-02-28", identifiers=[{"type": "cccd", "value": "020159000001"}]),
        "invalid_personal_number",
    ),
}


@pytest.mark.parametrize(("event", "code"), PERSONS.values(), ids=PERSONS)
async def test_persons_that_cannot_be_are_refused(app: Registry, event: Fact, code: str) -> None:
    answer = await app.client.post("/v1/household-events", json={"events": [event]})
    assert [e["code"] for e in answer.json()["errors"]] == [code]


async def test_old_cards_and_other_papers_are_taken(app: Registry) -> None:
    numbers = [
        {"type": "cmnd", "value": "081234567"},
        {"type": "cccd", "value": "020058000001"},
        {"type": "BHYT", "value": "GD4979712345678"},
    ]
    for n, number in enumerate(numbers):
        event = person(identifiers=[number]) | {"external_id": f"n/{n}", "household_id": f"N-{n}"}
        answer = await app.client.post("/v1/household-events", json={"events": [event]})
        assert answer.status_code == 202, answer.text


# --- what is recorded and not yet processed -------------------------------------------------------

PARTS = ("", "/explanation", "/timeline")


async def test_answers_about_a_household_say_that_its_facts_wait(app: Registry) -> None:
    await app.post("/v1/household-events", {"events": [POOR]})
    recorded = (await app.get("/v1/households/LS-1/events"))["items"][0]["recorded_at"]
    for part in PARTS:
        waiting = await app.get(f"/v1/households/LS-1{part}")
        assert (waiting["pending"], waiting["pending_since"]) == (True, recorded)
        (reason,) = waiting["reasons"]
        assert reason["code"] == "not_yet_processed"
        assert reason["parameters"] == {"since": recorded}
        assert "no part in this answer yet" in reason["text_en"]
        assert "chưa được xử lý" in reason["text_vi"]
    await app.drain()
    for part in PARTS:
        done = await app.get(f"/v1/households/LS-1{part}")
        assert "pending" not in done
        assert "not_yet_processed" not in str(done)


async def test_a_status_stays_shown_beside_the_correction_that_waits(app: Registry) -> None:
    await app.send([POOR])
    await app.post("/v1/household-events", {"events": [withdrawn(revision=2)]})
    waiting = await app.get("/v1/households/LS-1", as_of=DAY)
    codes = [reason["code"] for reason in waiting["reasons"]]
    assert (waiting["status"], codes[-1]) == ("poor", "not_yet_processed")
    past = await app.get("/v1/households/LS-1", as_of=DAY, known_at=waiting["settled_at"])
    assert "pending" not in past


async def test_a_fact_that_changed_its_household_waits_in_both(app: Registry) -> None:
    await app.send([POOR])
    await app.post("/v1/household-events", {"events": [assessed(household_id="LS-2", revision=2)]})
    for household in ("LS-1", "LS-2"):
        assert (await app.get(f"/v1/households/{household}"))["pending"]


async def test_a_door_that_waits_answers_when_the_effects_are_visible(app: Registry) -> None:
    posting = asyncio.create_task(
        app.post("/v1/household-events", {"events": [POOR]}, headers={"prefer": "wait=60"})
    )
    async with asyncio.timeout(STANDSTILL_SECONDS):
        while not posting.done():
            await app.drain()
            await asyncio.sleep(0)
    answer = posting.result()
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "wait=10")
    assert await status(app) == "poor"
    again = await app.post(
        "/v1/household-events",
        {"events": [POOR]},
        headers={"prefer": "respond-async, return=minimal, wait=1"},
    )
    assert again.headers["preference-applied"] == "wait=1, return=minimal"
    assert again.json() == {"accepted": 0, "duplicates": 1, "receipts": []}


async def test_a_door_answers_without_the_preference_when_waiting_was_in_vain(
    app: Registry,
) -> None:
    answer = await app.post(
        "/v1/household-events", {"events": [POOR]}, headers={"prefer": "wait=1"}
    )
    assert answer.status_code == 202
    assert "preference-applied" not in answer.headers
