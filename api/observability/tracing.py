"""OpenTelemetry traces: one span a request, and one for each of its SQL statements.

They are made where OpenTelemetry's own environment variables ask for them, and cost nothing where
they do not: FastAPI makes the spans of requests and exports them, and an instrumentation of asyncpg
those of SQL, which SQLAlchemy too sends through asyncpg. Neither has parameters' values.
"""

import os
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from api.settings import SettingsError

if TYPE_CHECKING:
    # The process above the workers looks in here too, and has no need of FastAPI.
    from fastapi.telemetry import TelemetryConfig

# Where the specification expects a collector when nothing else is said:
# https://opentelemetry.io/docs/specs/otel/protocol/exporter/
COLLECTOR = "http://localhost:4318"

NEEDED = (
    "opentelemetry.sdk.trace",
    "opentelemetry.exporter.otlp.proto.http",
    "opentelemetry.instrumentation.asyncpg",
)

OFF: "TelemetryConfig" = {"tracing": False, "metrics": False, "logs": False}
ON: "TelemetryConfig" = {
    "tracing": True,
    "metrics": False,  # Prometheus has them
    "logs": False,
    "operation_spans": False,  # of each dependency: more spans than they tell
    "auto_configure": True,
}


def _said(name: str) -> str:
    return os.environ.get(name, "").strip()


def wanted() -> bool:
    """Tell whether the environment asks for traces."""
    if _said("OTEL_SDK_DISABLED").lower() == "true":
        return False
    if exporter := _said("OTEL_TRACES_EXPORTER"):
        return exporter != "none"
    endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    return any(map(_said, endpoints))


def check() -> None:
    """Look whether traces can be made as the environment asks.

    Raises:
        SettingsError: they cannot; the message says what to do.
    """
    if not wanted():
        return
    if not all(map(_is_installed, NEEDED)):
        raise SettingsError(
            "The environment asks for OpenTelemetry traces, and what makes them is not installed; "
            "install the extra (uv sync --extra telemetry), or set OTEL_TRACES_EXPORTER=none."
        )
    _check_choice("OTEL_TRACES_EXPORTER", "otlp")
    for name in ("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"):
        _check_choice(name, "http/protobuf")


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _check_choice(name: str, only: str) -> None:
    if (said := _said(name)) not in {"", only}:
        raise SettingsError(f"{name} is {said!r}; this service exports traces by {only!r} only.")


def start() -> "TelemetryConfig":
    """Begin to trace SQL if traces are wanted, and return what FastAPI is to do about them.

    Raises:
        SettingsError: they are wanted and cannot be made.
    """
    if not wanted():
        return OFF
    check()
    os.environ.setdefault("OTEL_SERVICE_NAME", "peace-in-rest")
    if not _said("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        os.environ.setdefault("OTEL_EXPORTER_OTLP_ENDPOINT", COLLECTOR)
    # Not imported above, because it brings the SDK: who wants no traces does not load it.
    instrumentation = import_module("opentelemetry.instrumentation.asyncpg")
    instrumentation.AsyncPGInstrumentor().instrument()
    return ON
