"""The service starts with what it needs, or says what it lacks."""

import pytest

from api.settings import (
    DEVELOPMENT_SECRET,
    Environment,
    SettingsError,
    asyncpg_url,
    load_settings,
)

SECRET = "s" * 32
URL = "postgresql://user:password@host/database"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "ENVIRONMENT", "TOKEN_SECRET"):
        monkeypatch.delenv(name, raising=False)


def load(monkeypatch: pytest.MonkeyPatch, **variables: str) -> object:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load_settings()


class TestProduction:
    def test_is_the_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever says nothing gets the strict one."""
        monkeypatch.setenv("DATABASE_URL", URL)
        monkeypatch.setenv("TOKEN_SECRET", SECRET)
        assert load_settings().environment is Environment.PRODUCTION

    @pytest.mark.parametrize(
        ("variables", "named"),
        [
            ({"TOKEN_SECRET": SECRET}, "DATABASE_URL is not set"),
            ({"DATABASE_URL": URL}, "TOKEN_SECRET"),
            ({"DATABASE_URL": URL, "TOKEN_SECRET": "short"}, "at least 32 characters"),
            ({"DATABASE_URL": URL, "TOKEN_SECRET": DEVELOPMENT_SECRET}, "which everyone knows"),
            (
                {"DATABASE_URL": URL, "TOKEN_SECRET": "only for a container on one's own machine"},
                "which everyone knows",
            ),
            (
                {
                    "DATABASE_URL": URL,
                    "TOKEN_SECRET": SECRET,
                    "ALSO_ACCEPTED_TOKEN_SECRETS": '["short"]',
                },
                "ALSO_ACCEPTED_TOKEN_SECRETS signs",
            ),
            (
                {"DATABASE_URL": URL, "TOKEN_SECRET": SECRET, "TRUSTED_HOSTS": "example.com"},
                "write a list as JSON",
            ),
            ({"DATABASE_URL": "x", "TOKEN_SECRET": SECRET}, "DATABASE_URL is not a URL"),
            ({"DATABASE_URL": "mysql://h/d", "TOKEN_SECRET": SECRET}, "names 'mysql'"),
            ({"DATABASE_URL": "postgresql://h", "TOKEN_SECRET": SECRET}, "names no database"),
            ({"DATABASE_URL": f"{URL}?colour=red", "TOKEN_SECRET": SECRET}, "know: colour"),
            (
                {"DATABASE_URL": URL, "TOKEN_SECRET": SECRET, "ENVIRONMENT": "prod"},
                "ENVIRONMENT: Input should be 'development' or 'production'",
            ),
        ],
    )
    def test_says_what_is_wrong(
        self, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
    ) -> None:
        """Nothing secret has a default, and the message names what is missing or wrong."""
        with pytest.raises(SettingsError, match=named) as caught:
            load(monkeypatch, **variables)
        assert SECRET not in str(caught.value)


def test_development_needs_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a developer's machine the tokens are signed by a secret that everyone knows."""
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv("ENVIRONMENT", "development")
    assert load_settings().token_secret.get_secret_value() == DEVELOPMENT_SECRET


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgres://u:p@h:1/d", "postgresql+asyncpg://u:p@h:1/d"),
        ("postgresql://u:p@h:1/d", "postgresql+asyncpg://u:p@h:1/d"),
        ("postgresql+psycopg://u:p@h:1/d", "postgresql+asyncpg://u:p@h:1/d"),
        ("postgresql://h/d?sslmode=require", "postgresql+asyncpg://h/d?ssl=require"),
        ("postgresql://h/d?connect_timeout=5&application_name=x", "postgresql+asyncpg://h/d"),
        ("postgresql://u:p%40ss@h/d", "postgresql+asyncpg://u:p%40ss@h/d"),
    ],
)
def test_usual_spellings_of_a_url(given: str, read: str) -> None:
    """Hosting companies and libpq spell the URL in ways of their own."""
    assert asyncpg_url(given).render_as_string(hide_password=False) == read
