"""The application, put together."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI

from api.auth.routes import router as auth
from api.database import Sessions, create_engine
from api.docs import add_docs
from api.errors import add_error_handlers
from api.health.routes import router as health
from api.items.routes import router as items
from api.middleware import AnswerEveryError, LimitBody, NameWorker, RetryTransactions
from api.settings import Environment, Settings, load_settings
from api.users.routes import router as users


class State(TypedDict):
    """What lives as long as the worker; a request finds it in `request.state`."""

    settings: Settings
    sessions: Sessions
    hashing_turns: asyncio.Semaphore


def make_state(settings: Settings, sessions: Sessions) -> State:
    """Put together what a worker's requests share."""
    turns = asyncio.Semaphore(os.cpu_count() or 1)
    return {"settings": settings, "sessions": sessions, "hashing_turns": turns}


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the application; without settings they are read from the environment.

    Raises:
        SettingsError: the environment lacks a setting or has a wrong one.
    """
    settings = settings or load_settings()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        engine = create_engine(settings)
        try:
            yield make_state(settings, Sessions.of(engine, settings))
        finally:
            await engine.dispose()

    app = FastAPI(
        title="Peace in REST",
        description="Users and their items: the example service to begin from.",
        version="0.1.0",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    add_docs(app)
    for router in (auth, users, items, health):
        app.include_router(router)
    add_error_handlers(app)
    # The last one added is the outermost.
    app.add_middleware(RetryTransactions)
    app.add_middleware(LimitBody, limit=settings.body_limit)
    app.add_middleware(AnswerEveryError)
    if settings.environment is Environment.DEVELOPMENT:
        app.add_middleware(NameWorker)
    return app
