"""What is delivered: every change that matches, signed, in order, and nothing that may not be."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from datetime import timedelta

import pytest
from aiohttp import web

from services.processes.measuring import Sampler
from services.worker.webhooks import courier
from services.worker.webhooks import deliverer as deliverer_module
from shared.access.audit import Entry
from shared.access.caller import HOUSEHOLDS_READ, STATISTICS_READ
from shared.http.audit import audit_unavailable
from shared.http.auth import Tokens
from shared.kernel import knowledge
from shared.subscriptions.patience import GIVEN_UP_AFTER
from tests.access.letting_in import bearer, change, let_in, token_of
from tests.facts import assessed
from tests.harness import registry
from tests.waiting import until
from tests.webhooks.conftest import Hooked, deliverer_of
from tests.webhooks.receiver import Received, forever, receiver, verified


async def test_a_change_comes_signed_and_says_what_the_feed_says(hooked: Hooked) -> None:
    await hooked.record("BEFORE")
    async with receiver() as mine:
        made = await hooked.subscribe(mine)
        posted = assessed("A", "2023-12-14")
        await hooked.app.send([posted])
        await hooked.app.send([{**posted, "revision": 2, "withdrawn": True}])
        await until(lambda: len(mine.taken) == 2)
        assert all(verified(one, made["secret"]) for one in mine.came)
        other = "whsec_" + b64encode(bytes(32)).decode()
        assert not any(verified(one, other) for one in mine.came)
        feed = (await hooked.app.get("/v1/transitions"))["items"][1:]
        assert [one.body["data"] for one in mine.taken] == feed
        assert {one.body["type"] for one in mine.taken} == {"household-status.changed"}
        assert mine.taken[0].body["timestamp"] == feed[0]["recorded_at"]
        assert mine.taken[0].headers["content-type"] == "application/json"
        log = await until_settled(hooked, made)
        assert [(one["seq"], one["status"], one["state"]) for one in reversed(log)] == [
            (item["seq"], 204, "delivered") for item in feed
        ]
        assert [one["webhook_id"] for one in reversed(log)] == [o.webhook_id for o in mine.taken]
        assert all(one["milliseconds"] >= 0 and one["attempts"] == 1 for one in log)


async def until_settled(hooked: Hooked, made: dict[str, str]) -> list[dict[str, object]]:
    async def settled() -> bool:
        return all(one["state"] != "waiting" for one in await hooked.log(made))

    await until(settled)
    return await hooked.log(made)


async def test_area_and_filter_choose_what_is_told(hooked: Hooked) -> None:
    async with receiver() as commune, receiver() as near_poor, receiver() as everything:
        await hooked.subscribe(commune, area="06091")
        await hooked.subscribe(near_poor, filter={"list": "near_poor"})
        await hooked.subscribe(everything)
        await hooked.record("A")
        await hooked.record("B", area="06097")
        await hooked.record("C")
        await until(lambda: len(everything.taken) == 3)
        await until(lambda: len(commune.taken) == 2)
        assert sorted(commune.households()) == ["A", "C"]
        assert near_poor.came == []


async def test_a_household_s_changes_come_in_order_whatever_fails_between(hooked: Hooked) -> None:
    """Of six changes of one household the second fails twice; others overtake, its own wait."""
    failures = 0

    async def stumbling(one: Received) -> web.Response:
        nonlocal failures
        if one.household != "B" and mine.taken and failures < 2:
            failures += 1
            return web.Response(status=500)
        return web.Response(status=200, text="thanks")

    async with receiver(stumbling) as mine:
        made = await hooked.subscribe(mine)
        posted = assessed("A", "2023-12-14")
        await hooked.app.send([posted])
        await until(lambda: mine.taken)
        for number in range(2, 7):
            withdrawn = number % 2 == 0
            await hooked.app.send([posted | {"revision": number, "withdrawn": withdrawn}])
        await until(lambda: failures == 1)
        await hooked.record("B")
        await until(lambda: "B" in mine.households())
        assert len(mine.taken) == 2
        for _ in range(2):
            hooked.app.clock.advance(timedelta(minutes=10))
            await asyncio.sleep(0.2)
        feed = (await hooked.app.get("/v1/transitions"))["items"]
        assert len(feed) == 7
        await until(lambda: len(mine.taken) == len(feed))
        told = [one.body["data"]["seq"] for one in mine.taken]
        assert sorted(told) == [item["seq"] for item in feed]
        own = [one.body["data"]["seq"] for one in mine.taken if one.household != "B"]
        assert own == sorted(own)
        log = await until_settled(hooked, made)
        assert max(one["attempts"] for one in log) == 3
        # A retry is the same webhook: its receiver knows it again.
        assert len({one.webhook_id for one in mine.came}) == len(feed)


async def test_a_slow_receiver_delays_no_other(hooked: Hooked) -> None:
    async with receiver(forever) as slow, receiver() as fast:
        await hooked.subscribe(slow)
        await hooked.subscribe(fast)
        await hooked.record(*(f"H{number}" for number in range(60)))
        await until(lambda: len(fast.taken) == 60 and bool(slow.came))
        assert slow.taken == []
        # Of the slow one no more than its share is on its way.
        assert len(slow.came) <= 32


async def test_who_takes_everything_slowly_gives_way_to_others(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliverer_module, "AT_ONCE", 1)
    monkeypatch.setattr(deliverer_module, "TURN_SECONDS", 0.2)
    monkeypatch.setattr(courier, "TOGETHER", 1)

    async def slowly(_: Received) -> web.Response:
        await asyncio.sleep(0.05)
        return web.Response(status=204)

    async with receiver(slowly) as slow, receiver() as fast:
        await hooked.subscribe(slow)
        await hooked.record(*(f"S{number}" for number in range(150)))
        await until(lambda: bool(slow.taken))
        await hooked.subscribe(fast)
        await hooked.record("Q")
        await until(lambda: len(fast.taken) == 1)
        assert len(slow.taken) < 151


async def test_a_receiver_that_is_down_rests_and_is_caught_up(hooked: Hooked) -> None:
    down = True

    async def sometimes(_: Received) -> web.Response:
        return web.Response(status=503 if down else 204)

    async with receiver(sometimes) as mine:
        made = await hooked.subscribe(mine)
        await hooked.record(*(f"H{number}" for number in range(100)))

        async def resting() -> bool:
            row = await hooked.rows("SELECT failures, rest_until FROM subscriptions")
            return row[0][0] >= 5 and row[0][1] is not None

        await until(resting)
        await asyncio.sleep(0.3)
        asked = len(mine.came)
        assert asked < 100, "a receiver that fails is not asked a hundred times"
        hooked.app.clock.advance(timedelta(seconds=20))
        await until(lambda: len(mine.came) > asked)
        await asyncio.sleep(0.3)
        assert len(mine.came) <= asked + 2, "after a rest one delivery tries"
        down = False
        hooked.app.clock.advance(timedelta(minutes=10))
        # All of them, though some would not be tried for another minute by themselves.
        await until(lambda: len(mine.taken) == 100)
        shown = await hooked.app.get(f"/v1/subscriptions/{made['subscription_id']}")
        assert shown["failing_since"] is None


async def test_after_three_days_a_delivery_is_parked_and_replayed(hooked: Hooked) -> None:
    poisoned = True

    async def picky(one: Received) -> web.Response:
        return web.Response(status=500 if poisoned and one.household == "A" else 204)

    async with receiver(picky) as mine:
        made = await hooked.subscribe(mine)
        posted = assessed("A", "2023-12-14")
        await hooked.app.send([posted, assessed("B", "2023-12-14")])
        await until(lambda: mine.households() == ["B"])
        await hooked.app.send([posted | {"revision": 2, "withdrawn": True}])
        hooked.app.clock.advance(GIVEN_UP_AFTER)

        async def parked() -> int:
            return len(await hooked.log(made, state="parked"))

        await until(parked)
        poisoned = False
        # The next change of the household is free to go.
        hooked.app.clock.advance(timedelta(hours=10))
        await until(lambda: len(mine.taken) == 2)
        assert "retracts" in mine.taken[-1].body["data"]
        shown = await hooked.app.get(f"/v1/subscriptions/{made['subscription_id']}")
        assert shown["parked"] == 1
        assert (await hooked.order(made, "replay"))["replayed"] == 1
        await until(lambda: mine.households().count("A") == 1)
        assert (await hooked.app.get(f"/v1/subscriptions/{made['subscription_id']}"))["parked"] == 0


async def test_what_was_delivered_is_replayed_under_its_ids(hooked: Hooked) -> None:
    async with receiver() as mine:
        made = await hooked.subscribe(mine)
        await hooked.record("A", "B", "C")
        await until(lambda: len(mine.taken) == 3)
        await until_settled(hooked, made)
        since = hooked.app.clock.now().isoformat()
        assert (await hooked.order(made, "replay", since=since))["replayed"] == 3
        await until(lambda: len(mine.taken) == 6)
        ids = [one.webhook_id for one in mine.taken]
        assert sorted(ids[:3]) == sorted(ids[3:])


async def test_a_trial_comes_signed_and_is_about_nobody(hooked: Hooked) -> None:
    async with receiver() as mine:
        made = await hooked.subscribe(mine, signature="v1a")
        planned = await hooked.order(made, "test")
        await until(lambda: mine.taken)
        (one,) = mine.taken
        assert (one.webhook_id, one.body["type"]) == (planned["webhook_id"], "subscription.test")
        assert one.body["data"] == {}
        assert verified(one, made["public_keys"][0])
        assert one.headers["webhook-signature"].startswith("v1a,")


async def test_two_secrets_sign_until_the_older_ends(hooked: Hooked) -> None:
    async with receiver() as mine:
        made = await hooked.subscribe(mine)
        rotated = await hooked.order(made, "rotate", overlap_hours=2)
        await hooked.order(made, "test")
        await until(lambda: len(mine.taken) == 1)
        assert verified(mine.taken[0], made["secret"])
        assert verified(mine.taken[0], rotated["secret"])
        hooked.app.clock.advance(timedelta(hours=2))
        await hooked.order(made, "test")
        await until(lambda: len(mine.taken) == 2)
        assert not verified(mine.taken[1], made["secret"])
        assert verified(mine.taken[1], rotated["secret"])


async def test_grants_are_looked_at_when_something_is_delivered(hooked: Hooked) -> None:
    app = hooked.app
    app.tokens = Tokens(())
    client, secret = await let_in(app, "province", "20", [HOUSEHOLDS_READ])
    headers = bearer(await token_of(app, client, secret))
    async with receiver() as mine:
        await hooked.subscribe(mine, headers=headers)
        await record_as_known(hooked, "A")
        await until(lambda: mine.households() == ["A"])
        # A smaller area: what lies outside is passed over for good.
        await change(app.context.database, client, area="06097")
        await record_as_known(hooked, "B")
        await record_as_known(hooked, "C", area="06097")
        await until(lambda: mine.households() == ["A", "C"])
        # Another scope alone: nothing more, and it says why.
        await change(app.context.database, client, scopes=frozenset({STATISTICS_READ}))
        await record_as_known(hooked, "D", area="06097")

        async def reason() -> bool:
            rows = await hooked.rows("SELECT pause_reason FROM subscriptions")
            return bool(rows[0][0] == "not_granted")

        await until(reason)
        assert mine.households() == ["A", "C"]


async def record_as_known(hooked: Hooked, household: str, area: str = "06091") -> None:
    """Record while callers have to show tokens."""
    client, secret = await let_in(hooked.app, f"writer of {household}")
    headers = bearer(await token_of(hooked.app, client, secret))
    body = {"events": [assessed(household, "2023-12-14", area_code=area)]}
    answer = await hooked.app.post("/v1/household-events", body, headers=headers)
    assert answer.status_code == 202, answer.text
    await hooked.app.drain()


async def test_what_waited_is_withheld_when_the_area_has_shrunk(hooked: Hooked) -> None:
    app = hooked.app
    app.tokens = Tokens(())
    client, secret = await let_in(app, "province", "20", [HOUSEHOLDS_READ])
    headers = bearer(await token_of(app, client, secret))
    refusing = True

    async def later(_: Received) -> web.Response:
        return web.Response(status=500 if refusing else 204)

    async with receiver(later) as mine:
        made = await hooked.subscribe(mine, headers=headers)
        await record_as_known(hooked, "A")
        await until(lambda: mine.came)
        await change(app.context.database, client, area="06097")
        refusing = False
        app.clock.advance(timedelta(minutes=1))

        async def withheld() -> bool:
            rows = await hooked.rows("SELECT state FROM deliveries")
            return [state for (state,) in rows] == ["withheld"]

        await until(withheld)
        assert mine.taken == [] and made["state"] == "active"


async def test_a_revoked_client_is_told_nothing(hooked: Hooked) -> None:
    app = hooked.app
    app.tokens = Tokens(())
    client, secret = await let_in(app, "leaving", scopes=[HOUSEHOLDS_READ])
    headers = bearer(await token_of(app, client, secret))
    async with receiver() as mine:
        await hooked.subscribe(mine, headers=headers)
        await change(app.context.database, client, revoked_at=app.clock.now())
        await record_as_known(hooked, "A")

        async def paused() -> bool:
            rows = await hooked.rows("SELECT pause_reason FROM subscriptions")
            return bool(rows[0][0] == "not_granted")

        await until(paused)
        assert mine.came == []


async def test_a_receiver_that_is_gone_is_left_alone_until_it_asks(hooked: Hooked) -> None:
    gone = True

    async def answer(_: Received) -> web.Response:
        return web.Response(status=410 if gone else 204)

    async with receiver(answer) as mine:
        made = await hooked.subscribe(mine)
        await hooked.record("A")
        path = f"/v1/subscriptions/{made['subscription_id']}"

        async def paused() -> bool:
            shown = await hooked.app.get(path)
            return (shown["state"], shown["pause_reason"]) == ("paused", "gone")

        await until(paused)
        hooked.app.clock.advance(timedelta(days=1))
        await hooked.record("B")
        await asyncio.sleep(0.3)
        assert len(mine.came) == 1
        gone = False
        await hooked.order(made, "replay")
        await until(lambda: sorted(mine.households()) == ["A", "B"])


async def test_an_ended_subscription_is_sent_nothing(hooked: Hooked) -> None:
    async with receiver() as mine, receiver() as other:
        made = await hooked.subscribe(mine)
        await hooked.subscribe(other)
        await hooked.app.client.delete(f"/v1/subscriptions/{made['subscription_id']}")
        await hooked.record("A")
        await until(lambda: other.taken)
        assert mine.came == []


async def test_after_a_restore_the_subscriber_hears_of_it_and_misses_nothing(
    hooked: Hooked,
) -> None:
    """A backup: the place of the subscription and the feed go back together; ids stay."""
    async with receiver() as mine:
        await hooked.subscribe(mine)
        await hooked.record("A")
        await until(lambda: mine.households() == ["A"])
        await hooked.rows("SELECT 1")
        # What was delivered after the backup is not known to it.
        await hooked.change("DELETE FROM deliveries")
        await hooked.change("UPDATE subscriptions SET place = 0")
        async with hooked.app.context.database.transaction() as tx:
            await knowledge.begin_epoch(tx)
        await hooked.record("B")
        await until(lambda: len(mine.taken) == 4)
        kinds = [one.body["type"] for one in mine.taken[1:]]
        assert sorted(kinds) == ["feed.restored", *["household-status.changed"] * 2]
        again = [one for one in mine.taken if one.household == "A"]
        assert again[0].webhook_id == again[1].webhook_id


async def test_what_is_told_stands_in_the_audit_chain(dsn: str) -> None:
    async with registry(dsn, webhooks_inside=True, audit="on") as app:
        deliverer = asyncio.create_task(deliverer_of(app).run())
        hooked = Hooked(app, deliverer_of(app))
        async with receiver() as mine:
            await hooked.subscribe(mine)
            await hooked.record("A", "B")
            await until(lambda: len(mine.taken) == 2)
            rows = await hooked.rows(
                "SELECT client, method, subjects FROM audit_rows WHERE route = $1",
                "/v1/subscriptions/{subscription_id}/deliveries",
            )
            assert {(client, method) for client, method, _ in rows} == {("anybody", "POST")}
            assert {name for *_, subjects in rows for name in subjects} == {"A", "B"}
        deliverer.cancel()
        await asyncio.gather(deliverer, return_exceptions=True)


async def test_nothing_is_told_while_the_audit_chain_takes_no_row(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with registry(dsn, webhooks_inside=True, audit="on") as app:
        writer = deliverer_of(app).means.audit
        assert writer is not None
        written, away = writer.write, True

        async def write(entry: Entry) -> None:
            if away:
                raise audit_unavailable()
            await written(entry)

        hooked = Hooked(app, deliverer_of(app))
        async with receiver() as mine:
            await hooked.subscribe(mine)
            await hooked.record("A")
            monkeypatch.setattr(writer, "write", write)
            monkeypatch.setattr(deliverer_module, "FAILED_REST_SECONDS", 0.1)
            deliverer = asyncio.create_task(deliverer_of(app).run())
            await asyncio.sleep(1)
            assert mine.came == []
            away = False
            await until(lambda: mine.households() == ["A"])
        deliverer.cancel()
        await asyncio.gather(deliverer, return_exceptions=True)


async def test_the_metrics_tell_what_was_taken_and_how_long_the_oldest_waits(
    hooked: Hooked,
) -> None:
    (sampler,) = (
        n.component for n in hooked.app.process.components if isinstance(n.component, Sampler)
    )
    metrics = sampler.metrics

    def counted(outcome: str) -> float:
        return metrics.webhooks.labels(outcome)._value.get()

    refusing = True

    async def answer(_: Received) -> web.Response:
        return web.Response(status=500 if refusing else 204)

    async with receiver(answer) as mine:
        await hooked.subscribe(mine)
        await hooked.record("A")
        await until(lambda: counted("failed") == 1)
        hooked.app.clock.advance(timedelta(hours=2))
        await sampler._sample()
        assert metrics.webhooks_oldest_seconds._value.get() >= 7200
        refusing = False
        hooked.app.clock.advance(timedelta(hours=2))
        await until(lambda: counted("delivered") == 1)
        await until_nothing_waits(hooked)
        await sampler._sample()
        assert metrics.webhooks_oldest_seconds._value.get() == 0


async def until_nothing_waits(hooked: Hooked) -> None:
    async def nothing() -> bool:
        return not await hooked.rows("SELECT 1 FROM deliveries WHERE state = 'waiting'")

    await until(nothing)
