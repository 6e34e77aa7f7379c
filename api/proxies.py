"""What a proxy in front of the service says of the client, believed where the proxy is ours."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

HOST = re.compile(rb"[A-Za-z0-9.\-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
# An address, perhaps with its port: 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1]:80.
HOP = re.compile(r"\[(?P<bracketed>[^\]]+)\](:\d+)?|(?P<dotted>[\d.]+)(:\d+)?|(?P<bare>.+)")


class BelieveProxies:
    """Show the client's address, scheme and host, where a trusted proxy passed a request on.

    Uvicorn's own layer does not know X-Forwarded-Host, takes an address that it cannot read for a
    name, and trusts this machine unless told otherwise (decision 18).
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        """Take the networks in which the proxies are."""
        self.app = app
        self._trusted = tuple(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and self._is_ours(_peer(scope)):
            scope = self._as_the_client_sees_it(scope)
        await self.app(scope, receive, send)

    def _is_ours(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)

    def _as_the_client_sees_it(self, scope: Scope) -> Scope:
        seen = dict(scope)
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if client := self._client(_values(headers, b"x-forwarded-for")):
            seen["client"] = (str(client), 0)
        # One value each: a proxy that adds its own to what it was sent must not be believed.
        if _values(headers, b"x-forwarded-proto") in (["http"], ["https"]):
            [seen["scheme"]] = _values(headers, b"x-forwarded-proto")
        hosts = [value for name, value in headers if name == b"x-forwarded-host"]
        if len(hosts) == 1 and HOST.fullmatch(hosts[0]):
            others = [(name, value) for name, value in headers if name != b"host"]
            seen["headers"] = [(b"host", hosts[0]), *others]
        return seen

    def _client(self, hops: list[str]) -> Address | None:
        """Return the last address that is none of ours: what is before it anybody may have written.

        Each proxy adds the address that it was called from. Where a hop is no address, the one that
        was called from it is all that is known.
        """
        known = None
        for hop in reversed(hops):
            address = _address(hop)
            if address is None:
                break
            known = address
            if not self._is_ours(address):
                break
        return known


class RestorePrefix:
    """Put before each Location what a proxy strips of paths before it passes a request on."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        """Take the prefix, as /shop."""
        self.app = app
        self._prefix = prefix.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_restored(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (name, self._prefix + value if name == b"location" else value)
                    for name, value in message["headers"]
                ]
            await send(message)

        await self.app(scope, receive, send_restored)


def _peer(scope: Scope) -> Address | None:
    client = scope.get("client")
    return _address(client[0]) if client else None


def _address(text: str) -> Address | None:
    parts = HOP.fullmatch(text)
    if parts is None:
        return None
    try:
        address = ip_address(parts["bracketed"] or parts["dotted"] or parts["bare"])
    except ValueError:
        return None
    # Where the socket is one for both, IPv4 looks like ::ffff:192.0.2.1.
    return getattr(address, "ipv4_mapped", None) or address


def _values(headers: list[tuple[bytes, bytes]], name: bytes) -> list[str]:
    """Return the elements of a header that is a list, in one line or in several."""
    lines = (value.decode("latin-1") for key, value in headers if key == name)
    return [element.strip() for line in lines for element in line.split(",")]
