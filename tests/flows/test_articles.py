"""Articles from the door to figures and findings: revisions, withdrawals, pages, hostile texts."""

from __future__ import annotations

from typing import Any

from tests.facts import assessed
from tests.flows.test_findings import findings
from tests.harness import Registry

SAYS = (
    "Theo báo cáo, cuối năm 2023 huyện Bình Gia có 2.100 hộ nghèo, chiếm 14,78% tổng số hộ. "
    "Số hộ cận nghèo là 3.784 hộ, chiếm 26,63%."
)


async def post(app: Registry, text: str, **changes: Any) -> str:
    article = {"source": "press", "external_id": "one", "language": "vi", "text": text, **changes}
    told = await app.send([article], "articles")
    article_id: str = told["receipts"][0]["article_id"]
    return article_id


async def figures(app: Registry, article_id: str, **asked: Any) -> list[dict[str, Any]]:
    found = await app.get(f"/v1/articles/{article_id}/figures", **asked)
    items: list[dict[str, Any]] = found["items"]
    return items


async def test_every_figure_names_its_words(app: Registry) -> None:
    article_id = await post(app, SAYS)
    text = (await app.get(f"/v1/articles/{article_id}"))["text"]
    found = await figures(app, article_id)
    assert [(f["measure"], f["value"], f["unit"]) for f in found] == [
        ("poor_households", 2100, "households"),
        ("poverty_rate", 14.78, "percent"),
        ("near_poor_households", 3784, "households"),
        ("near_poverty_rate", 26.63, "percent"),
    ]
    for figure in found:
        assert figure["quote"] in text
        assert text[figure["start"] : figure["end"]] in figure["quote"]
        assert figure["place"]["area_code"] == "181"
        assert figure["period"] == {"start": "2023-12-31", "end": "2023-12-31"}


async def test_a_new_text_replaces_the_figures_and_the_old_ones_stay_known(app: Registry) -> None:
    article_id = await post(app, SAYS)
    before = await app.get(f"/v1/articles/{article_id}/figures")
    await post(app, SAYS.replace("2.100", "2.200"))
    assert (await figures(app, article_id))[0]["value"] == 2200
    then = await figures(app, article_id, known_at=before["settled_at"])
    assert then == before["items"]
    await post(app, SAYS.replace("2.100", "2.200"))
    assert (await app.get(f"/v1/articles/{article_id}"))["revision"] == 2


async def test_a_withdrawn_article_leaves_no_figure_and_no_finding(app: Registry) -> None:
    wrong = SAYS.replace("14,78%", "41,78%")
    article_id = await post(app, wrong)
    assert [f for f in await findings(app) if f["article_id"] == article_id]
    gone = {"source": "press", "external_id": "one", "withdrawn": True}
    await app.send([gone], "articles")
    assert (await app.get("/v1/figures"))["items"] == []
    assert await findings(app) == []
    answer = await app.client.get(f"/v1/articles/{article_id}/figures")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_article")


async def test_figures_are_a_time_series_by_measure_area_and_kind(app: Registry) -> None:
    await post(app, SAYS)
    await post(app, SAYS.replace("2023", "2022").replace("2.100", "2.686"), external_id="two")
    found = await app.get("/v1/figures", measure="poor_households", area="181", kind="actual")
    assert [(f["period"]["end"], f["value"]) for f in found["items"]] == [
        ("2022-12-31", 2686),
        ("2023-12-31", 2100),
    ]
    page = await app.get("/v1/figures", measure="poor_households", limit=1)
    rest = await app.get("/v1/figures", measure="poor_households", cursor=page["next_cursor"])
    assert [*page["items"], *rest["items"]] == found["items"]
    later = await app.get("/v1/figures", from_date="2023-01-01", to_date="2023-12-31")
    assert {f["period"]["end"] for f in later["items"]} == {"2023-12-31"}
    assert (await app.get("/v1/figures", area="66"))["items"] == []


async def test_the_page_marks_figures_and_escapes_everything(app: Registry) -> None:
    hostile = '<script>alert("x")</script> '
    article_id = await post(app, hostile + SAYS, title='"><img src=x onerror=alert(1)>')
    answer = await app.client.get(f"/v1/articles/{article_id}/view")
    assert answer.status_code == 200
    page = answer.text
    assert "<script" not in page and "<img" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<mark") == len(await figures(app, article_id))
    assert ">2.100</mark>" in page
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "title=" not in page


async def test_the_page_speaks_one_language_and_leads_on(app: Registry) -> None:
    article_id = await post(app, SAYS)
    path = f"/v1/articles/{article_id}/view"
    vi, en = [(await app.client.get(path, params={"lang": each})).text for each in ("vi", "en")]
    assert (await app.client.get(path)).text == vi
    assert '<html lang="vi">' in vi and '<html lang="en">' in en
    assert "Số hộ nghèo" in vi and "2.100 hộ" in vi and "Poor households" not in vi
    assert "Poor households" in en and "2,100 households" in en and "Số hộ nghèo" not in en
    assert f'href="{path}?lang=en"' in vi and f'href="{path}?lang=vi"' in en
    for link in ('href="/"', 'href="/articles"'):
        assert link in vi and link in en
    for figure in await figures(app, article_id):
        assert f'href="#r-{figure["figure_id"]}"' in vi
        assert f'<li id="r-{figure["figure_id"]}">' in vi


async def test_what_the_register_counts_is_compared_and_looked_at_again(app: Registry) -> None:
    """Thiện Thuật has one commune on that day: itself. One household says what the article says."""
    says = "Cuối năm 2023, xã Thiện Thuật có 2 hộ nghèo."
    await post(app, says)
    await app.send([assessed("H-1", "2023-12-01")])
    [found] = await findings(app)
    assert (found["kind"], found["stated"], found["expected"]) == ("differs_from_registry", 2, 1)
    await app.send([assessed("H-2", "2023-12-01")])
    assert await findings(app) == []


async def test_hostile_texts_cost_nobody_else_anything(app: Registry) -> None:
    hostile = [
        "9" * 1_000_000,
        "‮​" * 50_000 + "5%",
        "(" * 100_000 + "1,2.3,4" * 20_000,
        "từ " * 100_000 + "%",
    ]
    items = [
        {"source": "press", "external_id": f"h/{n}", "text": text}
        for n, text in enumerate([*hostile, SAYS])
    ]
    await app.send(items, "articles")
    found = await app.get("/v1/figures", measure="poor_households")
    assert [f["value"] for f in found["items"]] == [2100]
