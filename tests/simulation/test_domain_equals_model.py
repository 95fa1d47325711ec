"""The rules of the registry against the naive second implementation, on random histories."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from shared.households.families import timelines
from shared.households.timeline import Timeline
from tests.builders import counting, policy
from tests.simulation import model
from tests.simulation.histories import disorder, history

POLICY = policy()
FAR = "2099-12-31"


def spells(folded: Timeline) -> list[dict[str, Any]]:
    return [
        {
            "from": s.start.isoformat(),
            "to": s.end.isoformat() if s.end else None,
            "status": s.status,
            "living_standard": s.living_standard,
            "standard": s.standard,
            "event_id": str(s.event),
        }
        for s in folded.spells
    ]


def transitions(household: str, folded: Timeline) -> list[dict[str, Any]]:
    return [
        {
            "household_id": household,
            "area_code": t.placement.area_code if t.placement else None,
            "on": t.on.isoformat(),
            "from": t.before,
            "to": t.after,
            "movements": [{"list": m.list, "kind": m.kind} for m in t.movements],
            "standard_changed": t.standard_changed,
            "cause": {"event_id": str(t.event)} if t.event else {"rule": "exit_window_ended"},
        }
        for t in folded.transitions
    ]


@pytest.mark.parametrize("seed", range(300))
def test_timelines_and_transitions_equal_the_models(seed: int) -> None:
    events = disorder(history(seed, households=3), seed)
    households = sorted({e["household_id"] for e in events if e.get("household_id")})
    folded = timelines(counting(events), households, POLICY)
    for household in households:
        expected = model.timeline(events, household)
        assert spells(folded[household]) == expected["spells"]
        closed = folded[household].closed_on
        assert (closed.isoformat() if closed else None) == expected["closed_on"]
        assert transitions(household, folded[household]) == model.transitions(
            events, household, FAR
        )


@pytest.mark.parametrize("seed", range(60))
def test_episodes_answer_every_day_as_the_model_does(seed: int) -> None:
    events = history(seed, households=2)
    households = sorted({e["household_id"] for e in events if e.get("household_id")})
    folded = timelines(counting(events), households, POLICY)
    for household in households:
        for episode in folded[household].episodes:
            last = (episode.end or date(2030, 1, 1)).isoformat()
            for day in (episode.start.isoformat(), model.day_before(last)):
                expected = model.status_on(events, household, day)
                assert episode.status == expected["status"]
                area = episode.placement.area_code if episode.placement else None
                assert area == expected["area_code"]
