"""What keeps browsers and forged hosts out, whatever a route does."""

import re
from collections.abc import Sequence

from starlette._utils import get_route_path
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiError
from api.problems import render

# An answer is data: a browser must not guess that it is a page, frame it, keep it for others, or
# say where it came from (OWASP's REST security cheat sheet).
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
# The page at /docs runs its own copy of Swagger UI, which a script in the page starts.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; frame-ancestors 'none'"
)
# Only over TLS do browsers heed it (RFC 6797).
HSTS = "max-age=63072000; includeSubDomains"

HOST = re.compile(r"(?P<name>\[[^\[\]]*\]|[^:\[\]]*)(:[0-9]*)?")
REMEMBERED = 1000  # hosts

RawHeaders = list[tuple[bytes, bytes]]


class UntrustedHost(ApiError):
    """The request's Host is none that this service is called by; TRUSTED_HOSTS names those."""

    status = 400
    title = "Untrusted host"


class Guard:
    """Refuse hosts that are not ours, and add the headers that a browser heeds."""

    def __init__(self, app: ASGIApp, trusted_hosts: Sequence[str], *, hsts: bool) -> None:
        """Take the hosts, each a name, `*.example.com` or `*`, and whether TLS is to be kept to."""
        self.app = app
        self._patterns = [pattern.lower() for pattern in trusted_hosts]
        self._trusted: set[bytes] = set()
        self._data = _raw({**HEADERS, "content-security-policy": DATA_POLICY})
        self._page = _raw({**HEADERS, "content-security-policy": PAGE_POLICY})
        if hsts:
            for headers in (self._data, self._page):
                headers.append((b"strict-transport-security", HSTS.encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = get_route_path(scope)
        ours = self._page if path.startswith("/docs") else self._data

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: RawHeaders = message["headers"]
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"private, no-cache"))
                headers.extend(ours)
            await send(message)

        # Whatever watches the service calls it by an address.
        if path.startswith("/health/") or self._trusts(scope):
            await self.app(scope, receive, send_guarded)
        else:
            error = UntrustedHost("This service is not called by that name; see TRUSTED_HOSTS.")
            await render(Request(scope), error)(scope, receive, send_guarded)

    def _trusts(self, scope: Scope) -> bool:
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        if host in self._trusted:
            return True
        trusts = any(_matches(_name(host), pattern) for pattern in self._patterns)
        if trusts and len(self._trusted) < REMEMBERED:
            self._trusted.add(host)
        return trusts


def _name(host: bytes) -> str:
    """Return a Host header's name without its port (RFC 9110, section 7.2), or "" if it is none."""
    parts = HOST.fullmatch(host.decode("latin-1").lower())
    return parts["name"] if parts else ""


def _matches(name: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return name.endswith(pattern[1:])
    return pattern in {"*", name}


def _raw(headers: dict[str, str]) -> RawHeaders:
    return [(name.encode(), value.encode()) for name, value in headers.items()]
