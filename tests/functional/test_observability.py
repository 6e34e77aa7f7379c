"""What a request leaves behind: its id, its line in the log, its figures."""

import json
import logging
from collections.abc import AsyncIterator, Iterator
from io import StringIO
from typing import Any

import pytest
from fastapi import APIRouter
from httpx2 import ASGITransport, AsyncClient
from prometheus_client import REGISTRY
from pydantic import SecretStr
from starlette.responses import StreamingResponse

from api.app import State, create_app
from api.observability.ids import REQUEST_ID
from api.observability.logs import make_formatter
from api.settings import Environment, Settings
from tests.functional.conftest import WithState

TOKEN = "the token of the metrics"


class Lines:
    """The log as a worker in production would write it."""

    def __init__(self) -> None:
        self.stream = StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def ours(self) -> list[dict[str, Any]]:
        return [line for line in self.all if line["logger"].startswith("api.")]

    @property
    def of_requests(self) -> list[dict[str, Any]]:
        return [line for line in self.ours if line["logger"] == "api.observability.requests"]


@pytest.fixture
def lines() -> Iterator[Lines]:
    lines, root = Lines(), logging.getLogger()
    handler = logging.StreamHandler(lines.stream)
    handler.setFormatter(make_formatter(Environment.PRODUCTION))
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lines
    root.setLevel(level)
    root.removeHandler(handler)


def production(settings: Settings, **said: Any) -> Settings:
    secret = SecretStr("s" * 32)
    update = {"environment": Environment.PRODUCTION, "token_secret": secret, **said}
    return settings.model_copy(update=update)


def client_of(settings: Settings, state: State, *routers: APIRouter) -> AsyncClient:
    app = create_app(settings)
    for router in routers:
        app.include_router(router, prefix="/v1")
    transport = ASGITransport(WithState(app, {**state, "settings": settings}))
    return AsyncClient(transport=transport, base_url="http://test")


def faulty() -> APIRouter:
    router = APIRouter(prefix="/faults")

    @router.get("/{fault_id}")
    async def fail(fault_id: str) -> None:
        password = "in a local variable"
        raise RuntimeError(f"the fault of {len(fault_id + password)}")

    return router


def requests(**labels: str) -> float:
    return REGISTRY.get_sample_value("http_requests_total", labels) or 0


class TestRequestId:
    async def test_is_made(self, client: AsyncClient) -> None:
        """Each answer names its request."""
        ids = {(await client.get("/health/live")).headers["X-Request-ID"] for _ in range(20)}
        assert len(ids) == 20
        assert all(len(one) == 32 for one in ids)

    @pytest.mark.parametrize("given", ["a", "Root=1-67891233-abcdef".replace("=", "-"), "x" * 128])
    async def test_is_taken_over(self, client: AsyncClient, given: str) -> None:
        """An id that the request brings along is its id, so that it is one through all services."""
        answer = await client.get("/no/such", headers={"X-Request-ID": given})
        assert answer.headers.get_list("X-Request-ID") == [given]
        assert answer.json()["request_id"] == given

    @pytest.mark.parametrize("given", ["", "x" * 129, "two words", 'a"b', "a\x1b[31m", "ä", "a,b"])
    async def test_is_not_taken_over(self, client: AsyncClient, given: str) -> None:
        """What could do harm in a log or a header is replaced."""
        headers = {b"X-Request-ID": given.encode("latin-1")}
        answer = await client.get("/no/such", headers=headers)
        assert answer.headers["X-Request-ID"] not in {given, ""}
        assert answer.json()["request_id"] == answer.headers["X-Request-ID"]

    async def test_in_every_line(self, settings: Settings, state: State, lines: Lines) -> None:
        """All that is logged while a request is served has its id."""
        async with client_of(production(settings), state, faulty()) as client:
            answer = await client.get("/v1/faults/7", headers={"X-Request-ID": "seven"})
        assert (answer.status_code, answer.json()["request_id"]) == (500, "seven")
        assert len(lines.ours) == 2
        assert {line["request_id"] for line in lines.ours} == {"seven"}

    async def test_ends_with_the_request(self, client: AsyncClient, lines: Lines) -> None:
        """What is logged later has none."""
        await client.get("/health/live")
        logging.getLogger("api").info("later")
        assert "request_id" not in lines.all[-1]

    async def test_outlives_an_answer_that_breaks(self, settings: Settings, state: State) -> None:
        """What the server itself then logs of the request has its id."""
        router = APIRouter()

        @router.get("/torn")
        async def tear() -> StreamingResponse:
            async def parts() -> AsyncIterator[bytes]:
                yield b"begun"
                raise RuntimeError("torn")

            return StreamingResponse(parts())

        async with client_of(settings, state, router) as client:
            with pytest.raises(RuntimeError, match="torn"):
                await client.get("/v1/torn", headers={"X-Request-ID": "torn"})
        assert REQUEST_ID.get() == "torn"
        REQUEST_ID.set(None)


class TestLines:
    async def test_fault(self, settings: Settings, state: State, lines: Lines) -> None:
        """A fault of ours is told of with what is needed to find it, and no more."""
        async with client_of(production(settings), state, faulty()) as client:
            await client.get("/v1/faults/7?token=hidden", headers={"Cookie": "hidden"})
        (line,) = lines.of_requests
        assert line["level"] == "warning"
        assert (line["method"], line["route"], line["status"]) == (
            "GET",
            "/v1/faults/{fault_id}",
            500,
        )
        assert line["duration_ms"] >= 0
        told = next(line for line in lines.all if "exception" in line)
        assert "RuntimeError: the fault of 20" in told["exception"]
        assert "hidden" not in "".join(map(str, lines.ours))
        assert "in a local variable" not in told["exception"]

    async def test_none_in_production(self, settings: Settings, state: State, lines: Lines) -> None:
        """What went well is logged by the proxy in front."""
        async with client_of(production(settings), state) as client:
            assert (await client.get("/no/such")).status_code == 404
        assert lines.of_requests == []

    async def test_asked_for(self, settings: Settings, state: State, lines: Lines) -> None:
        """With ACCESS_LOG=true each request has its line there too: its route, and not its path."""
        async with client_of(production(settings, access_log=True), state) as client:
            await client.get("/no/such?query=hidden")
        (line,) = lines.of_requests
        assert (line["level"], line["message"].split(" in ")[0]) == ("info", "GET unmatched 404")

    async def test_slow(self, settings: Settings, state: State, lines: Lines) -> None:
        """A request that takes long is told of."""
        async with client_of(production(settings, slow_request=1e-9), state) as client:
            await client.get("/health/live")
        (line,) = lines.of_requests
        assert (line["level"], line["route"]) == ("warning", "/health/live")

    async def test_development(self, client: AsyncClient, lines: Lines) -> None:
        """A developer sees every request, by its path."""
        await client.get("/no/such?query=hidden")
        (line,) = lines.of_requests
        assert line["message"].startswith("GET /no/such 404 in ")


async def test_worker_is_named_in_development_only(
    client: AsyncClient, settings: Settings, state: State
) -> None:
    """Production does not tell of its processes."""
    assert (await client.get("/health/live")).headers["X-Worker"]
    async with client_of(production(settings), state) as other:
        assert "X-Worker" not in (await other.get("/health/live")).headers


class TestFigures:
    @pytest.mark.parametrize(
        ("method", "path", "labels"),
        [
            ("GET", "/health/live", ("GET", "/health/live", "200")),
            ("GET", "/v1/faults/7", ("GET", "/v1/faults/{fault_id}", "500")),
            ("PUT", "/v1/faults/7", ("PUT", "/v1/faults/{fault_id}", "405")),
            ("GET", "/items/7", ("GET", "/items/{item_id}", "401")),
            ("GET", "/no/such", ("GET", "unmatched", "404")),
            ("BREW", "/no/such", ("other", "unmatched", "404")),
            ("GET", "/openapi.json", ("GET", "/openapi.json", "200")),
            ("GET", "/docs/assets/no/such", ("GET", "/docs/assets/{path}", "404")),
        ],
    )
    async def test_labels(
        self,
        settings: Settings,
        state: State,
        method: str,
        path: str,
        labels: tuple[str, str, str],
    ) -> None:
        """A request is counted and timed once, by its route: there are as many series as routes."""
        names = dict(zip(("method", "route", "status"), labels, strict=True))
        timed = {"method": labels[0], "route": labels[1]}
        before = requests(**names), _timed(timed)
        async with client_of(settings, state, faulty()) as client:
            assert (await client.request(method, path)).status_code == int(labels[2])
        assert (requests(**names), _timed(timed)) == (before[0] + 1, before[1] + 1)

    async def test_in_flight(self, settings: Settings, state: State) -> None:
        """A request is in flight while it is served, and not after, however it ended."""
        router, seen = APIRouter(), []

        @router.get("/look")
        async def look() -> None:
            seen.append(REGISTRY.get_sample_value("http_requests_in_flight"))
            raise RuntimeError

        async with client_of(settings, state, router) as client:
            await client.get("/v1/look")
        assert seen == [1]
        assert REGISTRY.get_sample_value("http_requests_in_flight") == 0


def _timed(labels: dict[str, str]) -> float:
    return REGISTRY.get_sample_value("http_request_duration_seconds_count", labels) or 0


class TestMetricsRoute:
    async def test_open_in_development(self, client: AsyncClient) -> None:
        """On a developer's machine everyone may look; the document does not list it."""
        answer = await client.get("/metrics")
        assert answer.status_code == 200
        assert "http_requests_total" in answer.text
        assert "database_connections_in_use" in answer.text
        assert "/metrics" not in (await client.get("/openapi.json")).json()["paths"]

    async def test_absent_in_production(self, settings: Settings, state: State) -> None:
        """Without a token production has it not: it looks like any other path that is none."""
        async with client_of(production(settings), state) as client:
            closed, unknown = await client.get("/metrics"), await client.get("/no/such")
        assert closed.status_code == unknown.status_code == 404
        different = {"instance": None, "request_id": None}
        assert closed.json() | different == unknown.json() | different

    @pytest.mark.parametrize("environment", list(Environment))
    @pytest.mark.parametrize(
        ("given", "status"),
        [
            (None, 401),
            ("Bearer", 401),
            ("Bearer wrong", 401),
            (f"Basic {TOKEN}", 401),
            ("Bearer ä", 401),
            (f"Bearer {TOKEN}", 200),
            (f"bearer {TOKEN}", 200),
        ],
    )
    async def test_with_a_token(
        self,
        settings: Settings,
        state: State,
        environment: Environment,
        given: str | None,
        status: int,
    ) -> None:
        """Where there is a token it is asked for."""
        said = production(settings, environment=environment, metrics_token=SecretStr(TOKEN))
        headers = {} if given is None else {b"Authorization": given.encode("latin-1")}
        async with client_of(said, state) as client:
            answer = await client.get("/metrics", headers=headers)
        assert answer.status_code == status
        assert ("http_requests_total" in answer.text) == (status == 200)
        assert (answer.headers.get("WWW-Authenticate") == "Bearer") == (status == 401)
