"""The connection itself, over real sockets: what is sent when, and what a break becomes."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from integration_cli import wire
from integration_cli.connection import Connection
from integration_cli.operation import Trouble
from integration_cli.record import Speaker
from integration_cli.site import Site
from integration_cli.target import AppUrl
from integration_cli.wire import NoAnswer, Wire
from tests.integration_cli.story import API, PROFILE

PATIENCE = 20  # seconds for what must happen, and does at once
SPEAKER = Speaker("c", "u")

ASK = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
HI = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
BYE = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"

OPENSSL = shutil.which("openssl") or ""
needs_openssl = pytest.mark.skipif(not OPENSSL, reason="openssl makes the certificate")

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def certify(directory: Path) -> Path:
    """Make a key and a certificate for loopback, in one file."""
    path = directory / "loopback.pem"
    command = f"{OPENSSL} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ["-subj", "/CN=loopback", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(path), "-out", str(directory / "certificate.pem")]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    path.write_text(path.read_text() + (directory / "certificate.pem").read_text())
    return path


@asynccontextmanager
async def server(serve: Serve, certificate: Path | None = None) -> AsyncIterator[AppUrl]:
    """Serve connections by a function each; all are closed at the end."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (EOFError, ConnectionError):
            pass
        finally:
            writer.close()

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if certificate else None
    if tls and certificate:
        tls.load_cert_chain(certificate)
    running = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    async with running:
        port = running.sockets[0].getsockname()[1]
        yield AppUrl.parse(f"{'https' if tls else 'http'}://127.0.0.1:{port}")


async def say_hi(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.readuntil(b"\r\n\r\n"):
        writer.write(HI)


def saying(*pieces: bytes) -> Serve:
    """Answer one request with these pieces, and close."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return serve


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


class TestWire:
    async def test_many_over_one(self) -> None:
        """Requests go over one connection, one after another."""
        async with server(say_hi) as url:
            talk = await Wire.open(url)
            for _ in range(50):
                asked = talk.send(ASK)
                assert (await talk.answer()).body == b"hi"
                assert talk.answered_at > asked
            assert talk.is_open
            talk.close()

    @needs_openssl
    async def test_tls(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """The same over TLS, also with the last byte held back, one after another."""
        certificate = certify(tmp_path)
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr(wire, "tls", lambda: trusting)
        async with server(say_hi, certificate) as url:
            talk = await Wire.open(url, within=PATIENCE)
            for _ in range(10):
                await talk.hold(ASK)
                talk.release()
                assert (await talk.answer()).body == b"hi"
            talk.close()

    @needs_openssl
    async def test_a_stranger_s_certificate(self, tmp_path: Path) -> None:
        """A server whose certificate nobody vouches for gets no request."""
        async with server(say_hi, certify(tmp_path)) as url:
            with pytest.raises(NoAnswer) as caught:
                await Wire.open(url)
        assert caught.value.trouble is Trouble.CONNECT

    @pytest.mark.parametrize("keep", [1, 5, len(ASK) - 1])
    async def test_hold(self, keep: int) -> None:
        """What is held back leaves at the release; until then the server has all the rest."""
        came: asyncio.Queue[bytes] = asyncio.Queue()

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while data := await reader.read(1000):
                came.put_nowait(data)
                if data.endswith(b"\n"):
                    writer.write(HI)

        async with server(listen) as url:
            talk = await Wire.open(url)
            await talk.hold(ASK, keep)
            assert await came.get() == ASK[:-keep]
            assert came.empty()
            talk.release()
            assert (await talk.answer()).status == 200
            assert await came.get() == ASK[-keep:]
            talk.close()

    async def test_hold_a_large_body(self) -> None:
        """Holding waits until a slow reader has taken what does not fit the buffers."""
        size = 8 << 20

        async def read_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readexactly(size)
            writer.write(HI)

        async with server(read_all) as url:
            talk = await Wire.open(url)
            await talk.hold(b"x" * size)
            assert talk._transport
            assert talk._transport.get_write_buffer_size() == 0
            talk.release()
            assert (await talk.answer()).body == b"hi"
            talk.close()

    async def test_hold_from_who_does_not_read(self) -> None:
        """A server that reads no further is not waited for without end."""

        async def deaf(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's has it
            await over.wait()

        over = asyncio.Event()
        async with server(deaf) as url:
            talk = await Wire.open(url, within=0.2)
            with pytest.raises(NoAnswer, match="does not read") as caught:
                await talk.hold(b"x" * (64 << 20))
            over.set()
        assert caught.value.trouble is Trouble.TIMEOUT

    @pytest.mark.parametrize(
        ("serve", "why"),
        [
            (saying(), "closed"),
            (saying(HI[:-1]), "closed"),
            (saying(HI[:20]), "closed"),
            (saying(b"220 a mail server\r\n\r\n"), "not an HTTP answer"),
        ],
    )
    async def test_breaks(self, serve: Serve, why: str) -> None:
        """An answer that does not come whole is a reset, and says what came instead."""
        async with server(serve) as url:
            talk = await Wire.open(url)
            talk.send(ASK)
            with pytest.raises(NoAnswer, match=why) as caught:
                await talk.answer()
        assert caught.value.trouble is Trouble.RESET

    async def test_no_connection(self) -> None:
        """A request that was never sent is told apart."""
        with pytest.raises(NoAnswer) as caught:
            await Wire.open(AppUrl.parse("http://127.0.0.1:9"))
        assert caught.value.trouble is Trouble.CONNECT

    async def test_silence(self) -> None:
        """No answer in time is a time-out, and ends the connection: the answer may come yet."""
        async with server(silent) as url:
            talk = await Wire.open(url, within=0.01)
            talk.send(ASK)
            with pytest.raises(NoAnswer) as caught:
                await talk.answer()
            assert caught.value.trouble is Trouble.TIMEOUT
            assert not talk.is_open

    @pytest.mark.parametrize("pieces", [(BYE,), (b"HTTP/1.1 200 OK\r\n\r\nh", b"i")])
    async def test_the_server_closes(self, pieces: tuple[bytes, ...]) -> None:
        """The last answer of a connection is an answer; the next request is never sent on it."""
        async with server(saying(*pieces)) as url:
            talk = await Wire.open(url)
            talk.send(ASK)
            assert (await talk.answer()).body == b"hi"
            assert not talk.is_open
            talk.send(ASK)
            with pytest.raises(NoAnswer, match="closed"):
                await talk.answer()

    async def test_unasked(self) -> None:
        """An answer to nobody's request is not taken for the next one's."""

        answered = asyncio.Event()

        async def talk_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(HI)
            await answered.wait()
            writer.write(HI[:9])
            await reader.readuntil(b"\r\n\r\n")
            writer.write(HI[9:])

        async with server(talk_on) as url:
            talk = await Wire.open(url)
            talk.send(ASK)
            await talk.answer()
            answered.set()
            await asyncio.sleep(0.05)  # what nobody asked for is here
            talk.send(ASK)
            with pytest.raises(NoAnswer):
                await talk.answer()

    async def test_refused_before_the_end(self) -> None:
        """A server may answer before a request is whole: that is the answer."""
        early = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"

        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.write(early)
            await reader.read()

        async with server(refuse) as url:
            talk = await Wire.open(url)
            await talk.hold(ASK)
            await talk.answer_begins()
            talk.release()
            assert (await talk.answer()).status == 413
            talk.close()


class TestAbort:
    @pytest.mark.parametrize("reset", [True, False])
    async def test_in_the_middle_of_a_request(self, *, reset: bool) -> None:
        """The server sees a reset, or a client that left; never the whole request."""
        ended: asyncio.Future[bytes | BaseException] = asyncio.get_running_loop().create_future()

        async def listen(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
            try:
                ended.set_result(await reader.read())
            except ConnectionResetError as error:
                ended.set_result(error)

        async with server(listen) as url:
            talk = await Wire.open(url)
            await talk.hold(ASK)
            talk.abort(reset=reset)
            outcome = await ended
            with pytest.raises(NoAnswer, match="this side"):
                await talk.answer()
        assert isinstance(outcome, ConnectionResetError) if reset else outcome == ASK[:-1]

    async def test_in_the_middle_of_an_answer(self) -> None:
        """Once an answer has begun it can be broken off."""
        broken = asyncio.Event()

        async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(HI[:-1])
            await reader.read()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await stream(reader, writer)
            except ConnectionResetError:
                broken.set()

        async with server(serve) as url:
            talk = await Wire.open(url)
            talk.send(ASK)
            await talk.answer_begins()
            talk.abort()
            await broken.wait()
            with pytest.raises(NoAnswer, match="this side"):
                await talk.answer()


class TestConnection:
    async def test_opens_again(self) -> None:
        """A connection that the server closed is replaced, and the request is not lost."""
        async with server(saying(BYE)) as url:
            connection = Connection(Site(url, PROFILE), SPEAKER, "t")
            statuses = [(await connection.send(API.live())).status for _ in range(3)]
            connection.close()
        assert statuses == [200, 200, 200]

    async def test_idle_connections_are_not_trusted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One that the server may be closing at this moment is not used."""
        opened = 0

        async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal opened
            opened += 1
            await say_hi(reader, writer)

        async with server(count) as url:
            connection = Connection(Site(url, PROFILE), SPEAKER, "t")
            for idle in (2_000_000_000, 0):
                monkeypatch.setattr("integration_cli.connection.MAX_IDLE", idle)
                await connection.send(API.live())
                await connection.send(API.live())
            connection.close()
        assert opened == 3

    async def test_what_becomes_of_it(self) -> None:
        """An operation tells the status, or the trouble."""
        async with server(saying(HI[:-1])) as url:
            connection = Connection(Site(url, PROFILE), SPEAKER, "t")
            lost = await connection.send(API.live())
            connection.close()
        nowhere = Connection(Site(AppUrl.parse("http://127.0.0.1:9"), PROFILE), SPEAKER, "t")
        refused = await nowhere.send(API.live())
        assert (lost.outcome, lost.indeterminate) == (Trouble.RESET, True)
        assert (refused.outcome, refused.refused) == (Trouble.CONNECT, True)
