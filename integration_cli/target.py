"""The app under judgement: its address, whether it is ours to hammer, and whether it is ready."""

import errno
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2

from integration_cli.outcome import AppUnreachable

READY_TIMEOUT = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class AppUrl:
    """The address of an app, in one spelling, so that two spellings name one app in the ledger."""

    scheme: str
    host: str
    port: int
    prefix: str

    @classmethod
    def parse(cls, text: str) -> "AppUrl":
        """Read an address such as `http://127.0.0.1:8000` or `https://api.example.org/v1/`.

        Raises:
            ValueError: it is not an http(s) address; the text says what is wrong with it.
        """
        parts = urlsplit(text.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{text!r} is not an http:// or https:// address.")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError(f"{text!r} must be a plain address: no user, query or fragment.")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return cls(parts.scheme, parts.hostname, port, parts.path.rstrip("/"))

    def __str__(self) -> str:
        default = 443 if self.scheme == "https" else 80
        port = "" if self.port == default else f":{self.port}"
        return f"{self.scheme}://{self.netloc_host}{port}{self.prefix}"

    @property
    def netloc_host(self) -> str:
        """The host as a URL writes it: an IPv6 address in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine. A name is not looked up: what it means may change."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


async def require_ready(app_url: AppUrl) -> None:
    """Ask the app whether it can serve.

    Raises:
        AppUnreachable: it does not answer, or answers that it is not ready.
    """
    timeout = httpx2.Timeout(READY_TIMEOUT)
    try:
        async with httpx2.AsyncClient(trust_env=not app_url.is_loopback, timeout=timeout) as client:
            response = await client.get(f"{app_url}/health/ready")
    except httpx2.HTTPError as error:
        raise AppUnreachable(
            f"No app answers at {app_url}: {reason(error)}. Is it running?"
            + (" Start one with: nox -s dev" if app_url.is_loopback else "")
        ) from error
    if response.status_code != 200:
        raise AppUnreachable(
            f"Something answers at {app_url}, but GET /health/ready is {response.status_code}"
            f"{_detail(response)}. {_advice(response.status_code)}"
        )


def _detail(response: httpx2.Response) -> str:
    try:
        problem = response.json()
    except ValueError:
        return ""
    detail = problem.get("detail") if isinstance(problem, dict) else None
    return f" ({str(detail).rstrip('.')})" if detail else ""


def _advice(status: int) -> str:
    if status == 503:
        return "It runs without its database, or without its migrations: see its log."
    return "Is this the address of a Peace in REST app?"


def reason(error: BaseException) -> str:
    """Why a connection failed, in words. httpx2 buries the operating system's reason in causes."""
    if isinstance(error, httpx2.TimeoutException):
        return f"no answer within {READY_TIMEOUT:g} s"
    for cause in _causes(error):
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        if isinstance(cause, socket.gaierror):
            return "its name does not resolve"
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed ({cause.reason or cause})"
        if isinstance(cause, OSError) and cause.errno is not None:
            return errno.errorcode.get(cause.errno, str(cause.errno)) + f" ({cause.strerror})"
    return str(error).rstrip(".") or type(error).__name__


def _causes(error: BaseException | None) -> list[BaseException]:
    if error is None:
        return []
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    nested = [cause for one in inner for cause in _causes(one)]
    return [error, *nested, *_causes(error.__cause__ or error.__context__)]
