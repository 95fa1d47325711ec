"""Households sent while things break, and the count of what came of them."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from tests.compose.stack import API, INGEST, Stack, StepFailed

PAUSE_SECONDS = 0.05
SEEN_SECONDS = 600
AREA = "06091"


def household(name: str) -> dict[str, Any]:
    """Return a review that makes a household poor."""
    return {
        "type": "assessed",
        "source": "compose-test",
        "external_id": f"e/{name}",
        "household_id": name,
        "assessed_on": "2023-10-12",
        "effective_from": "2023-12-14",
        "area_code": AREA,
        "area_type": "rural",
        "review": "annual",
        "income_vnd": 900_000,
        "deprived": ["health_insurance", "toilet", "water"],
        "household_size": 4,
    }


@dataclass
class Sender:
    """One caller that sends again what was not answered, and counts what was acknowledged."""

    stack: Stack
    address: str = f"http://127.0.0.1:{INGEST}"
    acknowledged: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    _tag: str = field(default_factory=lambda: uuid4().hex[:8])
    _number: int = 0

    def send(self, count: int) -> None:
        """Send so many households, each until it is taken."""
        with httpx.Client(verify=False, timeout=90) as client:
            for _ in range(count):
                self._send_one(client, threading.Event())

    def again(self) -> None:
        """Send once more what was taken."""
        with httpx.Client(verify=False, timeout=90) as client:
            for name in sorted(self.acknowledged):
                if not self._taken(client, name):
                    raise StepFailed(f"{name} was not taken again: {dict(self.refused)}")

    @contextlib.contextmanager
    def sending(self) -> Iterator[None]:
        """Send for as long as the block lasts."""
        over = threading.Event()
        thread = threading.Thread(target=self._send_until, args=(over,))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _send_until(self, over: threading.Event) -> None:
        with httpx.Client(verify=False, timeout=90) as client:
            while not over.is_set():
                self._send_one(client, over)
                over.wait(PAUSE_SECONDS)

    def _send_one(self, client: httpx.Client, over: threading.Event) -> None:
        self._number += 1
        name = f"{self._tag}-{self._number:06d}"
        while True:
            if self._taken(client, name):
                self.acknowledged.add(name)
                return
            if over.wait(0.3):
                return

    def _taken(self, client: httpx.Client, name: str) -> bool:
        headers = {"authorization": f"Bearer {self.stack.token()}"}
        body = {"events": [household(name)]}
        try:
            answer = client.post(f"{self.address}/v1/household-events", json=body, headers=headers)
        except httpx.HTTPError as error:
            self.refused[type(error).__name__] += 1
            return False
        if answer.status_code != 202:
            self.refused[str(answer.status_code)] += 1
            if answer.status_code < 500 and answer.status_code not in (401, 429):
                raise StepFailed(answer.text)
        return answer.status_code == 202


def statuses(stack: Stack) -> Counter[str]:
    """Return how often each household of the test stands in the change feed as newly poor."""
    times: Counter[str] = Counter()
    headers = {"authorization": f"Bearer {stack.token()}"}
    cursor = None
    with httpx.Client(base_url=f"http://127.0.0.1:{API}", headers=headers, timeout=60) as client:
        while True:
            asked = {"limit": "1000", "area": AREA} | ({"cursor": cursor} if cursor else {})
            answer = client.get("/v1/transitions", params=asked)
            answer.raise_for_status()
            page = answer.json()
            for item in page["items"]:
                # What a correction undoes counts back: none of these was ever corrected.
                times[item.get("household_id", "retracted")] += 1
            if len(page["items"]) < 1000:
                return times
            cursor = page["next_cursor"]


def all_once(stack: Stack, acknowledged: set[str]) -> str:
    """Wait until every acknowledged household is there; fail if one is there twice."""
    until(lambda: not acknowledged - statuses(stack).keys(), "every acknowledged household")
    times = statuses(stack)
    twice = [name for name in acknowledged if times[name] != 1]
    if twice or times["retracted"]:
        raise StepFailed(f"not once: {twice[:5]}, retracted: {times['retracted']}")
    return f"{len(acknowledged):,} acknowledged, 0 lost, 0 double"


def until(holds: Callable[[], bool], what: str, seconds: float = SEEN_SECONDS) -> None:
    """Wait for something; a standstill of minutes is a failure."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if holds():
                return
        if time.monotonic() > end:
            raise StepFailed(f"never came: {what}")
        time.sleep(2)
