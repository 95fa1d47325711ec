"""The documents, the docs page, health, metrics, and what every error looks like."""

from __future__ import annotations

import re
from typing import Any

import asyncpg
import pytest

from shared.http.operations import operations
from shared.http.problem_pages import codes
from shared.http.problems import address
from shared.kernel.database import DatabaseUnavailable
from shared.messages import MESSAGE_TYPES
from tests.harness import Registry
from tests.http.validation import faults

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _operations(world: Registry) -> list[tuple[str, str, dict[str, Any]]]:
    document = await world.get("/openapi.json")
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _has_example(content: dict[str, Any]) -> bool:
    return any("example" in media or "examples" in media for media in content.values())


async def test_every_operation_has_examples_and_a_sentence(world: Registry) -> None:
    documented = await _operations(world)
    assert len(documented) >= 20
    for path, method, operation in documented:
        where = f"{method} {path}"
        assert operation.get("summary") and operation.get("description"), where
        good = [r for status, r in operation["responses"].items() if status.startswith("2")]
        assert good and all(r.get("content") and _has_example(r["content"]) for r in good), where
        if method == "post":
            assert _has_example(operation["requestBody"]["content"]), where


async def test_every_recorded_example_is_what_the_schema_says(world: Registry) -> None:
    document, seen = await world.get("/openapi.json"), 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            contents = [r["content"] for s, r in operation["responses"].items() if s < "3"]
            contents += [operation["requestBody"]["content"]] if "requestBody" in operation else []
            for media, content in ((m, c) for each in contents for m, c in each.items()):
                if "example" in content and "schema" in content:
                    bad = faults(document, content["schema"], content["example"])
                    assert not bad, (method, path, media, bad)
                    seen += 1
    assert seen >= 20


async def test_every_parameter_of_the_read_api_is_documented(world: Registry) -> None:
    for path, method, operation in await _operations(world):
        if method != "get" or "{" not in path:
            continue
        named = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path)), path


async def test_references_of_the_openapi_document_exist(world: Registry) -> None:
    response = await world.client.get("/openapi.json")
    schemas = response.json()["components"]["schemas"]
    for name in re.findall(r'"#/components/schemas/([^"]+)"', response.text):
        assert name in schemas


async def test_the_docs_page_asks_nobody_else(world: Registry) -> None:
    page = await world.client.get("/docs")
    assert page.status_code == 200
    assert not re.findall(r"https?://", page.text)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "connect-src 'self'" in policy
    for path in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        asset = await world.client.get(path)
        assert asset.status_code == 200 and asset.content
    assert (await world.client.get("/docs/assets/..%2fapp.py")).status_code == 404


async def test_the_asyncapi_document_names_every_message(world: Registry) -> None:
    document = await world.get("/asyncapi.json")
    assert document["asyncapi"] == "3.0.0"
    assert set(document["channels"]) == {t.name for t in MESSAGE_TYPES if t.audience == "world"}


async def test_health_and_metrics_show_templates_not_ids(world: Registry) -> None:
    assert (await world.get("/health/live"))["status"] == "live"
    assert (await world.client.get("/health/ready")).status_code == 200
    await world.client.get("/v1/households/SECRET-1")
    text = (await world.client.get("/metrics")).text
    assert 'route="/v1/households/{household_id}"' in text
    assert "SECRET-1" not in text
    assert "registry_outbox_rows" in text


async def test_a_failing_check_is_named(world: Registry) -> None:
    world.process.demo_loaded.clear()
    response = await world.client.get("/health/ready")
    world.process.demo_loaded.set()
    assert (response.status_code, response.json()["failing"]) == (503, ["demo"])


async def test_options_are_what_the_path_takes(world: Registry) -> None:
    methods: dict[str, set[str]] = {}
    for operation in operations(world.app):
        methods.setdefault(operation.path, set()).add(operation.method)
    # A household may have this id.
    methods["/v1/households/lookup"] |= methods["/v1/households/{household_id}"]
    methods["/v1/exports/stream"] |= {"DELETE"}  # The id of an export is looked at by its route.
    assert any(len(each) > 1 for each in methods.values()), "no path has two methods"
    for path, taken in methods.items():
        url = re.sub(r"\{\w+\}", "x", path)
        options = await world.client.options(url)
        assert (options.status_code, options.content) == (204, b""), path
        always = {"OPTIONS", "HEAD"} if "GET" in taken else {"OPTIONS"}
        assert set(options.headers["allow"].split(", ")) == taken | always, path
        refused = await world.client.patch(url)
        assert refused.headers["allow"] == options.headers["allow"], path
    assert (await world.client.options("/nothing")).status_code == 404


async def test_every_error_is_a_problem(world: Registry) -> None:
    for method, path, status, code in (
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/v1/households/", 404, "not_found"),
        ("DELETE", "/v1/households/x", 405, "method_not_allowed"),
        ("GET", "/v1/households/x?foo=1", 422, "unknown_parameter"),
        ("GET", "/v1/households/x?as_of=2024-01-01&as_of=2024-01-01", 422, "parameter_repeated"),
        ("GET", "/v1/households/x?as_of=20240101", 422, "invalid_date"),
        ("GET", "/v1/households/x?as_of=2010-12-31", 422, "out_of_range"),
        ("GET", "/v1/households/x?known_at=2024-01-01T00:00:00", 422, "invalid_instant"),
        ("GET", "/v1/households?limit=1001", 422, "out_of_range"),
        ("GET", "/v1/households?cursor=%25%25", 422, "invalid_cursor"),
        ("GET", "/v1/households?cursor=WyJcdTAwMDAiXQ", 422, "invalid_cursor"),
        ("GET", "/v1/areas/20?known_at=2024-01-01T00:00:00Z", 422, "unknown_parameter"),
        ("GET", "/v1/areas?q=%00", 422, "invalid_value"),
        ("GET", "/v1/areas/%00", 404, "unknown_area"),
    ):
        response = await world.client.request(method, path)
        body = response.json()
        assert (response.status_code, body["code"]) == (status, code), path
        assert response.headers["content-type"] == "application/problem+json"
        assert body["status"] == status
        assert body["type"] == f"/problems/{code}"
        assert {"title", "detail"} < set(body)
        assert response.headers["x-request-id"]
        assert response.headers["x-content-type-options"] == "nosniff"
    refused = await world.client.delete("/v1/households/x")
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_the_type_of_every_problem_is_the_address_of_its_page(world: Registry) -> None:
    index = (await world.client.get("/problems")).text
    for code in codes():
        page = await world.client.get(address(code))
        assert page.headers["content-type"] == "text/html; charset=utf-8", code
        assert f"<code>{code}</code>" in page.text and f'href="{address(code)}"' in index
        assert page.text.count("<p>") >= 2 and page.text.count('<p lang="vi">') >= 2, code
        assert f"&quot;type&quot;: &quot;{address(code)}&quot;" in page.text, code
        again = await world.client.get(address(code), headers={"if-none-match": "*"})
        assert (again.status_code, again.content) == (304, b"")
    assert (await world.client.get("/problems/unheard_of")).status_code == 404
    assert (await world.client.get("/reading.css")).status_code == 200


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RuntimeError("Nguyễn Văn A"), 500, "internal_error"),
        (DatabaseUnavailable("host"), 503, "database_unavailable"),
        (asyncpg.ConnectionDoesNotExistError("x"), 503, "database_unavailable"),
    ],
)
async def test_an_error_inside_tells_nothing_outside(
    world: Registry, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("shared.households.store.reads.status", fail)
    response = await world.client.get("/v1/households/x")
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert "Nguyễn" not in response.text
    assert ("retry-after" in response.headers) is (status == 503)
