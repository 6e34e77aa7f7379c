"""A small app in memory that keeps its promises, except the one it is told to break.

It shows that the commands find what they look for, on the same path as with a real app.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from integration_cli.operation import Json
from integration_cli.profile import declared
from tests.integration_cli import story

WHOLE = story.PROFILE
ITEMS = declared(WHOLE.items)
# What a liar has of it.
PROFILE = replace(
    WHOLE,
    openapi=None,
    password=None,
    refresh=None,
    revoke=None,
    conditional=None,
    idempotency=None,
    quota=None,
    accounts=replace(WHOLE.accounts, me=None),
    login=replace(WHOLE.login, limited=None),
    items=replace(
        ITEMS,
        private=False,
        fields=replace(ITEMS.fields, version=None, created=None),
    ),
    pages=replace(WHOLE.pages, order=None) if WHOLE.pages else None,
)
Answer = tuple[int, Json | None]


class Liar:
    """`lie` is "", or what it does: "forgets", "halves", "resurrects", "duplicates", "fails",
    "deadlocks", "denies".
    """

    def __init__(self, lie: str = "") -> None:
        self.lie = lie
        self.users: dict[str, str] = {}
        self.items: dict[str, Json] = {}
        self.busy = asyncio.Event()  # set once there is an item
        self.prefix = ""  # of all paths
        self.asked = 0  # requests
        self.made = 0  # users and items, also those that are gone
        self._ids = count()
        self._busy = 0
        self._routes: dict[tuple[str, str], Callable[[str, Json, str], Answer]] = {
            ("GET", "health"): lambda *_: (200, {"status": "ready"}),
            ("POST", "users"): self._register,
            ("POST", "auth"): self._sign_in,
            ("DELETE", "users"): self._leave,
            ("POST", "items"): self._create,
            ("GET", "items"): self._read,
            ("PATCH", "items"): self._change,
            ("DELETE", "items"): self._delete,
        }

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(head.decode(), reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(
        self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        method, path, _ = head.split(" ", 2)
        lines = (line.partition(": ") for line in head.split("\r\n")[1:])
        headers = {name.lower(): value for name, _, value in lines}
        data = await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked += 1
        self._busy += 1
        await asyncio.sleep(0.001)  # so that requests sent at once do overlap
        user = headers.get("authorization", "").removeprefix("Bearer ")
        path = path.partition("?")[0].removeprefix(self.prefix).strip("/")
        route = self._routes.get((method, path.split("/")[0]), _nothing)
        try:
            status, body = route(path, _decode(data), user)
        except (LookupError, TypeError, ValueError):
            status, body = 422, {}
        self._busy -= 1
        self.write(writer, status, b"" if body is None else json.dumps(body).encode())

    def write(self, writer: asyncio.StreamWriter, status: int, payload: bytes) -> None:
        """Send an answer."""
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(payload)}\r\n\r\n".encode())
        writer.write(payload)

    def _register(self, _: str, body: Json, __: str) -> Answer:
        known = body["email"] in self.users
        self.made += not known
        self.users.setdefault(body["email"], body["password"])
        return (409, {}) if known else (201, {})

    def _sign_in(self, _: str, body: Json, __: str) -> Answer:
        if self.users.get(body["username"]) != body["password"]:
            return 401, {}
        return 200, {"access_token": body["username"]}

    def _leave(self, _: str, __: Json, user: str) -> Answer:
        if self.users.pop(user, None) is None:
            return 401, {}
        self.items = {key: item for key, item in self.items.items() if item["owner"] != user}
        return 204, None

    def _create(self, path: str, body: Json, user: str) -> Answer:
        if user not in self.users:
            return 401, {}
        bodies = body["items"] if path.endswith("bulk") else [body]
        taken = {item["name"] for item in self.items.values() if item["owner"] == user}
        if self.lie != "duplicates" and any(one["name"] in taken for one in bodies):
            return (500 if self.lie == "fails" else 409), {"detail": "The name is taken."}
        made = [{"description": ""} | one | {"id": self._id(), "owner": user} for one in bodies]
        for number, item in enumerate(made):
            if not (self.lie == "forgets" and number == 0):
                self.items[item["id"]] = item
        self.made += len(made)
        self.busy.set()
        return 201, ({"items": made} if path.endswith("bulk") else made[0])

    def _read(self, path: str, _: Json, user: str) -> Answer:
        if path == "items":
            mine = [item for item in self.items.values() if item["owner"] == user]
            return 200, {"items": mine, "next_cursor": None}
        item = self.items.get(path.split("/")[1])
        return (200, item) if item else (404, {})

    def _is_taken(self, user: str, name: str) -> bool:
        return any(one["owner"] == user and one["name"] == name for one in self.items.values())

    def _change(self, path: str, body: Json, user: str) -> Answer:
        changes: list[Any] = body.get("items", [body | {"id": path.rpartition("/")[2]}])
        if any(one.get("quantity", 0) < 0 for one in changes):
            return 422, {}
        is_locked = self.lie == "denies" and self._busy > 1
        if is_locked or any(one["id"] not in self.items for one in changes):
            return 404, {}
        names = [one["name"] for one in changes if "name" in one]
        if self.lie != "duplicates" and any(self._is_taken(user, name) for name in names):
            return 409, {}
        if self.lie == "deadlocks" and self._busy > 1 and len(changes) > 1:
            return 500, {}
        done = changes[: len(changes) // 2] if self.lie == "halves" and changes[1:] else changes
        for one in done:
            self.items[one["id"]] = self.items[one["id"]] | one
        return 200, {"items": [self.items[one["id"]] for one in changes]}

    def _delete(self, path: str, _: Json, __: str) -> Answer:
        item_id = path.split("/")[1]
        if item_id not in self.items:
            return 404, {}
        if self.lie != "resurrects":
            del self.items[item_id]
        return 204, None

    def _id(self) -> str:
        return f"{next(self._ids):08}"


def _nothing(_: str, __: Json, ___: str) -> Answer:
    return 404, {}


def _decode(data: bytes) -> Json:
    if data[:1] == b"{":
        decoded: Json = json.loads(data)
        return decoded
    return {name: values[0] for name, values in parse_qs(data.decode()).items()}


@asynccontextmanager
async def serving(liar: Liar) -> AsyncIterator[str]:
    """Serve a liar; the value is its address."""
    server = await asyncio.start_server(liar.serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()
