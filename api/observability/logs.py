"""How log lines look: JSON for machines in production, and for people in development.

The code logs with the standard library's `logging`; structlog formats what it collects, ours and
the libraries'. Everything goes to standard error.
"""

import os
import sys
from datetime import UTC, datetime
from typing import Any

from opentelemetry.trace import get_current_span
from structlog.dev import ConsoleRenderer
from structlog.processors import EventRenamer, JSONRenderer
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from api.observability.ids import REQUEST_ID
from api.observability.tracebacks import report
from api.settings import Environment

# What a request's line says in its message already, and who writes such lines.
TOLD_BY_MESSAGE = ("method", "route", "status", "duration_ms", "client")
OF_REQUESTS = "api.observability.requests"


def log_config(environment: Environment) -> dict[str, Any]:
    """Return the configuration of `logging`, as `logging.config.dictConfig` takes it.

    It has only names and texts, because Uvicorn sends it to its workers.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": f"{__name__}.make_formatter", "environment": environment}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "ours",
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {"watchfiles": {"level": "WARNING"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
    }


def make_formatter(environment: Environment) -> ProcessorFormatter:
    """Make the formatter of all log lines."""
    explain = _explain if environment is Environment.PRODUCTION else _explain_briefly
    every: list[Processor] = [_add_origin, ExtraAdder(), _add_ids, explain]
    forms: dict[Environment, list[Processor]] = {
        Environment.PRODUCTION: [EventRenamer("message"), JSONRenderer()],
        Environment.DEVELOPMENT: [_shorten, _console()],
    }
    return ProcessorFormatter(
        foreign_pre_chain=every,
        processors=[ProcessorFormatter.remove_processors_meta, *forms[environment]],
    )


def _console() -> ConsoleRenderer:
    seen = sys.stderr.isatty() or "FORCE_COLOR" in os.environ  # https://force-color.org
    colours = seen and "NO_COLOR" not in os.environ
    return ConsoleRenderer(colors=colours, sort_keys=False, pad_event_to=0)


def _add_origin(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    record = line["_record"]
    time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds")
    return {
        "timestamp": time,
        "level": record.levelname.lower(),
        "logger": record.name,
        "pid": record.process,
        **line,
    }


def _add_ids(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Name the request that the line is about, and its trace if it has one."""
    line.pop("color_message", None)  # Uvicorn's: its message again, with a terminal's codes
    if (request_id := REQUEST_ID.get()) is not None:
        line["request_id"] = request_id
    # Nothing but a look into the context, where no traces are made.
    span = get_current_span().get_span_context()
    if span.is_valid:
        line["trace_id"] = f"{span.trace_id:032x}"
    return line


def _explain(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    if exc_info := line.pop("exc_info", None):
        line["exception"] = report(exc_info[1])
    return line


def _explain_briefly(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Say where our code failed: of a request's way most is through the framework."""
    if exc_info := line.pop("exc_info", None):
        line["exception"] = report(exc_info[1], brief=True)
    return line


def _shorten(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Leave out what a developer does not need to see in each line."""
    line["timestamp"] = datetime.fromisoformat(line["timestamp"]).astimezone().strftime("%H:%M:%S")
    del line["pid"]
    if line["logger"] == OF_REQUESTS:
        del line["logger"]
    for told in TOLD_BY_MESSAGE:
        line.pop(told, None)
    if "request_id" in line:
        line["request_id"] = line["request_id"][:8]
    return line
