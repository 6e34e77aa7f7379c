"""An application with a route that is slow, and one that keeps the event loop from going round."""

import asyncio
import gc
import os
import time

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


async def pid(_: Request) -> Response:
    return PlainTextResponse(str(os.getpid()))


async def frozen(_: Request) -> Response:
    return PlainTextResponse(str(gc.get_freeze_count()))


async def hang(_: Request) -> Response:
    time.sleep(3600)  # noqa: ASYNC251 - that is the fault
    return PlainTextResponse("")


begun = 0


async def slow(_: Request) -> Response:
    global begun  # noqa: PLW0603 - there is one worker
    begun += 1
    await asyncio.sleep(3)  # longer than a worker drains
    return PlainTextResponse("done")


async def how_many_begun(_: Request) -> Response:
    return PlainTextResponse(str(begun))


def create_app() -> Starlette:
    return Starlette(
        routes=[
            Route("/pid", pid),
            Route("/frozen", frozen),
            Route("/slow", slow),
            Route("/slow/begun", how_many_begun),
            Route("/hang", hang),
        ]
    )
