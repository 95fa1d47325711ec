"""The TypeScript client and what the guide says in TypeScript and Java: checked, and asked.

Without node, its tools or a JDK these skip, and say so.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from shared.subscriptions import signing
from shared.subscriptions.signing import new_secret
from shared.subscriptions.subscription import Signature
from tests.access.letting_in import let_in
from tests.clients.conftest import CLIENTS, Served
from tests.facts import assessed
from tests.http.documents import whole_document
from tests.http.test_linters import needs_npm, run

pytestmark = pytest.mark.asyncio(loop_scope="module")

TYPESCRIPT = CLIENTS.parent / "typescript"
GUIDE = (CLIENTS.parents[1] / "docs" / "guide" / "start.md").read_text("utf-8")
needs_java = pytest.mark.skipif(
    shutil.which("javac") is None, reason="javac is needed: the guide's Java is not compiled"
)
BODY = '{"type":"subscription.test","data":{}}'
CHECK = """
import java.nio.charset.StandardCharsets;

public class Check {
    public static void main(String[] given) throws Exception {
        for (String body : new String[] {given[4], given[4] + " "}) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            System.out.println(Integrate.verified(given[0], given[1], given[2], given[3], bytes));
        }
    }
}
"""
PROGRAM = """
import { verify, WrongSignature } from "./index.js";
import { Registry, RegistryError } from "./registry.js";
import { ask } from "./guide.js";

const [address, id, secret, signed] = JSON.parse(process.argv[2]);
console.log("ask", await ask(address, id, secret));
for (const each of signed) {
  const header = (name) => each.headers[name];
  const told = await verify(header, each.body, ["whsec_AAAA", each.secret]);
  const spoilt = await verify(header, each.body + " ", [each.secret]).catch((wrong) => wrong);
  const old = await verify(header, each.body, [each.secret], new Date(0)).catch((wrong) => wrong);
  console.log(told.type, spoilt instanceof WrongSignature, old instanceof WrongSignature);
}
let asked = 0;
const busy = async () => {
  asked += 1;
  const headers = { "retry-after": "0" };
  return asked < 3 ? new Response("{}", { status: 503, headers }) : Response.json({ code: "VN" });
};
console.log((await new Registry(address, { fetch: busy }).get("/v1/areas/{code}", {})).code, asked);
const never = async () => Response.json({ code: "rate_limited" }, { status: 400 });
const refused = await new Registry(address, { fetch: never }).get("/v1/areas", {}).catch((e) => e);
console.log(refused instanceof RegistryError, refused.code);
"""


def _block(language: str) -> str:
    (block,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return str(block)


async def _asking(served: Served, name: str) -> list[str]:
    """Return address, id and secret of one who may ask for the household of the guide."""
    world, address = served
    await world.send([assessed("START-1", "2023-12-14", area_code="06091")])
    known, secret = await let_in(world, name)
    return [address, known.client_id, secret]


def _signed(kind: Signature) -> dict[str, Any]:
    """Return a delivery as the worker signs it, and what verifies it."""
    now = datetime.now(UTC)
    secret = new_secret(kind, now)
    headers = signing.headers("id-1", int(now.timestamp()), BODY.encode(), [secret])
    return {"headers": headers, "body": BODY, "secret": secret.shown or secret.public}


async def _said(*command: str) -> list[str]:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    printed, wrong = await process.communicate()
    assert process.returncode == 0, wrong.decode()
    return printed.decode().splitlines()


@needs_npm
async def test_typescript_has_every_operation_and_asks_and_verifies(
    served: Served, tmp_path: Path
) -> None:
    package = tmp_path / "typescript"
    shutil.copytree(TYPESCRIPT, package)
    types = package / "src" / "api.ts"
    run(tmp_path, whole_document(), "openapi-typescript", "DOCUMENT", f"--output={types}")
    text = types.read_text("utf-8")
    operations = [o for methods in whole_document()["paths"].values() for o in methods.values()]
    assert len(operations) >= 51
    for operation in operations:
        assert f'operations["{operation["operationId"]}"]' in text
    (package / "src" / "guide.ts").write_text(_block("ts"), "utf-8")
    run(tmp_path, {}, "tsc", "-p", str(package))
    (package / "dist" / "check.js").write_text(PROGRAM, "utf-8")
    given = [*await _asking(served, "typescript"), [_signed("v1"), _signed("v1a")]]
    said = await _said("node", str(package / "dist" / "check.js"), orjson.dumps(given).decode())
    assert said == [
        "START-1",
        "ask poor",
        "subscription.test true true",
        "subscription.test true true",
        "VN 3",
        "true rate_limited",
    ]


@needs_java
async def test_java_asks_and_verifies(served: Served, tmp_path: Path) -> None:
    (tmp_path / "Integrate.java").write_text(_block("java"), "utf-8")
    (tmp_path / "Check.java").write_text(CHECK, "utf-8")
    sources = [str(tmp_path / name) for name in ("Integrate.java", "Check.java")]
    await _said("javac", "-Xlint:all", "-Werror", "-d", str(tmp_path), *sources)
    asking = await _asking(served, "java")
    assert await _said("java", "-cp", str(tmp_path), "Integrate", *asking) == ["java poor"]
    signed = _signed("v1")
    parts = [str(signed["secret"]), *signed["headers"].values(), BODY]
    assert await _said("java", "-cp", str(tmp_path), "Check", *parts) == ["true", "false"]
