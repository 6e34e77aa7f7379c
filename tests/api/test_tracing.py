"""Traces are made where OpenTelemetry's variables ask for them, and nowhere else."""

import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from api.observability import tracing
from api.settings import SettingsError
from tests.api.collector import attributes, collecting
from tests.api.processes import serve
from toolbox.checkout import ROOT
from toolbox.databases import Throwaways

TRACE = "0af7651916cd43dd8448eb211c80319c"
# https://www.w3.org/TR/trace-context/#traceparent-header
PARENT = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
ACCOUNT = {"email": "traced@example.com", "password": "a long password", "name": "Traced"}


@pytest.fixture(scope="module")
def database(databases: Throwaways, template: str) -> str:
    return databases.create("tracing", template)


@pytest.fixture
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in os.environ:
        if name.startswith("OTEL_"):
            monkeypatch.delenv(name)
    return monkeypatch


@pytest.mark.parametrize("workers", [1, 2])
def test_spans(database: str, tmp_path: Path, workers: int) -> None:
    """A request is a span with its route and status, with a span for each statement beneath."""
    account = ACCOUNT | {"email": f"traced{workers}@example.com"}
    with collecting() as collector:
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        with serve(database, workers, tmp_path / "log", **variables) as service:
            made = httpx2.post(f"{service.url}/users", json=account, headers=PARENT)
            assert made.status_code == 201
        # Ended by SIGTERM: nothing that was not sent yet is lost.
        ours = [span for span in collector.spans if span.trace_id.hex() == TRACE]
    assert collector.services == {"peace-in-rest"}
    (server,) = [span for span in ours if span.kind == span.SPAN_KIND_SERVER]
    told = attributes(server)
    assert server.name == "POST /users"
    assert (told["http.route"], told["http.response.status_code"]) == ("/users", 201)
    statements = [span for span in ours if span.kind == span.SPAN_KIND_CLIENT]
    assert {span.parent_span_id for span in statements} == {server.span_id}
    texts = [str(attributes(span)["db.statement"]) for span in statements]
    assert len([text for text in texts if text.startswith("INSERT INTO users")]) == 1
    assert "$1" in "".join(texts)
    everything = "".join(map(str, ours))
    assert account["email"] not in everything
    assert account["password"] not in everything
    # The request's lines name the trace, so that one leads to the other.
    line = next(line for line in service.output.splitlines() if "POST /users 201" in line)
    assert f"trace_id={TRACE}" in line


# asyncpg used directly, beside SQLAlchemy.
DIRECT = """
import asyncio, asyncpg, os
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from api.observability import tracing

exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
tracing.start()

async def main():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    await connection.fetch("SELECT $1::text", "hidden")
    await connection.fetchrow("SELECT $1::text AS row", "hidden")
    await connection.close()

asyncio.run(main())
for span in exporter.get_finished_spans():
    print(span.to_json(indent=None))
"""


def run(code: str, **variables: str) -> str:
    """What a Python program of its own prints."""
    said = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    command = [sys.executable, "-c", code]
    environment = said | {"ENVIRONMENT": "development"} | variables
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def test_spans_of_direct_statements(database: str) -> None:
    """What is sent past SQLAlchemy is traced too, by its text and not by its parameters."""
    said = run(DIRECT, DATABASE_URL=database, OTEL_TRACES_EXPORTER="otlp")
    spans = said.splitlines()
    assert len(spans) == 2
    assert '"db.statement": "SELECT $1::text"' in spans[0]
    assert '"db.statement": "SELECT $1::text AS row"' in spans[1]
    assert "hidden" not in said


LOADED = """
import sys
from api.app import create_app
create_app()
print(*sys.modules)
"""
HEAVY = {"opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.instrumentation", "requests"}


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:1", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:1", "OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_costs_nothing_when_not_asked_for(database: str, variables: dict[str, str]) -> None:
    """Nothing that makes traces is loaded; OpenTelemetry's bare API is, by FastAPI."""
    loaded = run(LOADED, DATABASE_URL=database, **variables).split()
    assert "fastapi" in loaded
    assert HEAVY & set(loaded) == set()


def test_loads_when_asked_for(database: str) -> None:
    """The test above would see it."""
    loaded = run(LOADED, DATABASE_URL=database, OTEL_TRACES_EXPORTER="otlp").split()
    assert {"opentelemetry.instrumentation"} <= set(loaded)


class TestCheck:
    def test_says_what_to_install(self, nothing_said: pytest.MonkeyPatch) -> None:
        """Where traces are asked for and cannot be made, the service says so and does not start."""
        nothing_said.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318")
        tracing.check()
        nothing_said.setattr(tracing, "NEEDED", ("opentelemetry.no_such.package",))
        with pytest.raises(SettingsError, match="--extra telemetry"):
            tracing.check()

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("OTEL_TRACES_EXPORTER", "zipkin"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"),
        ],
    )
    def test_says_what_it_cannot(
        self, nothing_said: pytest.MonkeyPatch, name: str, value: str
    ) -> None:
        """A way to export that this service has not is refused, instead of sending nothing."""
        nothing_said.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318")
        nothing_said.setenv(name, value)
        with pytest.raises(SettingsError, match=f"{name} is '{value}'"):
            tracing.check()

    def test_in_the_process(self, database: str) -> None:
        """The command ends in a sentence, and not in a traceback."""
        said = {"ENVIRONMENT": "development", "DATABASE_URL": database}
        done = subprocess.run(
            [sys.executable, "-m", "api", "--port", "0"],
            cwd=ROOT,
            env=os.environ | said | {"OTEL_TRACES_EXPORTER": "zipkin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "this service exports traces by 'otlp' only" in done.stderr
        assert "Traceback" not in done.stderr
