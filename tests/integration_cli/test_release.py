"""What is released when."""

import asyncio
from dataclasses import replace

from integration_cli.connection import Connection
from integration_cli.history import History
from integration_cli.release import Racers
from integration_cli.site import Site
from tests.integration_cli.story import API, PROFILE
from tests.integration_cli.test_wire import HI, SPEAKER, server


class TestAfter:
    async def test_own_request(self) -> None:
        """Who was acknowledged asks first, on the same connection, and then the others."""
        asked: list[str] = []

        async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while head := await reader.readuntil(b"\r\n\r\n"):
                asked.append(head.decode().split()[1])
                writer.write(HI)

        paths = ["/first", "/own", "/other"]
        first, own, other = (replace(API.live(), path=path) for path in paths)
        async with server(note) as url:
            pair = [Connection(Site(url, PROFILE), SPEAKER, "t") for _ in range(2)]
            history = History()
            async with Racers(pair, history) as racers:
                answers = await racers.after(first, [other], own)
        assert [one.path for one in answers] == paths
        assert [path for path in asked if path in paths] == paths
        assert len(history.operations) == 3
