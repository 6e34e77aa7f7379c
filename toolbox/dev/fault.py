"""What is answered while the code does not start: that it does not, and where the fault is.

Whoever works on a frontend beside would otherwise wait, and look for the reason in their own code.
"""

import html
import json
import socket
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from traceback import FrameSummary, StackSummary, TracebackException

import uvicorn
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from toolbox.checkout import ROOT

AGAIN = 1  # seconds after which a browser asks again
UNAVAILABLE = HTTPStatus.SERVICE_UNAVAILABLE
PAGE = """\
<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="{again}">
<title>The service does not start</title>
<h1>The service does not start</h1>
<p>{where}</p>
<pre>{traceback}</pre>
<p>This page asks again each second, until the code is mended.</p>
"""


class Fault:
    """Why the service does not start.

    Attributes:
        traceback: of the fault and its causes only the frames in `api`, if there are any.
        where: the file, the line and what is wrong, in one sentence.
    """

    def __init__(self, exc: BaseException) -> None:
        told = TracebackException.from_exception(exc)
        ours = _ours(told)
        if isinstance(exc, SyntaxError) or any(map(_ours, _chain(told))):
            for each in _chain(told):
                each.stack = StackSummary.from_list(_ours(each))
        self.traceback = "".join(told.format()).rstrip()
        what = f"{type(exc).__name__}: {exc.msg if isinstance(exc, SyntaxError) else exc}"
        if isinstance(exc, SyntaxError) and exc.filename:
            self.where = f"{_short(exc.filename)}, line {exc.lineno}: {what}"
        elif ours:
            self.where = f"{_short(ours[-1].filename)}, line {ours[-1].lineno}: {what}"
        else:
            self.where = what

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer any request with it: a page where a browser asks, a problem document otherwise."""
        if scope["type"] != "http":
            return
        request = Request(scope)
        # So that the next request is another connection, and meets the code that is mended.
        headers = {"Retry-After": str(AGAIN), "Connection": "close", "Cache-Control": "no-store"}
        if "text/html" in request.headers.get("accept", ""):
            content, media_type = self._page(), "text/html"
        else:
            content, media_type = self._problem(request.url.path), "application/problem+json"
        await Response(content, UNAVAILABLE, headers, media_type)(scope, receive, send)

    def _page(self) -> str:
        where, traceback = html.escape(self.where), html.escape(self.traceback)
        return PAGE.format(again=AGAIN, where=where, traceback=traceback)

    def _problem(self, path: str) -> str:
        body = {
            "type": "about:blank",
            "title": UNAVAILABLE.phrase,
            "status": UNAVAILABLE,
            "detail": f"The code as it was saved does not start. {self.where}",
            "instance": path,
            "traceback": self.traceback.splitlines(),
        }
        return json.dumps(body)


def answer_with(fault: Fault, listener: socket.socket) -> None:
    """Answer all that comes with the fault, until SIGTERM."""
    configuration = uvicorn.Config(
        for_other_origins(fault),
        lifespan="off",
        timeout_graceful_shutdown=AGAIN,
        access_log=False,
        log_config=None,
    )
    uvicorn.Server(configuration).run(sockets=[listener])


def for_other_origins(app: ASGIApp) -> ASGIApp:
    """Let the pages read the answer that may read the service's, if its settings can be read."""
    try:
        from api.settings import Settings  # noqa: PLC0415 - of the code as it is now

        origins = Settings().cors_origins
    except Exception:  # noqa: BLE001 - whatever is wrong is told already
        origins = []
    return CORSMiddleware(app, allow_origins=origins, allow_methods=["*"], allow_headers=["*"])


def _ours(told: TracebackException) -> list[FrameSummary]:
    return [frame for frame in told.stack if Path(frame.filename).is_relative_to(ROOT / "api")]


def _chain(told: TracebackException) -> Iterator[TracebackException]:
    """Yield it, what it came from, and what it is a group of."""
    yield told
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            yield from _chain(other)


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else filename
