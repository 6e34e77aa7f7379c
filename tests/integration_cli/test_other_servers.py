"""Whatever stands at an address: it is judged, or one sentence says why it cannot be."""

import asyncio
import gzip
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integration_cli import client, concurrency
from integration_cli.ledger import Ledger
from integration_cli.options import Target
from integration_cli.outcome import AppUnreachable, Exit, Failure, NotFinished
from integration_cli.profile import Profile, Route, declared
from integration_cli.profile_file import UnknownProfile, load_profile
from integration_cli.target import AppUrl
from tests.integration_cli.liar import PROFILE, Liar, serving
from tests.integration_cli.test_wire import certify, needs_openssl, saying, server
from toolbox.checkout import ROOT

Frame = Callable[[int, bytes], bytes]
SMALL: dict[str, Any] = {"users": 2, "duration": 0.2, "effort": 0.05}
FEW = ("races", "mixed workload", "bulk-is-atomic", "read-your-writes", "unique-race")
ITEMS = declared(PROFILE.items)
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n\n<!DOCTYPE html><html>Welcome</html>"


class Framed(Liar):
    """An honest app whose answers are put into HTTP otherwise."""

    def __init__(self, frame: Frame, *, closes: bool = False) -> None:
        super().__init__()
        self.frame = frame
        self.closes = closes

    def write(self, writer: asyncio.StreamWriter, status: int, payload: bytes) -> None:
        writer.write(self.frame(status, payload))
        if self.closes:
            writer.close()


def plain(status: int, payload: bytes, more: str = "", version: str = "1.1") -> bytes:
    head = f"HTTP/{version} {status} X\r\n{more}Content-Length: {len(payload)}\r\n\r\n"
    return head.encode() + payload


def chunked(status: int, payload: bytes) -> bytes:
    """In pieces of a few bytes, with an extension and a trailer."""
    if status == 204:
        return plain(status, payload)
    pieces = [payload[at : at + 7] for at in range(0, len(payload), 7)]
    chunks = b"".join(b"%x;a=b\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    head = f"HTTP/1.1 {status} X\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head.encode() + chunks + b"0\r\nX-Checksum: 1\r\n\r\n"


def zipped(status: int, payload: bytes) -> bytes:
    """As a proxy does that packs everything."""
    packed = gzip.compress(payload) if payload else b""
    return plain(status, packed, "Content-Encoding: gzip\r\n")


def hinted(status: int, payload: bytes) -> bytes:
    """After informational answers."""
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    return hints + plain(status, payload)


def closing(status: int, payload: bytes) -> bytes:
    return plain(status, payload, "Connection: close\r\n")


def old(status: int, payload: bytes) -> bytes:
    return plain(status, payload, version="1.0")


def until_the_end(status: int, payload: bytes) -> bytes:
    return f"HTTP/1.0 {status} X\r\n\r\n".encode() + payload


async def ended(url: str, directory: Path, profile: Profile = PROFILE) -> Exit:
    """How a run against this address ends."""
    target = Target(AppUrl.parse(url), Ledger(directory), profile)
    return await concurrency.check(target, concurrency.Plan(**SMALL, only=FEW))


async def refused(url: str, directory: Path, profile: Profile = PROFILE) -> Failure:
    """Why a run against this address does not begin."""
    with pytest.raises(Failure) as caught:
        await ended(url, directory, profile)
    return caught.value


class TestJudged:
    @pytest.mark.parametrize("frame", [chunked, zipped, hinted])
    async def test_other_framing(self, tmp_path: Path, frame: Frame) -> None:
        """HTTP says one thing in many ways."""
        async with serving(Framed(frame)) as url:
            assert await ended(url, tmp_path) is Exit.HELD

    @pytest.mark.parametrize("frame", [closing, old, until_the_end])
    async def test_a_connection_for_each_answer(self, tmp_path: Path, frame: Frame) -> None:
        """An app that keeps no connection is raced over new ones."""
        async with serving(Framed(frame, closes=True)) as url:
            assert await ended(url, tmp_path) is Exit.HELD

    @pytest.mark.parametrize("slash", ["", "/"])
    async def test_a_prefix(self, tmp_path: Path, slash: str) -> None:
        """All of the app may stand under a path."""
        liar = Liar()
        liar.prefix = "/api/v1"
        async with serving(liar) as url:
            assert await ended(f"{url}/api/v1{slash}", tmp_path) is Exit.HELD
        assert liar.users == {}

    async def test_bulk_answers_without_items(self, tmp_path: Path) -> None:
        """An app that only counts what it made together is not said to have lost it."""

        def counting(status: int, payload: bytes) -> bytes:
            is_bulk = status == 201 and payload.startswith(b'{"items"')
            return plain(status, b'{"count": 4}' if is_bulk else payload)

        async with serving(Framed(counting)) as url:
            assert await ended(url, tmp_path) is not Exit.VIOLATED


class TestUnreachable:
    async def test_a_redirect(self, tmp_path: Path) -> None:
        """Who is redirected to is told, and never asked."""
        other = Liar()
        async with serving(other) as elsewhere:

            def away(_: int, __: bytes) -> bytes:
                where = f"Location: {elsewhere}/health/ready\r\n"
                return plain(307, b"", where)

            async with serving(Framed(away)) as url:
                failure = await refused(url, tmp_path)
        assert isinstance(failure, AppUnreachable)
        assert f"redirects /health/ready to {elsewhere}/health/ready" in str(failure)
        assert other.asked == 0
        assert Ledger(tmp_path).accounts() == []

    async def test_a_website(self, tmp_path: Path) -> None:
        """A page for people, which many websites answer to every path with 200, is not the API."""
        async with server(saying(HTML)) as url:
            failure = await refused(str(url), tmp_path)
        assert isinstance(failure, AppUnreachable)
        assert "with a page of HTML" in str(failure)

    @pytest.mark.parametrize("said", [(), (b"SSH-2.0-OpenSSH_9.9\r\n\r\n",)])
    async def test_no_http(self, tmp_path: Path, said: tuple[bytes, ...]) -> None:
        async with server(saying(*said)) as url:
            failure = await refused(str(url), tmp_path)
        assert "what answers does not speak HTTP, or hangs up" in str(failure)

    async def test_no_tls(self, tmp_path: Path) -> None:
        """https where only http is spoken: it takes the handshake for a bad request."""

        async def puzzled(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.write(plain(400, b""))

        async with server(puzzled) as url:
            failure = await refused(str(url).replace("http:", "https:"), tmp_path)
        assert isinstance(failure, AppUnreachable)
        assert "it does not speak TLS; perhaps its address begins with http://" in str(failure)

    @needs_openssl
    async def test_a_certificate_of_its_own(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is not trusted, and the sentence says how to trust it; then it is judged."""
        certificate = certify(tmp_path)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        liar = Liar()
        running = await asyncio.start_server(liar.serve, "127.0.0.1", 0, ssl=tls)
        async with running:
            url = f"https://127.0.0.1:{running.sockets[0].getsockname()[1]}"
            failure = await refused(url, tmp_path)
            assert "its certificate is not trusted" in str(failure)
            assert "SSL_CERT_FILE" in str(failure)
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
            client.tls.cache_clear()
            try:
                assert await ended(url, tmp_path) is Exit.HELD
            finally:
                client.tls.cache_clear()
        assert liar.users == {}


class TestAnotherProfile:
    async def test_no_token(self, tmp_path: Path) -> None:
        """A log-in whose answer has no such member is no refusal."""
        login = replace(PROFILE.login, token="key")
        async with serving(Liar()) as url:
            failure = await refused(url, tmp_path, replace(PROFILE, login=login))
        assert "POST /auth/token with 200, but its answer has no text 'key'" in str(failure)
        assert "login.token" in str(failure)

    async def test_an_item_is_refused(self, tmp_path: Path) -> None:
        """A path that the app does not have is not held against it, and nothing is left."""
        items = replace(ITEMS, create=Route("POST", "/things"))
        liar = Liar()
        async with serving(liar) as url:
            failure = await refused(url, tmp_path, replace(PROFILE, items=items))
        assert isinstance(failure, NotFinished)
        assert "POST /things is answered with 404" in str(failure)
        assert liar.users == {}

    @pytest.mark.parametrize("member", ["id", "nonce", "unique", "counter"])
    async def test_a_member_is_called_otherwise(self, tmp_path: Path, member: str) -> None:
        """An item in which the run would not find what it wrote."""

        def forget(status: int, payload: bytes) -> bytes:
            name = getattr(ITEMS.fields, member)
            return plain(status, payload.replace(f'"{name}":'.encode(), b'"other":'))

        liar = Framed(forget)
        async with serving(liar) as url:
            failure = await refused(url, tmp_path)
        assert f"has no member {getattr(ITEMS.fields, member)!r}" in str(failure)
        assert liar.users == {}


NOTES = (ROOT / "tests/integration_cli/other_app/profile.toml").read_text()


class TestProfileFile:
    @pytest.mark.parametrize(
        ("right", "wrong", "said"),
        [
            ("GET /notes/{id}", "GET /notes/{note}", "items: read needs {id} in its path"),
            ("PUT /notes/{id}", "PUT /notes", "items: update needs {id} in its path"),
            ('login = "{email}"', 'login = "{emial}"', "accounts.body needs {email}"),
            ('secret = "{password}"', 'secret = "{password} {x}"', "accounts.body has {x}, which"),
            ("invalid = { stars = -1 }", 'body = { a = "{b}" }', "items: body has {b}, which"),
            ("[items.fields]", "[items.feilds]", "items.feilds is unknown; is fields meant?"),
        ],
    )
    def test_typing_errors(self, tmp_path: Path, right: str, wrong: str, said: str) -> None:
        """A mistake is said where it stands, before anything is asked of the app."""
        assert right in NOTES
        path = tmp_path / "profile.toml"
        path.write_text(NOTES.replace(right, wrong, 1))
        with pytest.raises(UnknownProfile) as caught:
            load_profile(path)
        assert said in str(caught.value)
