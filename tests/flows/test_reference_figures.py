"""An official figure contradicts an article until it is corrected; the finding comes and goes."""

from __future__ import annotations

from typing import Any

from tests.harness import Registry

SAYS = "Cuối năm 2022, huyện Bắc Sơn còn 1.530 hộ nghèo."


def official(value: int, revision: int, **changes: Any) -> dict[str, Any]:
    return {
        "source": "langson",
        "external_id": "2022/185/poor",
        "revision": revision,
        "area_code": "185",
        "measure": "poor_households",
        "value": value,
        "on": "2022-12-31",
        "decision_no": "12/QĐ-UBND",
        **changes,
    }


async def send(app: Registry, *figures: dict[str, Any]) -> None:
    answer = await app.post("/v1/reference-figures", {"figures": list(figures)})
    assert answer.status_code == 202, answer.text
    await app.drain()


async def differing(app: Registry) -> list[dict[str, Any]]:
    found = await app.get("/v1/findings", kind="differs_from_reference")
    items: list[dict[str, Any]] = found["items"]
    return items


async def posted(app: Registry, text: str = SAYS) -> str:
    article = {"source": "press", "external_id": "one", "language": "vi", "text": text}
    told = await app.send([article], "articles")
    article_id: str = told["receipts"][0]["article_id"]
    return article_id


async def test_a_contradicted_article_has_a_finding_until_the_correction(app: Registry) -> None:
    article_id = await posted(app)
    assert await differing(app) == []
    await send(app, official(1400, 1))
    (found,) = await differing(app)
    assert (found["article_id"], found["stated"], found["expected"]) == (article_id, 1530, 1400)
    then = (await app.get("/v1/findings"))["settled_at"]
    await send(app, official(1530, 2))
    assert await differing(app) == []
    was = await app.get("/v1/findings", kind="differs_from_reference", known_at=then)
    assert len(was["items"]) == 1


async def test_an_article_after_the_figure_is_held_against_it(app: Registry) -> None:
    await send(app, official(1400, 1))
    await posted(app)
    assert len(await differing(app)) == 1
    gone = {"source": "langson", "external_id": "2022/185/poor", "revision": 2, "withdrawn": True}
    await send(app, gone)
    assert await differing(app) == []


async def test_a_preliminary_figure_contradicts_nobody(app: Registry) -> None:
    await posted(app)
    await send(app, official(1400, 1, preliminary=True))
    assert await differing(app) == []


async def test_a_round_figure_is_as_exact_as_any_other(app: Registry) -> None:
    await posted(app, SAYS.replace("1.530", "12.530"))
    await send(app, official(10_000, 1))
    assert len(await differing(app)) == 1
