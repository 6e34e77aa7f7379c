"""What a test sent and what that sent to Postgres: to count it, and to print it when it fails."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import indent
from typing import Any

from httpx2 import ASGITransport, AsyncBaseTransport, Request, Response
from sqlalchemy import Engine, event

from tests.functional.documented import Documented

# A test's transaction is one more than the app's, so these are not what the app sends elsewhere.
OURS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


class Trace:
    """The exchanges and SQL statements of one test, in their order."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self._lines: list[str] = []

    def listen(self, engine: Engine) -> None:
        """Note what sessions send over this engine's connections from now on."""
        event.listen(engine, "before_cursor_execute", self._note_cursor)

    def forget(self, engine: Engine) -> None:
        """End what `listen` began."""
        event.remove(engine, "before_cursor_execute", self._note_cursor)

    def note_exchange(self, request: Request, response: Response, body: bytes) -> None:
        """Note a request and its answer."""
        self._lines.append(f"{request.method} {request.url.raw_path.decode()}")
        self._lines += _block(request.content)
        self._lines.append(f"  -> {response.status_code}")
        self._lines += _block(body)

    def __str__(self) -> str:
        """Everything, as it is printed when the test fails."""
        return "\n".join(self._lines)

    def note_statement(self, sql: str, parameters: object) -> None:
        """Note a statement and its parameters."""
        self.statements.append(sql)
        self._lines.append(indent(f"{sql}\n{parameters}", "    sql: "))

    def _note_cursor(self, _: Any, __: Any, sql: str, parameters: object, *___: object) -> None:
        if not sql.startswith(OURS):
            self.note_statement(sql, parameters)


def _block(body: bytes) -> list[str]:
    if not body:
        return []
    try:
        text = json.dumps(json.loads(body), indent=2)
    except ValueError:
        text = body.decode(errors="replace")
    return [indent(text[:2000], "     ")]


class Traced(AsyncBaseTransport):
    """A transport that notes what it carries, and holds it to the API's document."""

    def __init__(self, transport: ASGITransport, trace: Trace, documented: Documented) -> None:
        self._transport = transport
        self._trace = trace
        self._documented = documented

    async def handle_async_request(self, request: Request) -> Response:
        await request.aread()
        response = await self._transport.handle_async_request(request)
        body = await response.aread()
        self._trace.note_exchange(request, response, body)
        self._documented.check(request, response, body)
        return Response(
            response.status_code, headers=response.headers, content=body, request=request
        )


class Queries:
    """Counts SQL statements: `with queries.at_most(2): ...`."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    @contextmanager
    def at_most(self, number: int) -> Iterator[None]:
        """Fail if more statements than this are sent in the block; the message lists them."""
        before = len(self._trace.statements)
        yield
        sent = self._trace.statements[before:]
        listed = "\n".join(indent(statement, "  ") for statement in sent)
        assert len(sent) <= number, f"{len(sent)} statements instead of {number}:\n{listed}"

    @contextmanager
    def exactly(self, number: int) -> Iterator[None]:
        """Fail if more or fewer statements than this are sent in the block."""
        before = len(self._trace.statements)
        with self.at_most(number):
            yield
        assert len(self._trace.statements) - before == number
