"""What README and SPDCI's page tell to paste is answered, in order: nothing is asked for too early.

Here on a registry without the demo, which knows none of its things; all of it is pasted into one
with the demo in `tests/demo/test_first_start.py`.
"""

from __future__ import annotations

import asyncio
import re

from tests.harness import Registry
from tests.http.documents import whole_document
from tests.pasting import README, SPDCI, Curl, curls

PASTED = [curl for text in (README, SPDCI) for curl in curls(text)]
# What the demo names, and nobody else.
_OF_THE_DEMO = re.compile(r"/(LS-\d{5}-\d{6}|BG-[A-Z]+-\d{4}(-\d)?)(/|$)")


def test_every_question_is_one_that_can_be_asked() -> None:
    paths = whole_document()["paths"]
    for curl in PASTED:
        (path,) = [path for path in paths if _takes(path, curl)]
        asked = paths[path]["post" if curl.body else "get"]
        known = {parameter["name"] for parameter in asked.get("parameters", ())}
        assert set(curl.query) <= known, curl.address


def _takes(path: str, curl: Curl) -> bool:
    """Tell whether it is the path of the document; literal ones come before those with names."""
    pattern = re.sub(r"\{\w+\}", "[^/]+", path)
    literal = whole_document()["paths"].keys() & {curl.path}
    return path in literal if literal else re.fullmatch(pattern, curl.path) is not None


async def test_pasted_one_after_the_other_all_is_answered(app: Registry) -> None:
    relaying = asyncio.create_task(app.relay.run())
    for curl in PASTED:
        if curl.streams:
            continue
        answer = await curl.paste(app.client)
        unknown = _OF_THE_DEMO.search(curl.path) and answer.status_code == 404
        assert unknown or answer.is_success, (curl.address, answer.text)
        if "prefer" in curl.headers:
            assert answer.headers["preference-applied"] == curl.headers["prefer"]
        assert "not_yet_processed" not in answer.text
    relaying.cancel()
    await asyncio.gather(relaying, return_exceptions=True)
