"""Servers that each have one fault, for the chaos to find: `python -m tests.toolbox.careless`."""

import argparse
import asyncio
import json
import logging.config
import os
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.app import create_app
from api.observability.logs import log_config
from api.observability.workers import folder_for_workers
from api.serving import BACKLOG, KEEP_ALIVE, listen
from api.settings import Environment
from api.supervisor import Worker, Workers

LATER = 1.0  # seconds from an acknowledgement to what it acknowledges

FAULT = "FAULT"


class HastyWorker(Worker):
    """Closes idle connections at once when it ends."""

    @property
    def server(self) -> uvicorn.Server:
        if self._server is None:
            self._server = uvicorn.Server(self.config)
        return self._server


class HastyWorkers(Workers):
    def _start(self) -> Worker:
        worker = HastyWorker(self.config, self.sockets)
        worker.start()
        return worker


class EarlyAcknowledgement:
    """Acknowledges a write, and makes it later."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        body = await whole(receive)
        task = asyncio.create_task(self.later(scope, body))
        self.tasks.add(task)
        head = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 201, "headers": head})
        await send({"type": "http.response.body", "body": b""})

    async def later(self, scope: Scope, body: bytes) -> None:
        await asyncio.sleep(LATER)
        await self.app(scope, once(body), forget)


class Twice:
    """Makes every item twice, the second time by another name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        item = json.loads(await whole(receive))
        again = json.dumps({**item, "name": f"{item['name']} again"}).encode()
        headers = [(b"content-length", b"%d" % len(again)), *without_length(scope)]
        await self.app({**scope, "headers": headers}, once(again), forget)
        await self.app(scope, once(json.dumps(item).encode()), send)


def without_length(scope: Scope) -> list[tuple[bytes, bytes]]:
    left_out = {b"content-length", b"idempotency-key"}
    return [(name, value) for name, value in scope["headers"] if name not in left_out]


async def whole(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def once(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def forget(_: Message) -> None:
    """Send nothing."""


AROUND: dict[str, Callable[[ASGIApp], ASGIApp]] = {"early": EarlyAcknowledgement, "twice": Twice}


def create_careless() -> ASGIApp:
    app: ASGIApp = create_app()
    around = AROUND.get(os.environ[FAULT])
    return around(app) if around else app


def bind(port: int) -> socket.socket:
    """Bind without listening, as Uvicorn does."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    bound.set_inheritable(True)
    return bound


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("fault", choices=["deaf", "hasty", "early", "twice"])
    parser.add_argument("--port", type=int)
    parser.add_argument("--workers", type=int)
    arguments = parser.parse_args()
    os.environ[FAULT] = fault = arguments.fault
    listener = bind(arguments.port) if fault == "deaf" else listen("127.0.0.1", arguments.port)
    config = uvicorn.Config(
        "tests.toolbox.careless:create_careless",
        factory=True,
        workers=arguments.workers,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=20,
        access_log=False,
        log_config=log_config(Environment.DEVELOPMENT),
    )
    logging.getLogger("api").info("Listening on http://127.0.0.1:%d", arguments.port)
    kind = HastyWorkers if fault == "hasty" else Workers
    with folder_for_workers():
        kind(config, sockets=[listener]).run()


if __name__ == "__main__":
    main()
