"""Just enough HTTP/1.1 (RFC 9112) to write a request by hand and read its answer."""

import asyncio
import json
from dataclasses import dataclass

from integration_cli.operation import Json, Request
from integration_cli.target import AppUrl


class Broken(Exception):
    """What came is not an HTTP/1.1 answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def closes(self) -> bool:
        """Whether the server closes the connection after it."""
        return self.headers.get("connection", "").lower() == "close"

    def json(self) -> Json:
        """The body as a JSON object; empty when it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


def encode(request: Request, app_url: AppUrl, token: str) -> bytes:
    """A request with a JSON body or none, as the bytes that go over the wire."""
    body = b"" if request.body is None else json.dumps(request.body).encode()
    head = [
        f"{request.method} {app_url.prefix}{request.path} HTTP/1.1",
        f"Host: {app_url.netloc_host}:{app_url.port}",
        f"Authorization: Bearer {token}",
    ]
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode("ascii") + body


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Read one answer, past any interim (1xx) ones.

    Raises:
        EOFError: the connection ended in the middle.
        OSError: it broke.
        Broken: what came is not HTTP.
    """
    status = 100
    headers: dict[str, str] = {}
    while status < 200:
        status, headers = await _read_head(reader)
    try:
        body = b"" if status in {204, 304} else await _read_body(reader, headers)
    except (ValueError, asyncio.LimitOverrunError) as error:
        raise Broken("a body with a malformed length") from error
    return Answer(status, headers, body)


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip().split("\r\n")
        status = int(first.split(" ", 2)[1])
    except (ValueError, IndexError, asyncio.LimitOverrunError) as error:
        raise Broken("no HTTP status line") from error
    pairs = (line.partition(":") for line in lines)
    return status, {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _read_body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return await _read_chunks(reader)
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return await reader.read()  # until the server closes


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass  # trailers
    return body
