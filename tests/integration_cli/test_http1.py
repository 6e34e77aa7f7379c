"""HTTP/1.1 by hand: how a request is written, and where an answer ends."""

import gzip
import json
import zlib

import pytest

from integration_cli import http1
from integration_cli.endpoints import Change
from integration_cli.http1 import Answer, AnswerReader, Broken, encode
from integration_cli.target import AppUrl
from tests.integration_cli.story import API

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
WHOLE = [
    (OK + b"Content-Length: 2\r\n\r\nhi", 200, b"hi"),
    (OK + b"Content-Length: 0\r\n\r\n", 200, b""),
    (OK + b"Content-Length: 2\r\ncontent-length: 2\r\n\r\nhi", 200, b"hi"),
    (CHUNKED + b"2;x=y\r\nhi\r\n1\r\n!\r\n0\r\n\r\n", 200, b"hi!"),
    (CHUNKED + b"A\r\n" + b"\r\n" * 6 + b"0\r\nTrailer: t\r\nOther: u\r\n\r\n", 200, b"\r\n" * 5),
    (CHUNKED + b"0\r\n\r\n", 200, b""),
    (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, b""),
    (b"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\n!", 200, b"!"),
    (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 \r\nContent-Length: 1\r\n\r\n!", 201, b"!"),
]  # fmt: skip


def feed(reader: AnswerReader, data: bytes, size: int) -> list[Answer]:
    """Feed bytes in pieces of a size, as a network might cut them."""
    pieces = (data[at : at + size] for at in range(0, len(data), size))
    return [answer for piece in pieces if (answer := reader.feed(piece))]


class TestAnswers:
    @pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
    @pytest.mark.parametrize(("data", "status", "body"), WHOLE)
    def test_framing(self, data: bytes, status: int, body: bytes, size: int) -> None:
        """A length, chunks, no body, interim answers: the answer ends with its last byte."""
        reader = AnswerReader()
        answers = feed(reader, data, size)
        assert [(one.status, one.body, one.keeps) for one in answers] == [(status, body, True)]

    def test_one_after_another(self) -> None:
        """A connection carries many answers, each framed in its own way."""
        reader = AnswerReader()
        bodies = [feed(reader, data, 5)[0].body for data, _, _ in WHOLE]
        assert bodies == [body for _, _, body in WHOLE]

    def test_until_the_end(self) -> None:
        """A body without a length is whole when the connection ends, and not before."""
        reader = AnswerReader()
        assert reader.feed(OK + b"\r\nhi") is None
        assert reader.end() == Answer(200, {}, b"hi", keeps=False)

    @pytest.mark.parametrize(
        "data",
        [b"", OK, OK + b"Content-Length: 9\r\n\r\nhi", CHUNKED + b"2\r\nhi\r\n", CHUNKED[:-2],
         b"HTTP/1.1 103 Early Hints\r\n\r\n"],
    )  # fmt: skip
    def test_cut_off(self, data: bytes) -> None:
        """An answer that ends in the middle is no answer."""
        reader = AnswerReader()
        assert reader.feed(data) is None
        assert reader.end() is None

    @pytest.mark.parametrize(
        "data",
        [
            b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
            b"HTTP/2 200\r\n\r\n",
            b"HTTP/1.1 OK\r\n\r\n",
            OK + b"Content-Length: -1\r\n\r\n",
            OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
            OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
            CHUNKED + b"zz\r\n",
            b"x" * 70_000,
        ],
    )
    def test_not_http(self, data: bytes) -> None:
        """What could be read in two ways is refused, not guessed."""
        with pytest.raises(Broken):
            AnswerReader().feed(data)

    @pytest.mark.parametrize(
        ("data", "keeps"),
        [
            (OK + b"Content-Length: 0\r\n\r\n", True),
            (OK + b"Content-Length: 0\r\nConnection: Close\r\n\r\n", False),
            (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", False),
            (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", True),
            (OK + b"Content-Length: 0\r\n\r\nHTTP/1.1 200", False),
            (CHUNKED + b"0\r\n\r\nHTTP/1.1 200", False),
        ],
    )
    def test_keeps(self, data: bytes, *, keeps: bool) -> None:
        """A connection that closes, or on which somebody else's answer came, is not used again."""
        answer = AnswerReader().feed(data)
        assert answer is not None
        assert answer.keeps is keeps

    @pytest.mark.parametrize(
        ("coding", "packed"),
        [("gzip", gzip.compress(b"hi", mtime=0)), ("deflate", zlib.compress(b"hi"))],
    )
    @pytest.mark.parametrize("chunk", [1, 1000])
    def test_packed(self, coding: str, packed: bytes, chunk: int) -> None:
        """Nobody asks for a content coding, so an app may choose one."""
        head = f"Content-Encoding: {coding}\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
        [answer] = feed(AnswerReader(), OK + head + packed, chunk)
        assert answer.body == b"hi"

    @pytest.mark.parametrize(
        ("coding", "packed"),
        [
            ("br", b"\x0b\x00\x80hi\x03"),
            ("gzip", b"hi"),
            ("gzip", gzip.compress(b"hi", mtime=0)[:-1]),
        ],
    )
    def test_packed_otherwise(self, coding: str, packed: bytes) -> None:
        """What cannot be read is no answer: its items are not taken for none."""
        head = f"Content-Encoding: {coding}\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
        with pytest.raises(Broken):
            AnswerReader().feed(OK + head + packed)

    def test_packed_without_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A small answer that is a huge one must not fill the memory."""
        monkeypatch.setattr(http1, "MAX_BODY", 1000)
        packed = gzip.compress(b"x" * 1001)
        head = f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
        with pytest.raises(Broken):
            AnswerReader().feed(OK + head + packed)

    def test_headers(self) -> None:
        """Names are in lower case, values stripped, and what repeats is joined."""
        answer = AnswerReader().feed(
            OK + b"Vary: A\r\nX-Worker:7 \r\nVARY:B\r\ncontent-length:0\r\n\r\n"
        )
        assert answer is not None
        assert answer.headers == {"vary": "A, B", "x-worker": "7", "content-length": "0"}


class TestRequests:
    APP = AppUrl.parse("http://[::1]:8000/v1")

    def test_json(self) -> None:
        """The length counts bytes, not characters."""
        data = encode(API.create_item(Change(unique="čaj")), self.APP, "t")
        head, _, body = data.partition(b"\r\n\r\n")
        assert head.split(b"\r\n") == [
            b"POST /v1/items HTTP/1.1",
            b"Host: [::1]:8000",
            b"Authorization: Bearer t",
            b"Content-Type: application/json",
            b"Content-Length: %d" % len(body),
        ]
        assert json.loads(body) == {"name": "čaj"}

    def test_form(self) -> None:
        """A sign-in is form-encoded, and carries no token."""
        data = encode(API.sign_in("a@b.c", "p&q"), self.APP, "")
        assert b"Authorization" not in data
        assert data.endswith(b"username=a%40b.c&password=p%26q")

    def test_no_body(self) -> None:
        """A request without a body ends with its head."""
        assert encode(API.live(), self.APP, "t").endswith(b"Bearer t\r\n\r\n")
