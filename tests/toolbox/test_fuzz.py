"""Fuzzing as a user runs it: on the service, and on apps whose document lies."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from toolbox.checkout import ROOT
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.fuzz.run import environment
from toolbox.fuzz.target import require_own
from toolbox.serving import serve

THING = {
    "type": "object",
    "properties": {"size": {"type": "integer"}},
    "required": ["size"],
}


def fuzz(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    reports = [f"--report-{kind}-path={folder / kind}" for kind in ("junit", "har")]
    return subprocess.run(
        [sys.executable, "-m", "toolbox", "api-fuzz", *arguments, *reports],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def document(**operation: Any) -> dict[str, Any]:
    """Return the document of an app with one route, and a log-in as ours."""
    content = {"application/json": {"schema": THING}}
    responses = {
        "200": {"description": "It", "content": content},
        "401": {"description": "Who?"},
        "default": {"description": "Something else"},
    }
    flow = {"password": {"tokenUrl": "/auth/token", "scopes": {}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {"/thing": {"get": {"responses": responses, **operation}}},
        "components": {"securitySchemes": {"token": {"type": "oauth2", "flows": flow}}},
    }


@contextmanager
def serving(status: int, body: object, **operation: Any) -> Iterator[str]:
    """Serve an app whose route gives this answer, whatever it is asked; give its URL."""
    answers = {
        "/openapi.json": (200, document(**operation)),
        "/users": (201, {}),
        "/auth/token": (200, {"access_token": "good"}),
        "/thing": (status, body),
    }

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = answers.get(self.path.partition("?")[0], (404, {}))
            if self.command not in {"GET", "POST"}:
                status, body = 405, {}
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Allow", "GET")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def __getattr__(self, name: str) -> Any:
            """Answer every method."""
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_the_service(tmp_path: Path) -> None:
    """Of a server of its own nothing is found in seconds; what was sent is reported."""
    done = fuzz(tmp_path, "--minutes", "0.4", "--include-path-regex", "^/items", "--seed", "7")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Seed: 7" in done.stdout
    assert 'errors="0" failures="0"' in (tmp_path / "junit").read_text()
    entries = json.loads((tmp_path / "har").read_text())["log"]["entries"]
    assert any(entry["response"]["status"] < 400 for entry in entries)  # so it was logged in


def test_that_does_what_it_says(tmp_path: Path) -> None:
    """An app that keeps to its document passes, and with it the test's own way to serve one."""
    with serving(200, {"size": 1}) as url:
        done = fuzz(tmp_path, "--minutes", "0.05", "--app-url", url, "--phases", "fuzzing")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("status", "body", "operation", "finding"),
    [
        (500, {}, {}, "Server error"),
        (200, {"size": "large"}, {}, "Response violates schema"),
        (418, {}, {}, "Undocumented status code"),
        (200, {"size": 1}, {"security": [{"token": []}]}, "API accepts requests without authen"),
    ],
)
def test_that_lies(
    tmp_path: Path, status: int, body: object, operation: dict[str, Any], finding: str
) -> None:
    """What contradicts the document is found, and shown with a command that shows it again."""
    with serving(status, body, **operation) as url:
        done = fuzz(tmp_path, "--minutes", "0.05", "--app-url", url)
    assert done.returncode == 1, done.stderr
    assert finding in done.stdout
    assert f"{url}/thing" in done.stdout.partition("curl -X GET")[2]
    assert 'failures="0"' not in (tmp_path / "junit").read_text()


def test_serves_as_in_production(databases: Throwaways, template: str, tmp_path: Path) -> None:
    """What is tried is the service as it is deployed, whatever environment this is."""
    database = databases.create("production", template)
    with serve(database, 1, tmp_path / "log", environment()) as url:
        headers = httpx2.get(f"{url}/health/live").headers
    assert "Strict-Transport-Security" in headers
    assert "X-Worker" not in headers
    databases.drop(database)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "[::1]", "localhost", "api.localhost"])
def test_target_on_this_machine(host: str) -> None:
    """An app here may be tried without more ado."""
    require_own(f"http://{host}:8000", confirmed=False)


@pytest.mark.parametrize("url", ["https://example.com", "http://192.0.2.1:8000", "nonsense"])
def test_target_elsewhere(url: str) -> None:
    """One elsewhere only if the user says that it is its own."""
    with pytest.raises(ToolboxError, match="--i-own-this-target"):
        require_own(url, confirmed=False)
    require_own(url, confirmed=True)


def test_says_so_before_anything_is_sent(tmp_path: Path) -> None:
    """That is one line and an exit code, not a traceback."""
    done = fuzz(tmp_path, "--app-url", "http://192.0.2.1")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: http://192.0.2.1 is not on this machine")
