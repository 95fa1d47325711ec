"""Money and findings are told: in order of each fund, to who may see them, once looked at again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from shared.access.caller import ARTICLES_READ, FUNDS_READ, HOUSEHOLDS_READ, STATISTICS_READ
from shared.http.auth import OFF, Tokens
from shared.kernel import knowledge
from shared.press.store import findings
from shared.press.store.findings import NewFinding
from tests.access.letting_in import bearer, change, let_in, token_of
from tests.facts import RICH, article, assessed, corrected
from tests.flows.test_day_begins import begin
from tests.ingest.money import gone, house_fund, housed, kept, payment
from tests.waiting import until
from tests.webhooks.conftest import PATH, Hooked
from tests.webhooks.receiver import Received, Receiver, receiver, verified

MONEY = ["fund.recorded", "allocation-run.completed", "disbursement.recorded"]
FINDINGS = ["finding.raised"]
LINE = {"run_id": "H1", "line": "LS-1", "external_id": "pay/H1"}


def told(mine: Receiver) -> list[tuple[Any, ...]]:
    """What came, but for the findings that the register makes of itself."""
    said = [(one.body["type"], one.body["data"]) for one in mine.taken]
    return [
        (kind, data.get("run_id") or data.get("fund_id") or data["subject"], data.get("withdrawn"))
        for kind, data in said
        if data.get("subject", "fund:T").endswith(":T")
    ]


async def raised(hooked: Hooked, subject: str, area: str, *, withdrawn: bool = False) -> None:
    found = NewFinding(subject, "uses_exceed_fund", {"stated": 61}, await area_id(hooked, area))
    async with hooked.app.context.database.transaction() as tx:
        at = await knowledge.tick(tx)
        if withdrawn:
            await findings.withdraw(tx, list((await findings.standing(tx, [subject])).values()), at)
        else:
            await findings.raise_(tx, [found], at)


async def area_id(hooked: Hooked, code: str) -> int:
    tree = await hooked.app.context.areas.current()
    return tree.versions(code)[0].area_id


async def test_money_and_findings_come_signed_and_in_order_whatever_fails(hooked: Hooked) -> None:
    refusing = True

    async def stumbling(_: Received) -> web.Response:
        return web.Response(status=500 if refusing else 204)

    async with receiver(stumbling) as mine:
        made = await hooked.subscribe(mine, types=[*MONEY, *FINDINGS])
        lines = await housed(hooked.app)
        paid = payment(**LINE, amount_vnd=lines["LS-1"])
        await kept(hooked.app, "disbursements", paid)
        await kept(hooked.app, "disbursements", gone(paid, 2))
        await raised(hooked, "fund:T", "181")
        await raised(hooked, "fund:T", "181", withdrawn=True)
        await until(lambda: bool(mine.came))
        refusing = False
        hooked.app.clock.advance(timedelta(minutes=1))
        await until(lambda: len(told(mine)) == 6)
        assert [each for each in told(mine) if each[0] != "finding.raised"] == [
            ("fund.recorded", "BG-P5", False),
            ("allocation-run.completed", "H1", None),
            ("disbursement.recorded", "H1", False),
            ("disbursement.recorded", "H1", True),
        ]
        assert [each for each in told(mine) if each[0] == "finding.raised"] == [
            ("finding.raised", "fund:T", False),
            ("finding.raised", "fund:T", True),
        ]
        assert all(verified(one, made["secret"]) for one in mine.came)
        payments = [o.body["data"] for o in mine.taken if o.body["type"] == MONEY[2]]
        assert {(p["household_id"], p["amount_vnd"], p["fund_id"]) for p in payments} == {
            ("LS-1", lines["LS-1"], "BG-P5")
        }
        ids = [one.webhook_id for one in mine.taken]
        assert len(ids) == len(set(ids)) and "seq" not in payments[0]


async def test_only_who_may_is_told_of_money_and_findings(hooked: Hooked) -> None:
    app = hooked.app
    app.tokens = Tokens(())
    clients = {
        "payer": ("181", [FUNDS_READ], MONEY),
        "elsewhere": ("01", [FUNDS_READ, STATISTICS_READ], [*MONEY, *FINDINGS]),
        "counter": ("181", [STATISTICS_READ], FINDINGS),
        "reviewer": ("181", [STATISTICS_READ, HOUSEHOLDS_READ, FUNDS_READ], FINDINGS),
    }
    ids, headers, mine = {}, {}, {}
    async with receiver() as payer, receiver() as out, receiver() as few, receiver() as all_of:
        for receiving, (name, (area, scopes, types)) in zip(
            (payer, out, few, all_of), clients.items(), strict=True
        ):
            ids[name], secret = await let_in(app, name, area, scopes)
            headers[name] = bearer(await token_of(app, ids[name], secret))
            await hooked.subscribe(receiving, types=types, headers=headers[name])
            mine[name] = receiving
        app.tokens = OFF
        lines = await housed(app)
        await kept(app, "disbursements", payment(**LINE, amount_vnd=lines["LS-1"]))
        for subject in ("household:T", "fund:T", "article:T"):
            await raised(hooked, subject, "06091")
        app.tokens = Tokens(())
        await until(lambda: len(told(payer)) == 3 and len(told(all_of)) == 3)
        await until(lambda: bool(told(few)))
        # Of other money, and of what needs another scope, nothing came.
        assert (told(out), told(few)) == ([], [("finding.raised", "article:T", False)])
        # Without the scope the subscription pauses.
        await change(app.context.database, ids["payer"], scopes=frozenset({HOUSEHOLDS_READ}))
        app.tokens = OFF
        await kept(app, "funds", house_fund() | {"revision": 2, "amount_vnd": 60_000_000})
        app.tokens = Tokens(())

        async def paused() -> bool:
            rows = await hooked.rows(
                "SELECT pause_reason FROM subscriptions WHERE client_id = $1",
                ids["payer"].client_id,
            )
            return bool(rows[0][0] == "not_granted")

        await until(paused)
        assert len(told(payer)) == 3
        # A client without the scope of a type may not subscribe to it.
        body = {"callback_url": payer.url, "types": MONEY}
        refused = await app.post(PATH, body, headers=headers["counter"])
        assert (refused.status_code, refused.json()["missing_scope"]) == (403, FUNDS_READ)


def of_type(mine: Receiver, kind: str) -> list[Any]:
    return [one.body["data"] for one in mine.taken if one.body["type"] == kind]


async def test_exit_windows_are_told_and_taken_back_to_who_sees_the_household(
    hooked: Hooked,
) -> None:
    app = hooked.app
    await begin(app, "2026-11-21")
    ids, headers = {}, {}
    app.tokens = Tokens(())
    async with receiver() as near, receiver() as far:
        for receiving, (name, area) in zip(
            (near, far), {"near": "181", "far": "01"}.items(), strict=True
        ):
            ids[name], secret = await let_in(app, name, area, [HOUSEHOLDS_READ])
            headers[name] = bearer(await token_of(app, ids[name], secret))
            made = await hooked.subscribe(
                receiving, types=["exit-window.ending"], headers=headers[name]
            )
        refused = {"callback_url": near.url, "types": ["article.recorded"]}
        answer = await app.post(PATH, refused, headers=headers["near"])
        assert (answer.status_code, answer.json()["missing_scope"]) == (403, ARTICLES_READ)
        app.tokens = OFF
        _, left = sent = [
            assessed("A", "2022-12-14"),
            assessed("A", "2023-12-14", **RICH),
        ]
        await app.send(sent)
        await app.send([corrected(left, effective_from="2023-12-20")])
        await until(lambda: len(of_type(near, "exit-window.ending")) == 3)
        said = [
            (each["household_id"], each["last_day"], each["days_before"], each["withdrawn"])
            for each in of_type(near, "exit-window.ending")
        ]
        assert said == [
            ("A", "2026-12-13", 30, False),
            ("A", "2026-12-13", 30, True),
            ("A", "2026-12-19", 30, False),
        ]
        # Elsewhere nothing is told, though all of it was looked through.
        await app.send(
            [assessed("B", "2022-12-14", area_code="00001"), assessed("C", "2022-12-14")]
        )
        rows = "SELECT count(*) FROM subscriptions WHERE looked_through > created_at"

        async def looked_through() -> bool:
            return bool((await hooked.rows(rows))[0][0] == 2)

        await until(looked_through)
        assert far.came == [] and made["types"] == ["exit-window.ending"]


async def test_articles_and_what_is_read_in_them_are_told_in_their_order(hooked: Hooked) -> None:
    app = hooked.app
    app.tokens = Tokens(())
    async with receiver() as mine:
        # Articles belong to no area: whoever may read them is told, wherever it may see.
        reader, secret = await let_in(app, "reader", "181", [ARTICLES_READ])
        header = bearer(await token_of(app, reader, secret))
        types = ["article.recorded", "figures.extracted"]
        made = await hooked.subscribe(mine, types=types, headers=header)
        app.tokens = OFF
        news = article("Năm 2023 tỷ lệ hộ nghèo của Đắk Lắk giảm còn 10,9%.")
        await kept(app, "articles", news)
        await app.drain()
        await until(lambda: len(mine.taken) == 2)
        await kept(app, "articles", gone(news, 2))
        await app.drain()
        await until(lambda: len(mine.taken) == 4)
        stored, read, taken_back, empty = [one.body["data"] for one in mine.taken]
        assert [one.body["type"] for one in mine.taken] == [*types, *types]
        assert len({each["article_id"] for each in (stored, read, taken_back, empty)}) == 1
        assert (stored["withdrawn"], taken_back["withdrawn"]) == (False, True)
        assert read["figures"] >= 1 and empty["figures"] == 0
        assert all(verified(one, made["secret"]) for one in mine.came)
