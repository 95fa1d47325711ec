"""Signatures by the convention's own example, and how long is waited."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest

from shared.kernel.errors import DomainError
from shared.subscriptions import patience, signing
from shared.subscriptions.signing import Secret, new_secret

AT = datetime(2026, 11, 21, tzinfo=UTC)


def test_the_example_of_the_convention_comes_out() -> None:
    """From the text of Standard Webhooks, which its libraries test themselves by."""
    secret = new_secret("v1", AT, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signing.headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', [secret]
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_shows_itself_in_no_trace() -> None:
    secret = new_secret("v1", AT)
    assert repr(secret.content) not in repr(secret)
    shown = secret.shown
    assert shown is not None and len(b64decode(shown.removeprefix("whsec_"))) == 32
    assert secret.public is None


def test_of_a_key_pair_only_the_public_half_is_shown() -> None:
    secret = new_secret("v1a", AT)
    assert secret.shown is None
    assert secret.public is not None and secret.public.startswith("whpk_")


@pytest.mark.parametrize("text", ["", "whsec_", "c2hvcnQ=", "!" * 40, "A" * 90])
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(DomainError):
        new_secret("v1", AT, text)


def test_every_valid_secret_signs() -> None:
    secrets: list[Secret] = [new_secret("v1", AT), new_secret("v1a", AT)]
    signatures = signing.headers("1", 1, b"", secrets)["webhook-signature"].split(" ")
    assert [one.partition(",")[0] for one in signatures] == ["v1", "v1a"]


def test_attempts_come_less_and_less_often_and_for_three_days() -> None:
    waits = [patience.pause(attempts, 0.5) for attempts in range(1, 40)]
    assert waits[:3] == [timedelta(seconds=seconds) for seconds in (5, 20, 80)]
    assert waits == sorted(waits) and waits[-1] == timedelta(hours=6)
    assert patience.pause(1, 0.0) == timedelta(seconds=2.5)
    assert patience.pause(1, 1.0) == timedelta(seconds=7.5)
    now, attempts = AT, 0
    while not patience.given_up(AT, now):
        attempts += 1
        now += patience.pause(attempts, 0.5)
    assert 15 <= attempts <= 25


def test_a_receiver_rests_as_long_as_it_has_failed() -> None:
    assert patience.rest(patience.RESTS_AFTER - 1, timedelta(days=1), 0.5) is None
    for failing, expected in ((0, 5), (60, 60), (9999, 300)):
        rest = patience.rest(patience.RESTS_AFTER, timedelta(seconds=failing), 0.5)
        assert rest == timedelta(seconds=expected)
