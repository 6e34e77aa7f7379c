"""Running the service in processes of its own, and waiting until it is ready."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.processes import bound, child

STARTUP_TIMEOUT = 120  # seconds: a busy machine takes its time, and a failure ends it at once


def development(url: str) -> dict[str, str]:
    """Return the environment in which the service runs on this database.

    It is that of development, unless ENVIRONMENT says otherwise.
    """
    return {"ENVIRONMENT": "development", **os.environ, "DATABASE_URL": url}


@contextmanager
def serve(
    url: str,
    workers: int,
    log: Path,
    settings: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    python: str = sys.executable,
) -> Iterator[str]:
    """Serve the database with this URL, and give the service's own URL; it is gone afterwards.

    Args:
        url: the database, which is at head.
        workers: how many processes serve.
        log: where the service's output goes.
        settings: of the service, in place of those of development.
        folder: where its package `api` is, by default this checkout.
        python: the interpreter of an environment in which it can run, by default ours.

    Raises:
        ToolboxError: the service did not become ready; the message ends with what it said.
    """
    command = [python, "-m", "api", "--port", "0", "--workers", str(workers)]
    environment = {**development(url), **(settings or {})}
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w") as output,
        child(bound(command), environment, output.fileno(), folder) as service,
    ):
        yield _wait_until_ready(service, log)


def _wait_until_ready(service: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + STARTUP_TIMEOUT
    while time.monotonic() < deadline and service.poll() is None:
        url = _address(log)
        if url and is_ready(url):
            return url
        time.sleep(0.05)
    words = "\n  ".join(log.read_text().splitlines()[-10:])
    raise ToolboxError(
        f"The service did not become ready. Its last words:\n  {words}\n  Log: {log}"
    )


def _address(log: Path) -> str | None:
    # In whatever form the service logs: the URL ends where a space or a quotation mark follows.
    said = re.search(r'Listening on (http://[^\s"]+)[\s"]', log.read_text())
    return said[1] if said else None


def is_ready(url: str) -> bool:
    """Tell whether a service answers at this URL, and can do its work."""
    try:
        return httpx2.get(f"{url}/health/ready", timeout=5).status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False
