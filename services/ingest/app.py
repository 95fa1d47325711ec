"""The paths that ingest answers."""

from __future__ import annotations

from fastapi import APIRouter

from services.ingest.routes import allocation_runs, feeds, imports, receipts
from services.ingest.routes.doors import doors
from shared.facts import FACTS


def routers() -> list[APIRouter]:
    """Return every router of ingest."""
    return [
        doors(FACTS.values()),
        allocation_runs.routes,
        receipts.routes,
        imports.serve(),
        feeds.routes,
    ]
