"""All that may differ between two deployments, read from the environment once, at start-up."""

from datetime import timedelta
from enum import StrEnum
from typing import Self

from pydantic import Field, IPvAnyNetwork, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as PydanticSettingsError
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DEVELOPMENT_SECRET = "for development only, and known to everyone"  # noqa: S105
# That one, and the one of docker-compose.yml.
PUBLIC_SECRETS = frozenset({DEVELOPMENT_SECRET, "only for a container on one's own machine"})


# libpq's names of a URL's parameters, and asyncpg's; None is left out, because the service says it
# itself or can do without.
ASYNCPG = {
    "sslmode": "ssl",
    "ssl": "ssl",
    "host": "host",
    "port": "port",
    "target_session_attrs": "target_session_attrs",
    "application_name": None,
    "channel_binding": None,
    "connect_timeout": None,
    "gssencmode": None,
}


class Environment(StrEnum):
    """Where the service runs: production trusts nothing that was not said."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SettingsError(Exception):
    """The environment does not say what the service needs to start; the message says which."""


class Settings(BaseSettings):
    """The service's settings; each field is the environment variable of the same name."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    environment: Environment = Environment.PRODUCTION
    database_url: SecretStr = Field(description="postgresql://user:password@host:port/database")
    token_secret: SecretStr = Field(default=SecretStr(""), description="at least 32 characters")

    also_accepted_token_secrets: list[SecretStr] = Field(
        default=[],
        description="JSON list; secrets whose tokens are good too: the last one, or the next",
    )
    access_token_lifetime: timedelta = timedelta(minutes=15)
    refresh_token_lifetime: timedelta = timedelta(days=30)

    login_attempts: int = Field(default=10, ge=1, description="failed ones to an account")
    login_attempts_window: timedelta = timedelta(minutes=5)
    hashing_timeout: float = Field(default=10.0, gt=0, description="seconds to wait for a core")
    idempotency_key_lifetime: timedelta = timedelta(days=1)

    trusted_hosts: list[str] = Field(
        default=["localhost", "127.0.0.1", "[::1]"],
        description='JSON list; names that clients call the service by: "api.example.com"',
    )
    cors_origins: list[str] = Field(
        default=[], description='JSON list; pages that may use it: "https://example.com"'
    )

    trusted_proxies: list[IPvAnyNetwork] = Field(
        default=[],
        description='JSON list; whose X-Forwarded-For, -Proto and -Host are true: "10.0.0.0/8"',
    )
    root_path: str = Field(
        default="", pattern="^(/[^/?#]+)*$", description="what a proxy strips of paths: /shop"
    )

    request_timeout: float = Field(
        default=20.0, gt=0, description="seconds; a stop takes 6 more, and must be let"
    )
    body_limit: int = Field(default=4 * 1024 * 1024, ge=1024, description="bytes of a request")

    access_log: bool = Field(
        default=False, description="a line for each request, in production too"
    )
    slow_request: float = Field(default=1.0, gt=0, description="seconds after which one is logged")
    metrics_token: SecretStr = Field(default=SecretStr(""), description="opens /metrics")

    workers: int = Field(default=1, ge=1, description="processes on this machine; or --workers")
    worker_timeout: int = Field(
        default=10, ge=2, description="seconds after which a worker that stands still is replaced"
    )
    replicas: int = Field(default=1, ge=1, description="machines or containers that serve")
    database_pool_size: int = Field(
        default=10, ge=1, description="connections of one worker; fewer where they do not fit"
    )
    database_reserved_connections: int = Field(
        default=5, ge=0, description="of Postgres's, for migrations and people"
    )
    database_pool_timeout: float = Field(default=2.0, gt=0, description="seconds")
    database_pooler: bool = Field(
        default=False, description="DATABASE_URL leads to PgBouncer, in transaction mode"
    )
    database_connect_timeout: float = Field(default=2.0, gt=0, description="seconds")
    database_statement_timeout: float = Field(default=10.0, gt=0, description="seconds")
    database_lock_timeout: float = Field(default=5.0, gt=0, description="seconds")

    @model_validator(mode="after")
    def _require_secrets(self) -> Self:
        secret = self.token_secret.get_secret_value()
        if not secret and self.environment is Environment.DEVELOPMENT:
            secret = DEVELOPMENT_SECRET
            object.__setattr__(self, "token_secret", SecretStr(secret))
        for name, value in [
            ("TOKEN_SECRET", secret),
            *(
                ("ALSO_ACCEPTED_TOKEN_SECRETS", other.get_secret_value())
                for other in self.also_accepted_token_secrets
            ),
        ]:
            self._check_secret(name, value)
        return self

    def _check_secret(self, name: str, secret: str) -> None:
        if len(secret) < 32:
            msg = (
                f"{name} signs the access tokens and needs at least 32 characters; "
                "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
            raise ValueError(msg)
        if secret in PUBLIC_SECRETS and self.environment is Environment.PRODUCTION:
            msg = f"{name} is one that development uses, which everyone knows; make your own"
            raise ValueError(msg)

    @property
    def async_database_url(self) -> URL:
        """The database's URL as SQLAlchemy's asyncpg dialect reads it."""
        return asyncpg_url(self.database_url.get_secret_value())


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: a setting is missing or wrong; the message names each, a line apiece.
    """
    try:
        settings = Settings()
    except ValidationError as exc:
        faults = [_sentence(error["loc"], error["type"], error["msg"]) for error in exc.errors()]
        raise SettingsError("The service cannot start:\n  " + "\n  ".join(faults)) from None
    except PydanticSettingsError as exc:
        raise SettingsError(f"The service cannot start: {exc}; write a list as JSON.") from None
    settings.async_database_url  # noqa: B018 - a wrong URL is said here, not at the first query
    return settings


def _sentence(loc: tuple[int | str, ...], kind: str, message: str) -> str:
    name = ".".join(map(str, loc)).upper()
    if kind == "missing":
        return f"{name} is not set."
    return f"{name}: {message}." if name else message.removeprefix("Value error, ") + "."


def asyncpg_url(url: str) -> URL:
    """Turn any usual spelling of a Postgres URL into one for SQLAlchemy's asyncpg dialect.

    `postgres://` and `postgresql+driver://` are accepted, and libpq's `sslmode`, which asyncpg
    calls `ssl`.

    Raises:
        SettingsError: it is no URL, or not one of a Postgres database.
    """
    hint = "expected postgresql://user:password@host:port/database"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise SettingsError(f"DATABASE_URL is not a URL: {hint}.") from None
    if parsed.get_backend_name() not in {"postgresql", "postgres"}:
        raise SettingsError(f"DATABASE_URL names {parsed.get_backend_name()!r}: {hint}.")
    if not parsed.database:
        raise SettingsError(f"DATABASE_URL names no database: {hint}.")
    if unknown := set(parsed.query) - set(ASYNCPG):
        names = ", ".join(sorted(unknown))
        raise SettingsError(f"DATABASE_URL has what asyncpg does not know: {names}. Leave it out.")
    given = {ASYNCPG[name]: value for name, value in parsed.query.items()}
    query = {name: value for name, value in given.items() if name is not None}
    return parsed.set(drivername="postgresql+asyncpg", query=query)
