"""The paths that ingest answers."""

from __future__ import annotations

from fastapi import APIRouter

from services.ingest.routes import allocation_runs, doors, feeds, imports, receipts


def routers() -> list[APIRouter]:
    """Return every router of ingest."""
    return [doors.router, allocation_runs.router, receipts.router, imports.router, feeds.router]
