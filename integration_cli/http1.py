"""Just enough HTTP/1.1 (RFC 9112) to write a request by hand and to read its answer.

Nothing here does input or output: bytes in, answers out. `wire` has the connection.
"""

import json
import zlib
from dataclasses import dataclass, field
from urllib.parse import urlencode

from integration_cli.operation import Json, Request, as_object
from integration_cli.target import AppUrl

MAX_HEAD = 65_536  # bytes
MAX_BODY = 64 << 20  # bytes: an answer without end must not fill the memory
NO_BODY = {204, 304}
# How zlib is told what it unpacks.
CODINGS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class Broken(Exception):
    """What came is not an HTTP/1.1 answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; header names are in lower case, and what repeats is joined with commas.

    `keeps` tells whether the connection may carry another request after it.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    keeps: bool = True

    def json(self) -> Json:
        """The body as a JSON object; empty when it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return as_object(value)


def encode(request: Request, app_url: AppUrl, token: str) -> bytes:
    """A request with a JSON body, a form or none, as the bytes that go over the wire."""
    body, media = _payload(request)
    head = (
        f"{request.method} {app_url.prefix}{request.path} HTTP/1.1\r\n"
        f"Host: {app_url.netloc_host}:{app_url.port}\r\n"
    )
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    if media:
        head += f"Content-Type: {media}\r\nContent-Length: {len(body)}\r\n"
    for name, value in request.headers.items():
        if name != "Content-Type":
            head += f"{name}: {value}\r\n"
    return f"{head}\r\n".encode("latin-1") + body


def _payload(request: Request) -> tuple[bytes, str]:
    if request.raw is not None:
        return request.raw, request.headers.get("Content-Type", "application/octet-stream")
    if request.body is not None:
        return json.dumps(request.body, separators=(",", ":")).encode(), "application/json"
    if request.form is not None:
        return urlencode(request.form).encode(), "application/x-www-form-urlencoded"
    return b"", ""


@dataclass(slots=True)
class AnswerReader:
    """Collects the bytes of one answer after another, past any interim (1xx) ones.

    It does not know what was asked, and so not that the answer to a HEAD has no body.
    """

    _buffer: bytearray = field(default_factory=bytearray)
    _status: int = 0
    _headers: dict[str, str] = field(default_factory=dict)
    _keeps: bool = True
    _length: int | None = None  # of the body; None until the connection ends
    _chunks: "_Chunks | None" = None

    def feed(self, data: bytes) -> Answer | None:
        """Take what came; the answer once it is whole.

        Raises:
            Broken: it is not HTTP.
        """
        self._buffer += data
        while self._status < 200:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self._buffer) > MAX_HEAD:
                    raise Broken("a head without end")
                return None
            self._read_head(bytes(self._buffer[:end]))
            del self._buffer[: end + 4]
        return self._read_body()

    def end(self) -> Answer | None:
        """Take the end of the connection: it completes a body that has no length of its own."""
        if self._status < 200 or self._chunks or self._length is not None:
            return None
        body = _decoded(bytes(self._buffer), self._headers)
        return Answer(self._status, self._headers, body, keeps=False)

    def _read_head(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        version, _, rest = first.partition(" ")
        status = rest[:3]
        if not version.startswith("HTTP/1.") or not (status.isdecimal() and len(status) == 3):
            raise Broken("no HTTP/1.1 status line")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            name, value = name.lower(), value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        self._status, self._headers = int(status), headers
        self._frame(version)

    def _frame(self, version: str) -> None:
        """Tell where the body ends (RFC 9112, 6.3), and the connection (9.3)."""
        headers = self._headers
        options = headers.get("connection", "").lower()
        self._keeps = "close" not in options and (version != "HTTP/1.0" or "keep-alive" in options)
        if self._status < 200 or self._status in NO_BODY:
            self._length = 0
        elif "transfer-encoding" in headers:
            if headers["transfer-encoding"].lower() != "chunked":
                raise Broken(f"Transfer-Encoding: {headers['transfer-encoding']}")
            self._chunks = _Chunks()
        elif "content-length" in headers:
            self._length = _length(headers["content-length"])
        else:
            self._length, self._keeps = None, False

    def _read_body(self) -> Answer | None:
        if len(self._buffer) > MAX_BODY:
            raise Broken("a body without end")
        if self._chunks:
            return self._whole(self._chunks.body) if self._chunks.take(self._buffer) else None
        if self._length is None or len(self._buffer) < self._length:
            return None
        body = bytes(self._buffer[: self._length])
        del self._buffer[: self._length]
        return self._whole(body)

    def _whole(self, body: bytes) -> Answer:
        # What nobody asked for came after it: that connection must not be used again.
        keeps = self._keeps and not self._buffer
        answer = Answer(self._status, self._headers, _decoded(body, self._headers), keeps)
        self._status, self._length, self._chunks = 0, None, None
        return answer


class _Chunks:
    """A chunked body (RFC 9112, 7.1)."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._ended = False  # only trailers are to come

    @property
    def body(self) -> bytes:
        return b"".join(self._parts)

    def take(self, buffer: bytearray) -> bool:
        """Take whole chunks from the buffer; True after the last, and its trailers."""
        at = 0
        try:
            while (end := buffer.find(b"\r\n", at)) >= 0:
                if self._ended:
                    blank, at = end == at, end + 2
                    if blank:
                        return True
                    continue
                size = _hexadecimal(bytes(buffer[at:end]))
                if size == 0:
                    self._ended, at = True, end + 2
                    continue
                after = end + 2 + size
                if len(buffer) < after + 2:
                    return False
                self._add(bytes(buffer[end + 2 : after]))
                at = after + 2
            return False
        finally:
            del buffer[:at]

    def _add(self, part: bytes) -> None:
        self._parts.append(part)
        self._size += len(part)
        if self._size > MAX_BODY:
            raise Broken("a body without end")


def _decoded(body: bytes, headers: dict[str, str]) -> bytes:
    """The body without its content coding, which an app may choose as nobody asks for another."""
    coding = headers.get("content-encoding", "identity").lower()
    if coding == "identity" or not body:
        return body
    if coding not in CODINGS:
        raise Broken(f"Content-Encoding: {coding}")
    unpacking = zlib.decompressobj(CODINGS[coding])
    try:
        plain = unpacking.decompress(body, MAX_BODY)
    except zlib.error as error:
        raise Broken(f"no {coding}: {error}") from None
    if not unpacking.eof:
        raise Broken(f"{coding} that does not end")
    return plain


def _length(text: str) -> int:
    values = {value.strip() for value in text.split(",")}
    if len(values) > 1 or not (value := values.pop()).isdecimal():
        raise Broken(f"Content-Length: {text}")
    return int(value)


def _hexadecimal(line: bytes) -> int:
    try:
        return int(line.split(b";")[0], 16)
    except ValueError:
        raise Broken(f"a chunk of size {line[:20]!r}") from None
