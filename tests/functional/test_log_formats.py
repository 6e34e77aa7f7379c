"""Log lines tell what happened, and nothing of what was sent."""

import io
import json
import logging
import logging.config
import pickle
import sys
from traceback import format_exception
from types import TracebackType
from typing import Any

import pytest
from fastapi.exceptions import ResponseValidationError
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.observability.logs import log_config, make_formatter
from api.observability.tracebacks import report
from api.settings import Environment

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def record(message: str, *args: object, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("api.some", logging.ERROR, "f.py", 1, message, args, None)
    made.__dict__.update(more)
    return made


def caught(exc: BaseException) -> ExcInfo:
    try:
        raise exc  # noqa: TRY301 - to give it a traceback
    except BaseException:  # noqa: BLE001 - whatever was given
        kind, value, trace = sys.exc_info()
        assert kind is not None
        assert value is not None
        return kind, value, trace


class TestProduction:
    def test_one_object_a_line(self) -> None:
        """A line is a JSON object, however many lines its message and traceback have."""
        formatter = make_formatter(Environment.PRODUCTION)
        error = caught(ValueError("two\nlines"))
        line = formatter.format(record("a\n%s", "b", exc_info=error, item_id="7"))
        assert "\n" not in line
        told = json.loads(line)
        assert told["message"] == "a\nb"
        assert (told["level"], told["logger"], told["item_id"]) == ("error", "api.some", "7")
        assert told["timestamp"].endswith("+00:00")
        assert told["pid"]
        assert told["exception"].startswith("Traceback (most recent call last):\n")
        assert told["exception"].endswith("ValueError: two\nlines")

    def test_survives_what_is_no_json(self) -> None:
        """A value that JSON does not know is written as text."""
        line = make_formatter(Environment.PRODUCTION).format(record("x", thing=object(), raw=b"x"))
        assert "object object" in json.loads(line)["thing"]


class TestDevelopment:
    def test_readable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A line has the time, the level, the message and where it comes from."""
        monkeypatch.setenv("NO_COLOR", "1")
        formatter = make_formatter(Environment.DEVELOPMENT)
        line = formatter.format(record("GET /items 200 in 3.1 ms", status=200, duration_ms=3.1))
        assert line[8:] == " [error    ] GET /items 200 in 3.1 ms [api.some]"

    def test_coloured_on_a_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """On a terminal it is coloured, or where FORCE_COLOR says so, unless NO_COLOR does."""
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.delenv("FORCE_COLOR", raising=False)
        terminal = io.StringIO()
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stderr", terminal)
        assert "\x1b[" in make_formatter(Environment.DEVELOPMENT).format(record("x"))
        monkeypatch.setattr(terminal, "isatty", lambda: False)
        assert "\x1b[" not in make_formatter(Environment.DEVELOPMENT).format(record("x"))
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "\x1b[" in make_formatter(Environment.DEVELOPMENT).format(record("x"))
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b[" not in make_formatter(Environment.DEVELOPMENT).format(record("x"))

    def test_traceback_without_variables(self) -> None:
        """A traceback is printed as Python does, without the values of variables."""
        formatter = make_formatter(Environment.DEVELOPMENT)
        said = formatter.format(record("x", exc_info=_failed_with("the " + "secret")))
        assert "raise KeyError" in said
        assert "the secret" not in said

    def test_brief_traceback(self) -> None:
        """Of a way through libraries it has how long it was, and each frame of our own code."""
        with pytest.raises(KeyError) as failed:
            make_formatter("nowhere")  # type: ignore[arg-type]
        line = {"exc_info": (KeyError, failed.value, failed.value.__traceback__)}
        brief = make_formatter(Environment.DEVELOPMENT).format(record("x", **line))
        whole = make_formatter(Environment.PRODUCTION).format(record("x", **line))
        assert brief.splitlines()[2] == "  ... 1 in libraries"
        assert "in make_formatter" in brief
        assert "in test_brief_traceback" in whole


def _failed_with(password: str) -> ExcInfo:
    try:
        raise KeyError(len(password))  # noqa: TRY301 - to give it a traceback
    except KeyError as exc:
        return KeyError, exc, exc.__traceback__


@pytest.mark.parametrize("environment", list(Environment))
def test_configuration_can_be_sent(environment: Environment) -> None:
    """Uvicorn pickles the configuration for its workers."""
    config = log_config(environment)
    assert pickle.loads(pickle.dumps(config)) == config  # noqa: S301 - our own


class TestQuotingExceptions:
    async def test_of_the_database(self, session: AsyncSession) -> None:
        """A row that breaks a constraint is not quoted; the constraint and the statement are."""
        statement = text("INSERT INTO users (email, name, password_hash) VALUES (:e, NULL, :h)")
        given = {"e": "secret@example.com", "h": "secret hash"}
        with pytest.raises(Exception, match="violates") as failed:
            await session.execute(statement, given)
        assert "secret@example.com" in "".join(format_exception(failed.value))  # Python's own
        told = report(failed.value)
        assert "secret@" not in told
        assert "NotNullViolation" in told
        assert "INSERT INTO users" in told
        assert "column_name name" in told

    def test_of_models(self) -> None:
        """A value that does not fit its model is not quoted."""

        class Account(BaseModel):
            name: int

        given = {"name": "secret"}
        with pytest.raises(ValueError, match="secret") as failed:
            Account.model_validate(given)
        assert "secret" not in report(failed.value)
        answer = ResponseValidationError([{"loc": ("x",), "msg": "m", "input": "secret"}])
        assert "secret" not in report(answer)

    def test_all_causes(self) -> None:
        """The exceptions before an exception are told, and those in a group."""
        try:
            try:
                raise ValueError("first")  # noqa: TRY301 - as the first of a chain
            except ValueError as exc:
                raise KeyError("second") from exc
        except KeyError as exc:
            told = report(ExceptionGroup("both", [exc, OSError("third")]))
        order = [told.index(word) for word in ("both", "first", "direct cause", "second", "third")]
        assert order == sorted(order)

    def test_of_a_circle(self) -> None:
        """Exceptions that are each other's cause end too."""
        one, other = ValueError("one"), ValueError("other")
        one.__cause__, other.__cause__ = other, one
        assert report(one).count("ValueError: one") == 1
