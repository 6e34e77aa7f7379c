"""An app in trouble: what is tried again, what is recorded, and what the user is told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from integration_cli import accounts, client
from integration_cli.client import Client
from integration_cli.history import History
from integration_cli.ledger import Account, Ledger
from integration_cli.operation import Trouble
from integration_cli.outcome import AppUnreachable, NotFinished
from integration_cli.preflight import require_ready
from integration_cli.site import Site
from integration_cli.target import AppUrl
from tests.integration_cli.story import API, PROFILE


def answer(status: int, body: str = "{}", *headers: str) -> bytes:
    """One HTTP answer, after which the connection closes."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", body]).encode()


OK = answer(200)
BUSY = answer(503, "{}", "Retry-After: 0")
SILENCE = b""
CUT_OFF = OK[:20]


@asynccontextmanager
async def saying(*answers: bytes) -> AsyncIterator[Site]:
    """A server that gives these answers, one a connection, the last one again and again."""
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield site(f"http://127.0.0.1:{port}")


def site(url: str) -> Site:
    """An app at this address, which is like ours."""
    return Site(AppUrl.parse(url), PROFILE)


class TestInsist:
    @pytest.mark.parametrize(
        "answers", [[OK], [BUSY, BUSY, OK], [SILENCE, OK], [CUT_OFF, OK], [answer(500), OK]]
    )
    async def test_until_it_answers(
        self, monkeypatch: pytest.MonkeyPatch, answers: Sequence[bytes]
    ) -> None:
        """What may be repeated is, until the app answers; every try is in the history."""
        monkeypatch.setattr(client, "_pause", lambda *_: 0)
        history = History()
        async with saying(*answers) as url, Client(url, "c", "u", history) as talker:
            assert (await talker.insist(API.live())).status == 200
        assert len(history.operations) == len(answers)

    async def test_gives_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An app that never answers ends the command in a sentence."""
        monkeypatch.setattr(client, "_pause", lambda *_: 0)
        async with saying(BUSY) as url, Client(url, "c", "u", History()) as talker:
            with pytest.raises(NotFinished, match=r"failed \d+ times .*503"):
                await talker.insist(API.live())

    @pytest.mark.parametrize(
        ("said", "trouble"), [(SILENCE, Trouble.RESET), (CUT_OFF, Trouble.RESET), (OK, None)]
    )
    async def test_trouble_is_named(self, said: bytes, trouble: Trouble | None) -> None:
        """A request without an answer is indeterminate, and the history says why."""
        async with saying(said) as url, Client(url, "c", "u", History()) as talker:
            operation = await talker.send(API.live())
        assert operation.trouble is trouble
        assert operation.indeterminate is (trouble is not None)

    async def test_no_connection(self) -> None:
        """One that was never sent is told apart."""
        url = site("http://127.0.0.1:9")
        async with Client(url, "c", "u", History()) as talker:
            assert (await talker.send(API.live())).trouble is Trouble.CONNECT


class TestRequireReady:
    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            (answer(503, '{"detail": "No schema."}'), "503 (No schema). It runs without"),
            (answer(503, "[]"), "is 503. It runs without"),
            (answer(404, "nothing"), "404. Is this the address of an app like Whole?"),
            (SILENCE, "No app answers"),
            (b"220 a mail server\r\n", "No app answers"),
        ],
    )
    async def test_says_what_answers(self, said: bytes, sentence: str) -> None:
        """What is not a ready app is described."""
        async with saying(said) as url:
            with pytest.raises(AppUnreachable) as caught:
                await require_ready(url)
        assert sentence in str(caught.value)

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("http://127.0.0.1:9", "connection refused. Is it running? Start one with"),
            ("http://no-such-host.invalid", "its name does not resolve"),
            ("https://127.0.0.1:9", "connection refused"),
        ],
    )
    async def test_says_why_nothing_does(self, url: str, sentence: str) -> None:
        """Why there is no connection is said in words."""
        with pytest.raises(AppUnreachable) as caught:
            await require_ready(site(url))
        assert sentence in str(caught.value)


class TestAccounts:
    @pytest.mark.parametrize(
        ("answers", "sentence"),
        [
            ([answer(422, '{"detail": "No."}')], "refuses to create a@example.org: 422 No"),
            ([answer(409), answer(401)], "exists with another password"),
            ([answer(201), answer(400)], "does not sign a@example.org in"),
        ],
    )
    async def test_refused(self, tmp_path: Path, answers: Sequence[bytes], sentence: str) -> None:
        """A user that cannot be made or used ends the command in a sentence that says why."""
        async with saying(*answers) as url, Client(url, "c", "u", History()) as talker:
            account = Account("run", str(url.app_url), "a@example.org", "password")
            with pytest.raises(NotFinished) as caught:
                await accounts.register(talker, Ledger(tmp_path), account, "A")
        assert sentence in str(caught.value)

    async def test_cannot_be_deleted(self) -> None:
        """Nor is a user called removed that is still there."""
        token = answer(200, '{"access_token": "t"}')
        async with saying(token, answer(403)) as url, Client(url, "c", "u", History()) as talker:
            account = Account("run", str(url.app_url), "a@example.org", "password")
            with pytest.raises(NotFinished, match=r"does not delete a@example\.org: 403"):
                await accounts.delete(talker, account)
