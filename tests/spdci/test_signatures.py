"""Signed messages: what verifies, what is refused, and how answers are signed."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from joserfc.jwk import OKPKey, RSAKey

from shared.http.auth import OFF, tokens_of
from shared.kernel.errors import DomainError
from shared.spdci.reasons import MessageRefused
from shared.spdci.senders import Sender
from shared.spdci.signatures import (
    canonical,
    read_sender_keys,
    read_signature,
    sign,
    signing_text,
    verify,
    verifying_keys,
)
from shared.spdci.store import senders
from tests.access.letting_in import let_in, token_of
from tests.facts import assessed
from tests.harness import Registry
from tests.spdci.messages import by_id, search

SENDER = "spmis.example.org"
NOW = 1_795_000_000
ED = OKPKey.generate_key("Ed25519", {"kid": "ed-1"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
KEYS = verifying_keys([dict(ED.as_dict(private=False)), dict(RSA.as_dict(private=False))])
HEADER, MESSAGE = {"sender_id": SENDER, "b": 1, "a": "Tày"}, {"x": [1, {"z": None, "y": True}]}
CONTENT = json.dumps({"message": MESSAGE, "header": HEADER, "signature": "…"}).encode()


def test_what_is_signed_has_one_form_whatever_the_order_and_the_blanks() -> None:
    assert canonical(HEADER, MESSAGE).decode() == (
        '{"header":{"a":"Tày","b":1,"sender_id":"spmis.example.org"},'
        '"message":{"x":[1,{"y":true,"z":null}]}}'
    )
    lines = signing_text(1, 2, b"").decode().splitlines()
    assert lines[:2] == ["(created): 1", "(expires): 2"]
    assert lines[2] == "digest: 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.mark.parametrize("key", [ED, RSA], ids=["ed25519", "rs256"])
def test_a_signature_verifies_and_nothing_else_does(key: Any) -> None:
    kid = str(key.kid)
    text = sign(HEADER, MESSAGE, SENDER, kid, key, NOW)
    verify(text, CONTENT, SENDER, KEYS, NOW)
    bare = text.removeprefix("Signature: ").replace('namespace="spdci"', 'namespace="dci"')
    verify(bare, CONTENT, SENDER, KEYS, NOW + 300)
    other = "ed-1" if kid == "rsa-1" else "rsa-1"
    algorithm = read_signature(text).algorithm
    wrong = [
        (text, CONTENT.replace(b'"b": 1', b'"b": 2'), SENDER, NOW),
        (text, CONTENT, "somebody.else", NOW),
        (text, CONTENT, SENDER, NOW + 361),
        (text, CONTENT, SENDER, NOW - 61),
        (text.replace(kid, "no-key"), CONTENT, SENDER, NOW),
        (text.replace(kid, other), CONTENT, SENDER, NOW),
        (text.replace(f'algorithm="{algorithm}"', 'algorithm="none"'), CONTENT, SENDER, NOW),
        (text.replace(f'created="{NOW}"', f'created="{NOW - 1}"'), CONTENT, SENDER, NOW),
        (text.replace("digest", "(digest)"), CONTENT, SENDER, NOW),
        ("Signature: nothing", CONTENT, SENDER, NOW),
        (text.replace('signature="', 'signature="!'), CONTENT, SENDER, NOW),
    ]
    for signature, content, sender, now in wrong:
        with pytest.raises(MessageRefused) as raised:
            verify(signature, content, sender, KEYS, now)
        assert raised.value.code == "err.signature.invalid", signature


def test_other_signs_may_be_escaped_where_it_is_signed() -> None:
    lines = signing_text(NOW, NOW + 300, canonical(HEADER, MESSAGE, ascii_only=True))
    private = ED.get_op_key("sign")
    text = sign(HEADER, MESSAGE, SENDER, "ed-1", ED, NOW)
    escaped = b64encode(private.sign(lines)).decode()
    own = b64encode(read_signature(text).content).decode()
    verify(text.replace(own, escaped), CONTENT, SENDER, KEYS, NOW)


def test_a_name_that_stands_twice_is_refused() -> None:
    text = sign(HEADER, MESSAGE, SENDER, "ed-1", ED, NOW)
    doubled = CONTENT.replace(b'"b": 1', b'"b": 1, "b": 1')
    with pytest.raises(MessageRefused, match=r"err\.request\.bad"):
        verify(text, doubled, SENDER, KEYS, NOW)


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_only_public_keys_of_both_kinds_are_kept() -> None:
    kept = read_sender_keys({"keys": [ED.as_dict(private=True), RSA.as_dict(private=True)]})
    assert not [key for key in kept if "d" in key]
    short = RSAKey.generate_key(1024, {"kid": "short"}, auto_kid=False).as_dict(private=False)
    bad: list[Any] = [{}, {"keys": []}, {"keys": [short]}, {"keys": [{"kty": "oct", "k": "AA"}]}]
    bad += [[], {"keys": [{"kty": "OKP", "crv": "X25519", "x": "AA"}]}, {"keys": [1]}]
    for document in bad:
        with pytest.raises(DomainError) as raised:
            read_sender_keys(document)
        assert raised.value.code == "invalid_keys"


@pytest_asyncio.fixture
async def speaking(app: Registry) -> AsyncIterator[tuple[Registry, dict[str, str]]]:
    """Let a client in that speaks under a name of its own, and has to sign."""
    client, secret = await let_in(app, "spmis", scopes=["households:read"])
    app.tokens = tokens_of([])
    keys = [dict(ED.as_dict(private=False)), dict(RSA.as_dict(private=False))]
    async with app.context.database.transaction() as tx:
        assert await senders.save(tx, Sender(client.client_id, SENDER, keys, True))
    yield app, {"authorization": f"Bearer {await token_of(app, client, secret)}"}
    app.tokens = OFF


async def test_a_signed_question_is_given_a_signed_answer(
    speaking: tuple[Registry, dict[str, str]],
) -> None:
    app, headers = speaking
    app.tokens = OFF
    await app.send([assessed("A", "2023-12-14")])
    app.tokens = tokens_of([])
    now = int(app.clock.now().timestamp())
    message = search(by_id("household_id", "A"), meta={"as_of": "2024-01-01"})
    for key in (ED, RSA):
        text = sign(message["header"], message["message"], SENDER, str(key.kid), key, now)
        response = await app.post(
            "/registry/sync/search", {"signature": text, **message}, headers=headers
        )
        answer = response.json()
        assert response.status_code == 200, answer
        assert answer["header"]["meta"]["signature_verified"] is True
        published = (await app.get("/.well-known/jwks.json"))["keys"]
        own = verifying_keys(published)
        verify(answer["signature"], response.content, "poverty-registry", own, now)


async def test_what_is_not_signed_or_wrongly_is_refused(
    speaking: tuple[Registry, dict[str, str]],
) -> None:
    app, headers = speaking
    now = int(app.clock.now().timestamp())
    message = search(by_id("household_id", "A"))
    text = sign(message["header"], message["message"], SENDER, "ed-1", ED, now)
    changed = search(by_id("household_id", "B"))
    renamed = search(by_id("household_id", "A"), sender_id="somebody.else")
    for body, code in (
        (message, "err.signature.missing"),
        ({**message, "signature": ""}, "err.signature.missing"),
        ({**changed, "signature": text}, "err.signature.invalid"),
        ({**renamed, "signature": text}, "err.sender_id.invalid"),
    ):
        refused = await app.post("/registry/sync/search", body, headers=headers)
        assert (refused.status_code, refused.json()["message"]["error"]["code"]) == (400, code)


async def test_nobody_speaks_in_anothers_name_or_signs_with_keys_that_nobody_knows(
    speaking: tuple[Registry, dict[str, str]],
) -> None:
    app, _ = speaking
    client, secret = await let_in(app, "other", scopes=["households:read"])
    headers = {"authorization": f"Bearer {await token_of(app, client, secret)}"}
    named = search(by_id("household_id", "A"))
    unnamed = search(by_id("household_id", "A"), sender_id="other.example")
    now = int(app.clock.now().timestamp())
    text = sign(unnamed["header"], unnamed["message"], "other.example", "ed-1", ED, now)
    for body, code in (
        (named, "err.sender_id.invalid"),
        ({**unnamed, "signature": text}, "err.signature.invalid"),
    ):
        refused = await app.post("/registry/sync/search", body, headers=headers)
        assert refused.json()["message"]["error"]["code"] == code
    taken = await app.post("/registry/sync/search", unnamed, headers=headers)
    assert taken.status_code == 200
    assert "signature" not in taken.json()
    async with app.context.database.transaction() as tx:
        assert not await senders.save(tx, Sender(client.client_id, SENDER, [], False))
