"""The bare programs that our rates are compared with: the part that nobody can avoid."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

DSN = os.environ.get("BARE_DSN", "")


class Row(BaseModel):
    """One row to insert."""

    name: str
    amount: int


def insert_app() -> FastAPI:
    """Return a FastAPI application that inserts one row and commits."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.pool = await asyncpg.create_pool(DSN, min_size=10, max_size=10)
        yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/rows", status_code=202)
    async def post(row: Row) -> dict[str, str]:
        made: UUID = uuid4()
        async with app.state.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "INSERT INTO bare_rows (id, name, amount) VALUES ($1, $2, $3)",
                made,
                row.name,
                row.amount,
            )
        return {"id": str(made)}

    return app


def read_app() -> Starlette:
    """Return a Starlette application that returns the JSON of one row."""

    async def read(request: Request) -> Response:
        async with request.app.state.pool.acquire() as connection:
            body = await connection.fetchval(
                "SELECT body FROM bare_documents WHERE id = $1", request.path_params["id"]
            )
        return Response(body, media_type="application/json")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.pool = await asyncpg.create_pool(DSN, min_size=10, max_size=10)
        yield

    return Starlette(routes=[Route("/documents/{id}", read)], lifespan=lifespan)


def accounts_app() -> Starlette:
    """Return a Starlette application that returns the records of a list of ids."""

    async def look_up(request: Request) -> Response:
        ids = orjson.loads(await request.body())
        async with request.app.state.pool.acquire() as connection:
            rows = await connection.fetch("SELECT body FROM bare_accounts WHERE id = ANY($1)", ids)
        body = "[" + ",".join([row[0] for row in rows]) + "]"
        return Response(body, media_type="application/json")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.pool = await asyncpg.create_pool(DSN, min_size=10, max_size=10)
        yield

    return Starlette(routes=[Route("/accounts", look_up, methods=["POST"])], lifespan=lifespan)


if __name__ == "__main__":
    apps: dict[str, Any] = {"insert": insert_app, "read": read_app, "accounts": accounts_app}
    uvicorn.run(apps[sys.argv[1]](), port=int(sys.argv[2]), log_level="warning", access_log=False)
