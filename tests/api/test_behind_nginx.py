"""Behind nginx, with the configuration that docs/scaling.md shows."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from tests.api.people import PASSWORD
from tests.api.processes import Service, serve
from tests.api.servers import folder, program, running
from tests.api.test_serving import free_port
from toolbox.checkout import ROOT
from toolbox.databases import Throwaways

# nginx without what needs root.
AROUND = """
pid {home}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    {shown}
}}
"""
HOST = {"Host": "api.example.com"}
FORGED = {
    "X-Forwarded-For": "203.0.113.66",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example.com",
}


@pytest.fixture(scope="module")
def service(
    databases: Throwaways, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The service in production, as it is served below /shop."""
    program("nginx")
    log = tmp_path_factory.mktemp("nginx") / "log"
    with serve(
        databases.create("nginx", template),
        1,
        log,
        ENVIRONMENT="production",
        ACCESS_LOG="true",
        TRUSTED_PROXIES='["127.0.0.1"]',
        TRUSTED_HOSTS='["api.example.com"]',
        ROOT_PATH="/shop",
    ) as service:
        yield service


@pytest.fixture(scope="module")
def proxy(service: Service) -> Iterator[str]:
    """The URL of nginx, which strips /shop."""
    page = (ROOT / "docs" / "scaling.md").read_text()
    found = re.search(r"```nginx\n(.*?)```", page, re.DOTALL)
    assert found
    port = free_port()
    shown = found[1].replace("127.0.0.1:8000", service.url.removeprefix("http://"))
    shown = shown.replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    shown = shown.replace("location /", "location /shop/").replace("//service;", "//service/;")
    with folder() as home:
        (home / "nginx.conf").write_text(AROUND.format(home=home, shown=shown))
        command = [program("nginx"), "-p", str(home), "-c", "nginx.conf", "-e", "stderr"]
        with running([*command, "-g", "daemon off;"], port):
            yield f"http://127.0.0.1:{port}/shop"


@pytest.fixture
def client(proxy: str) -> Iterator[httpx2.Client]:
    """Somebody who logged in through the proxy, and who forges headers."""
    with httpx2.Client(base_url=proxy, headers={**HOST, **FORGED}, timeout=60) as client:
        yield client


def test_links_lead_back(client: httpx2.Client) -> None:
    """A Location and a link to the next page lead through the proxy, by the client's own name."""
    ada = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada"}
    made = client.post("/users", json=ada)
    assert made.headers["Location"] == f"/shop/users/{made.json()['id']}"
    login = {"username": ada["email"], "password": PASSWORD}
    token = client.post("/auth/token", data=login).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    for name in ("one", "two"):
        client.post("/items", json={"name": name}).raise_for_status()
    page = client.get("/items", params={"limit": 1})
    assert page.headers["Link"].startswith("<http://api.example.com/shop/items?")
    following = page.headers["Link"].partition(">")[0].removeprefix("<http://api.example.com/shop")
    assert client.get(following).json()["items"] != page.json()["items"]


def test_problems_lead_back(client: httpx2.Client) -> None:
    """So does the type of a problem, to the page that explains it."""
    problem = client.get("/items").json()
    assert problem["type"] == "/shop/problems/unauthenticated"
    assert problem["instance"] == "/shop/items"
    assert client.get(problem["type"].removeprefix("/shop")).status_code == 200


def test_log_has_the_client(client: httpx2.Client, service: Service) -> None:
    """The log names who asked the proxy, and not who a forged header names."""
    client.get("/items")
    asked = [line for line in service.lines if line.get("route") == "/items"]
    assert {line["client"] for line in asked} == {"127.0.0.1"}


def test_forged_host(proxy: str) -> None:
    """A name that the service is not called by is refused, whatever else is claimed."""
    forged = {"Host": "evil.example.com", "X-Forwarded-Host": "api.example.com"}
    assert httpx2.get(f"{proxy}/items", headers=forged, timeout=60).status_code == 400
