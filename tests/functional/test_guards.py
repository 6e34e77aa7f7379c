"""What surrounds every route: hosts, origins, headers, media types and methods."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient
from starlette.types import ASGIApp

from api.app import State, create_app
from api.settings import Environment, Settings
from tests.functional.conftest import WithState
from tests.functional.factories import PASSWORD
from tests.functional.test_contract import ROUTES

Serve = Callable[..., AsyncClient]

PAGE = "https://example.com"
POLICY = "default-src 'none'; frame-ancestors 'none'"


@pytest.fixture
async def serve(settings: Settings, state: State) -> AsyncIterator[Serve]:
    """Serves the application with other settings."""
    clients: list[AsyncClient] = []

    def serve(**changes: Any) -> AsyncClient:
        app: ASGIApp = create_app(settings.model_copy(update=changes))
        transport = ASGITransport(WithState(app, state))
        clients.append(AsyncClient(transport=transport, base_url="http://test"))
        return clients[-1]

    yield serve
    for client in clients:
        await client.aclose()


class TestHeaders:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            *(("GET", "/health/live", 200), ("GET", "/items", 401), ("GET", "/no/such/path", 404)),
            *(("PUT", "/items", 405), ("POST", "/users", 422), ("GET", "/openapi.json", 200)),
        ],
    )
    async def test_of_data(self, client: AsyncClient, method: str, path: str, status: int) -> None:
        """A browser neither guesses what an answer is nor shows it, frames it or keeps it."""
        answer = await client.request(method, path)
        assert answer.status_code == status
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "Server" not in answer.headers

    async def test_of_the_page(self, client: AsyncClient) -> None:
        """The documentation runs its own scripts and nobody else's, and cannot be framed."""
        policy = (await client.get("/docs")).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy

    async def test_of_tokens(self, client: AsyncClient) -> None:
        """Tokens are kept by nothing on their way (RFC 6749, section 5.1)."""
        new = {"email": "ada@example.com", "name": "Ada", "password": PASSWORD}
        await client.post("/users", json=new)
        form = {"username": new["email"], "password": PASSWORD}
        answer = await client.post("/auth/token", data=form)
        refreshed = await client.post(
            "/auth/refresh", json={"refresh_token": answer.json()["refresh_token"]}
        )
        for with_tokens in (answer, refreshed):
            assert with_tokens.status_code == 200
            assert with_tokens.headers.get_list("Cache-Control") == ["no-store"]

    @pytest.mark.parametrize("path", ["/health/live", "/items", "/docs"])
    @pytest.mark.parametrize("environment", Environment)
    async def test_tls(self, serve: Serve, environment: Environment, path: str) -> None:
        """In production browsers keep to TLS; a developer's does not, for all of localhost."""
        answer = await serve(environment=environment).get(path)
        kept = "Strict-Transport-Security" in answer.headers
        assert kept == (environment is Environment.PRODUCTION)


class TestHosts:
    TRUSTED = ("localhost", "127.0.0.1", "[::1]", "*.example.com")

    @pytest.mark.parametrize(
        "host",
        [
            *("localhost", "LOCALHOST", "localhost:8000", "127.0.0.1:80", "[::1]", "[::1]:8000"),
            *("a.example.com", "a.b.Example.com:443"),
        ],
    )
    async def test_trusted(self, serve: Serve, host: str) -> None:
        """The names that the service is called by are its own, in any case and on any port."""
        answer = await serve(trusted_hosts=self.TRUSTED).get("/items", headers={"Host": host})
        assert answer.status_code == 401

    @pytest.mark.parametrize(
        "host",
        [
            *("evil.com", "example.com", "aexample.com", "a.example.com.evil.com", "[::2]"),
            *("localhost.evil.com", "evil.com:localhost", "localhostx", "[::1", "*", "test", ""),
            *("[::1]evil.com", "localhost:80@evil.com", "[localhost"),
        ],
    )
    async def test_untrusted(self, serve: Serve, host: str) -> None:
        """Any other is refused by a problem document, before a route sees the request."""
        answer = await serve(trusted_hosts=self.TRUSTED).get("/items", headers={"Host": host})
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/untrusted-host")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Content-Security-Policy"] == POLICY

    async def test_default(self, serve: Serve) -> None:
        """Nothing but this machine is trusted until somebody says so."""
        default = serve(trusted_hosts=Settings.model_fields["trusted_hosts"].default)
        statuses = [
            (await default.get("/items", headers={"Host": host})).status_code
            for host in ("localhost", "127.0.0.1:8000", "[::1]:8000", "pir.example.com")
        ]
        assert statuses == [401, 401, 401, 400]

    async def test_any(self, serve: Serve) -> None:
        """A deployment whose proxy looks at the host may trust all."""
        answer = await serve(trusted_hosts=["*"]).get("/items", headers={"Host": "evil.com"})
        assert answer.status_code == 401

    async def test_health(self, serve: Serve) -> None:
        """Whatever watches the service calls it by an address."""
        for path in ("/health/live", "/health/ready"):
            assert (await serve().get(path, headers={"Host": "10.0.0.7:8000"})).status_code == 200


class TestOrigins:
    PREFLIGHT = {  # noqa: RUF012 - read only
        "Origin": PAGE,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,if-match",
    }

    async def test_closed(self, client: AsyncClient) -> None:
        """No page may use the service until somebody says which."""
        for answer in (
            await client.get("/items", headers={"Origin": PAGE}),
            await client.options("/items", headers=self.PREFLIGHT),
        ):
            assert answer.status_code in {401, 405}
            assert not [name for name in answer.headers if name.startswith("access-control")]

    @pytest.mark.parametrize("path", ["/health/live", "/items", "/no/such/path"])
    async def test_open(self, serve: Serve, path: str) -> None:
        """A page that was named reads each answer, refusals too, and the headers it needs."""
        answer = await serve(cors_origins=[PAGE]).get(path, headers={"Origin": PAGE})
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert "Origin" in answer.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer.headers
        exposed = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
        assert exposed == {"ETag", "Link", "Location", "Retry-After", "X-Request-ID"}

    async def test_preflight(self, serve: Serve) -> None:
        """It may send what the routes take, by the methods that they have."""
        answer = await serve(cors_origins=[PAGE]).options("/items", headers=self.PREFLIGHT)
        assert answer.status_code == 200
        methods = set(answer.headers["Access-Control-Allow-Methods"].split(", "))
        assert methods >= {method for method, _ in ROUTES}

    @pytest.mark.parametrize("origin", ["https://evil.com", "http://example.com", f"{PAGE}.de"])
    async def test_others(self, serve: Serve, origin: str) -> None:
        """Any other page may not."""
        client = serve(cors_origins=[PAGE])
        for answer in (
            await client.get("/health/live", headers={"Origin": origin}),
            await client.options("/items", headers={**self.PREFLIGHT, "Origin": origin}),
        ):
            assert "Access-Control-Allow-Origin" not in answer.headers
