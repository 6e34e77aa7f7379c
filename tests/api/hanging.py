"""An application with a route that keeps the event loop from going round."""

import os
import time

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


async def pid(_: Request) -> Response:
    return PlainTextResponse(str(os.getpid()))


async def hang(_: Request) -> Response:
    time.sleep(3600)  # noqa: ASYNC251 - that is the fault
    return PlainTextResponse("")


def create_app() -> Starlette:
    return Starlette(routes=[Route("/pid", pid), Route("/hang", hang)])
