"""Before anything else: does the app answer, can it work, and what can it do?"""

import errno
import socket
import ssl
from contextlib import suppress
from typing import Any

import httpx2

from integration_cli.capabilities import Capabilities, find
from integration_cli.client import tls
from integration_cli.outcome import AppUnreachable
from integration_cli.site import Site
from integration_cli.target import AppUrl

READY_TIMEOUT = 10.0  # seconds


async def require_ready(site: Site) -> None:
    """Ask the app whether it can serve.

    Raises:
        AppUnreachable: it does not answer, or answers that it is not ready.
    """
    app_url, ready = site.app_url, site.api.ready()
    try:
        async with _client(app_url) as client:
            response = await client.request(ready.method, f"{app_url}{ready.path}")
    except httpx2.HTTPError as error:
        raise AppUnreachable(
            f"No app answers at {app_url}: {reason(error)}. Is it running?"
            + (" Start one with: nox -s dev" if app_url.is_loopback else "")
        ) from error
    if response.has_redirect_location:
        raise AppUnreachable(
            f"{app_url} redirects {ready.path} to {response.headers['Location']}. Requests are "
            "not redirected, or they would reach what was not named: name the address itself."
        )
    if _is_page(response):
        raise AppUnreachable(
            f"{app_url} answers {ready.method} {ready.path} with a page of HTML: that is a "
            "website, and not the API behind it. Which address, or prefix, has the API?"
        )
    if response.status_code != 200:
        raise AppUnreachable(
            f"Something answers at {app_url}, but {ready.method} {ready.path} is "
            f"{response.status_code}{_detail(response)}. {_advice(response.status_code, site)}"
        )


async def capabilities(site: Site) -> Capabilities:
    """Tell what the target can do, by its profile and by its OpenAPI document, if it shows one."""
    path = site.profile.openapi
    document: dict[str, Any] | None = None
    if path is not None:
        with suppress(httpx2.HTTPError, ValueError):
            async with _client(site.app_url) as client:
                response = await client.get(f"{site.app_url}{path}")
                document = response.json() if response.status_code == 200 else None
    return find(site.profile, document)


def _client(app_url: AppUrl) -> httpx2.AsyncClient:
    # A proxy named in the environment is for the outside world, not for this machine.
    return httpx2.AsyncClient(
        verify=tls(), trust_env=not app_url.is_loopback, timeout=READY_TIMEOUT
    )


def _is_page(response: httpx2.Response) -> bool:
    """Whether it is HTML; some frameworks call whatever they answer so."""
    return response.content[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _detail(response: httpx2.Response) -> str:
    try:
        problem = response.json()
    except ValueError:
        return ""
    detail = problem.get("detail") if isinstance(problem, dict) else None
    return f" ({str(detail).rstrip('.')})" if detail else ""


def _advice(status: int, site: Site) -> str:
    if status == 503:
        return "It runs without its database, or without its migrations: see its log."
    return f"Is this the address of an app like {site.profile.name}? Another has its own --profile."


def reason(error: BaseException) -> str:
    """Why a connection failed, in words. httpx2 buries the operating system's reason in causes."""
    if isinstance(error, httpx2.TimeoutException):
        return f"no answer within {READY_TIMEOUT:g} s"
    if isinstance(error, httpx2.RemoteProtocolError):
        return "what answers does not speak HTTP, or hangs up"
    said = next((cause for cause in map(_cause, _causes(error)) if cause), "")
    return said or str(error).rstrip(".") or type(error).__name__


def _cause(cause: BaseException) -> str:
    """What the operating system or TLS says; empty for another cause."""
    if isinstance(cause, ConnectionRefusedError):
        return "connection refused"
    if isinstance(cause, socket.gaierror):
        return "its name does not resolve"
    if isinstance(cause, ssl.SSLError):
        return _tls(cause)
    if isinstance(cause, OSError) and cause.errno is not None:
        return errno.errorcode.get(cause.errno, str(cause.errno)) + f" ({cause.strerror})"
    return ""


def _tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not trusted ({error.verify_message}); the file of the authority "
            "that vouches for it can be named by SSL_CERT_FILE"
        )
    if error.reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}:
        return "it does not speak TLS; perhaps its address begins with http://"
    return f"TLS failed ({error.reason or error})"


def _causes(error: BaseException | None) -> list[BaseException]:
    if error is None:
        return []
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    nested = [cause for one in inner for cause in _causes(one)]
    return [error, *nested, *_causes(error.__cause__ or error.__context__)]
