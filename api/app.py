"""The application, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from api.auth.routes import router as auth
from api.auth.tokens import AccessTokens
from api.authorization import check_rules
from api.connections import create_engine
from api.database import Database
from api.docs import add_docs
from api.health.routes import router as health
from api.idempotency.dependencies import add_replays
from api.items.routes import router as items
from api.middleware import AnswerEveryRequest, LimitBody, RetryTransactions
from api.observability import tracing
from api.observability.exposition import add_metrics
from api.observability.requests import ObserveRequests
from api.openapi import Api
from api.passwords import Passwords
from api.problems import add_error_handlers
from api.proxies import BelieveProxies, RestorePrefix
from api.security import Guard
from api.settings import Environment, Settings, load_settings
from api.users.routes import router as users


class State(TypedDict):
    """What lives as long as the worker; a request finds it in `request.state`."""

    settings: Settings
    database: Database
    passwords: Passwords
    tokens: AccessTokens


def make_state(settings: Settings, database: Database) -> State:
    """Put together what a worker's requests share."""
    return {
        "settings": settings,
        "database": database,
        "passwords": Passwords(settings),
        "tokens": AccessTokens.of(settings),
    }


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the application; without settings they are read from the environment.

    Raises:
        SettingsError: the environment lacks a setting or has a wrong one.
    """
    settings = settings or load_settings()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        database = Database(create_engine(settings), settings)
        async with database.watched():
            yield make_state(settings, database)

    app = Api(
        title="Peace in REST",
        description="Users and their items: the example service to begin from.",
        version="0.1.0",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        telemetry=tracing.start(),
    )
    # Routes are tried one after the other, so those that are asked for most come first. A router
    # that is included is asked twice for each request: a tenth of a small one (decision 12).
    for router in (items, users, auth, health):
        app.router.routes.extend(router.routes)
    add_docs(app)
    add_metrics(app, settings)
    check_rules(app)
    add_error_handlers(app)
    add_replays(app)
    _add_middleware(app, settings)
    return app


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """Surround the application; the last one added is the outermost."""
    in_development = settings.environment is Environment.DEVELOPMENT
    app.add_middleware(RetryTransactions)
    app.add_middleware(LimitBody, limit=settings.body_limit)
    app.add_middleware(AnswerEveryRequest, timeout=settings.request_timeout)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Idempotency-Key", "If-Match", "If-None-Match"],
            expose_headers=["ETag", "Link", "Location", "Retry-After", "X-Request-ID"],
        )
    if settings.root_path:
        app.add_middleware(RestorePrefix, prefix=settings.root_path)
    app.add_middleware(Guard, trusted_hosts=settings.trusted_hosts, hsts=not in_development)
    app.add_middleware(ObserveRequests, settings=settings)
    if settings.trusted_proxies:
        app.add_middleware(BelieveProxies, trusted=settings.trusted_proxies)
