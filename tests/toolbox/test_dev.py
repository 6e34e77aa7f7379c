"""The service as a developer runs it."""

import socket
from collections.abc import Iterator

import pytest

from api.serving import KEEP_ALIVE
from toolbox import dev
from toolbox.dev import HOST, listen
from toolbox.errors import ToolboxError


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server((HOST, 0)) as other:
        yield other.getsockname()[1]


class TestListen:
    def test_next_free_port(self, taken: int) -> None:
        """Where the port is taken, the next one that is free does as well."""
        with listen(taken) as listener:
            assert taken < listener.getsockname()[1] <= taken + dev.PORTS_TRIED

    def test_queues_at_once(self, taken: int) -> None:
        """Who connects before the service has started waits for it, and is not refused."""
        with listen(taken) as listener, socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
            accepted.close()

    def test_none_free(self, taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where no port is free, that is said with the option that helps."""
        monkeypatch.setattr(dev, "PORTS_TRIED", 1)
        with pytest.raises(ToolboxError, match=rf"No port from {taken} on.*--port"):
            listen(taken)

    def test_last_port(self) -> None:
        """There is no port beyond the last."""
        with pytest.raises(ToolboxError, match="No port from 65536"):
            listen(65_536)


def test_keeps_connections_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle connection is kept as long as in production: no client meets a reset here alone."""
    # Uvicorn sets logging up at once, for the whole process of the tests.
    monkeypatch.setattr(dev, "log_config", lambda _: None)
    assert dev.configuration().timeout_keep_alive == KEEP_ALIVE
