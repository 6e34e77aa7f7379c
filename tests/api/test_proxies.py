"""What a proxy says of the client is believed where the proxy is ours, and nowhere else."""

from ipaddress import ip_network

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.proxies import BelieveProxies, RestorePrefix

TRUSTED = [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]
OF_THE_CLIENT = {
    "X-Forwarded-For": "192.0.2.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "api.example.com",
}


async def seen(peer: str, *headers: tuple[str, str]) -> tuple[str, str, str]:
    """Return the client, the scheme and the host that the application sees."""
    found: list[Scope] = []

    async def application(scope: Scope, _: Receive, __: Send) -> None:
        found.append(scope)

    raw = [(b"host", b"app:8000"), *((k.lower().encode(), v.encode()) for k, v in headers)]
    scope = {"type": "http", "client": (peer, 1234), "scheme": "http", "headers": raw}
    await BelieveProxies(application, TRUSTED)(scope, _receive, _send)
    [host] = [value for name, value in found[0]["headers"] if name == b"host"]
    return found[0]["client"][0], found[0]["scheme"], host.decode()


async def _receive() -> Message:
    return {"type": "http.disconnect"}


async def _send(_: Message) -> None:
    raise AssertionError


@pytest.mark.parametrize("peer", ["10.1.2.3", "2001:db8::9", "::ffff:10.1.2.3"])
async def test_from_ours(peer: str) -> None:
    """Of a request from a trusted network the client's view is shown."""
    answer = await seen(peer, *OF_THE_CLIENT.items())
    assert answer == ("192.0.2.7", "https", "api.example.com")


@pytest.mark.parametrize("peer", ["192.0.2.66", "127.0.0.1", "::1", "testclient"])
async def test_from_anybody(peer: str) -> None:
    """Who is not trusted changes nothing by what they claim."""
    assert await seen(peer, *OF_THE_CLIENT.items()) == (peer, "http", "app:8000")


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        (["203.0.113.5, 192.0.2.7"], "192.0.2.7"),  # the first is what the client claims
        (["192.0.2.7, 10.9.9.9"], "192.0.2.7"),  # two proxies of ours
        (["192.0.2.7", "10.9.9.9"], "192.0.2.7"),  # in two lines
        (["10.1.1.1, 10.9.9.9"], "10.1.1.1"),  # a client of our own network
        (["[2001:db9::1]:443"], "2001:db9::1"),
        (["192.0.2.7:5000"], "192.0.2.7"),
        (["192.0.2.7, unknown"], "10.1.2.3"),  # of who hides, its proxy is all that is known
        (["192.0.2.7, unknown, 10.9.9.9"], "10.9.9.9"),
        ([""], "10.1.2.3"),
        (["<script>"], "10.1.2.3"),
    ],
)
async def test_chain(hops: list[str], client: str) -> None:
    """The client is the last address that no proxy of ours has."""
    answer = await seen("10.1.2.3", *(("X-Forwarded-For", hop) for hop in hops))
    assert answer == (client, "http", "app:8000")


@pytest.mark.parametrize("scheme", ["https, http", "ftp", "", "HTTPS\t"])
async def test_strange_scheme(scheme: str) -> None:
    """A scheme that is none, or two, is not believed."""
    assert (await seen("10.1.2.3", ("X-Forwarded-Proto", scheme)))[1] == "http"


@pytest.mark.parametrize("host", ["a, b", "", "a b", "evil/", "a:b", "[::1"])
async def test_strange_host(host: str) -> None:
    """Neither is a host that is none, or two."""
    assert (await seen("10.1.2.3", ("X-Forwarded-Host", host)))[2] == "app:8000"


async def test_prefix() -> None:
    """A Location leads to where the proxy takes requests."""
    sent: list[Message] = []

    async def application(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "headers": [(b"location", b"/items/7")]})

    async def send(message: Message) -> None:
        sent.append(message)

    await RestorePrefix(application, "/shop")({"type": "http"}, _receive, send)
    assert sent[0]["headers"] == [(b"location", b"/shop/items/7")]
