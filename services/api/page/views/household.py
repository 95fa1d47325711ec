"""A household: its spells on both clocks, why, what it is entitled to, what would flip it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.api.households.accesses import list_household_accesses
from services.api.households.entitlements import get_entitlements
from services.api.households.explanation import explain_household
from services.api.households.status import get_household
from services.api.households.timeline import Spell, Timeline, get_timeline, list_household_events
from services.api.page.drawing.spells import Band, Knowledge, spells
from services.api.page.drawing.svg import Drawing
from services.api.page.site import Page
from services.api.page.view import View, Views
from services.api.page.views import household_tables as tables_of
from services.api.page.views.crumbs import chain
from services.api.page.words import NAMES
from shared.kernel.errors import DomainError

views = Views()

# Every correction is a state of knowledge of its own; the last of them tell what happened.
STATES_MAX = 7
LOOKS = 100


@views.view("/households/{household_id}")
async def household(page: Page, household_id: str) -> View:
    """Show a household on a day: its class and why, and all that was received of it."""
    named = {"household_id": household_id}
    held = await page.put(get_household, as_of=page.on, **named)
    explained = await page.put(explain_household, as_of=page.on, **named)
    timeline = await page.put(get_timeline, **named)
    received = (await page.put(list_household_events, limit=1000, **named)).items
    entitled = await page.put(get_entitlements, as_of=page.on, **named)
    above = [] if held.area is None else chain(page, await page.tree(), held.area.code)
    tables = [
        tables_of.spells(timeline),
        *tables_of.inputs(page, explained),
        *tables_of.entitled(page, entitled),
        tables_of.events(received),
    ]
    looked = page.may(list_household_accesses)
    if looked:
        newest = {"order": "newest", "limit": LOOKS, **named}
        looks = (await page.put(list_household_accesses, **newest)).items
        tables += [tables_of.looks(looks)] if looks else []
    content = {
        "held": held,
        "explained": explained,
        "above": above,
        "looked": looked,
        "recorded": page.ask.context.audit is not None,
    }
    pictures = await _drawing(page, household_id, timeline, received)
    return View("household.html", household_id, content, tables, pictures, private=True)


async def _drawing(
    page: Page, household_id: str, timeline: Timeline, received: Sequence[dict[str, Any]]
) -> list[Drawing]:
    """Draw the spells as known now and before each thing that was learned since."""
    known = [(page.t("theo hiểu biết mới nhất", "as known now"), timeline.spells)]
    if page.known_at is not None:
        known = [(page.instant(page.known_at), timeline.spells)]
    instants = sorted({_instant(each["recorded_at"]) for each in received}, reverse=True)
    for at in instants[: STATES_MAX - 1]:
        before = await _known(page, household_id, at)
        # The same spells resting on another review look the same.
        if before and _bands(page, before) != _bands(page, known[-1][1]):
            name = page.t("trước %s", "before %s") % page.instant(at)
            known.append((name, before))
    if not any(shown for _, shown in known):
        return []
    rows = [Knowledge(name, _bands(page, shown)) for name, shown in known]
    days = [day for row in rows for band in row.bands for day in (band.start, band.end) if day]
    span = (min(days), max(*days, page.on, page.ask.today))
    caption = page.t("Tình trạng qua thời gian", "Status over time")
    summary = "; ".join(
        f"{band.name}: {page.day(band.start)} – {page.day(band.end)}" for band in rows[0].bands
    )
    return [spells("timeline", caption, summary, rows, span, (page.on, page.day(page.on)))]


def _instant(value: Any) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


async def _known(page: Page, household_id: str, at: datetime) -> list[Spell]:
    """Return the spells as they were known just when something was recorded, before its effect."""
    try:
        answer = await page.put(get_timeline, household_id=household_id, known_at=at)
    except DomainError:
        # Recorded a moment ago: what is not settled has no answer yet.
        return []
    return answer.spells


def _bands(page: Page, shown: Sequence[Spell]) -> list[Band]:
    return [Band(s.status, page.say(NAMES[s.status]), s.from_, s.to) for s in shown]
