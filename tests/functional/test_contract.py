"""What holds for every route, read from the OpenAPI document: a new one is held to it too."""

import re
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from api.app import create_app
from api.database import Database
from api.errors import ApiError
from tests.functional.conftest import settings_for
from tests.functional.documented import OF_NO_ROUTE

OPEN = {
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("POST", "/auth/token"),
    ("POST", "/auth/refresh"),
    ("POST", "/auth/revoke"),
    ("POST", "/users"),
}
DOCUMENT: dict[str, Any] = create_app(settings_for("postgresql://nobody@nowhere/none")).openapi()
ROUTES = [
    (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods
]
GUARDED = [route for route in ROUTES if route not in OPEN]
WITH_BODY = [
    (method, path)
    for method, path in ROUTES
    if "application/json"
    in DOCUMENT["paths"][path][method.lower()].get("requestBody", {}).get("content", {})
]
WITH_ID = [(method, path) for method, path in ROUTES if "_id}" in path]


def fill(path: str, value: object) -> str:
    """Put a value in the place of a path's parameters."""
    return "/".join(str(value) if part.startswith("{") else part for part in path.split("/"))


def test_open_routes_exist() -> None:
    """The list of routes that need no token has none that is gone."""
    assert set(ROUTES) >= OPEN


@pytest.mark.parametrize(("method", "path"), GUARDED)
async def test_needs_a_token(
    client: AsyncClient, database: Database, method: str, path: str
) -> None:
    """Whatever is not open is closed, and who has no token does not even take a connection."""
    async with database.place():
        answer = await client.request(method, fill(path, uuid4()))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_document_says_so(method: str, path: str) -> None:
    """And the document says which routes are."""
    assert DOCUMENT["paths"][path][method.lower()]["security"]


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff"])
async def test_body_that_does_not_fit(me: AsyncClient, method: str, path: str, body: bytes) -> None:
    """A body that is no JSON, or not the object asked for, is the client's mistake, and said so."""
    headers = {"Content-Type": "application/json"}
    answer = await me.request(method, fill(path, uuid4()), content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
async def test_body_of_bytes(me: AsyncClient, method: str, path: str) -> None:
    """One that is not even text is refused in a way that the document names."""
    headers = {"Content-Type": "application/json"}
    answer = await me.request(method, fill(path, uuid4()), content=b"\xff", headers=headers)
    assert answer.json()["type"] == "/problems/malformed-request"
    documented = DOCUMENT["paths"][path][method.lower()]["responses"][str(answer.status_code)]
    assert "malformed-request" in documented["content"]["application/problem+json"]["examples"]


@pytest.mark.parametrize(("method", "path"), WITH_ID)
async def test_id_that_is_none(me: AsyncClient, method: str, path: str) -> None:
    """Something else in the place of an id is the client's mistake too."""
    body: dict[str, Any] | None = {} if (method, path) in WITH_BODY else None
    answer = await me.request(method, fill(path, "none"), json=body)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-request"


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_links_lead_somewhere(method: str, path: str) -> None:
    """A link in the document names a route that there is, and parameters that it has."""
    for response in DOCUMENT["paths"][path][method.lower()]["responses"].values():
        for link in response.get("links", {}).values():
            *_, to_path, to_method = link["operationRef"].split("/")
            operation = DOCUMENT["paths"][unquote(to_path).replace("~1", "/")][to_method]
            names = {parameter["name"] for parameter in operation.get("parameters", [])}
            assert set(link.get("parameters", {})) <= names
            assert ("requestBody" in link) <= ("requestBody" in operation)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_is_documented(method: str, path: str) -> None:
    """Each route says in the document what it is for."""
    assert DOCUMENT["paths"][path][method.lower()]["description"]


def kinds(of: type[ApiError] = ApiError) -> set[type[ApiError]]:
    """Every kind of refusal that the service has."""
    return {below for kind in of.__subclasses__() for below in {kind} | kinds(kind)}


def test_refusals_exist() -> None:
    """The document names no refusal that there is not, and leaves out none that routes give.

    That each answer is documented for its route, every test looks at: see documented.py.
    """
    named = set(re.findall(r"'type': '(/problems/[a-z-]+)'", str(DOCUMENT)))
    ours = {kind.type() for kind in kinds() if kind.__module__.startswith("api.")}
    assert named == ours - OF_NO_ROUTE


def test_rightly_described() -> None:
    """Each example is of the status it stands under, and says in a sentence what is meant."""
    for method, path in ROUTES:
        for status, response in DOCUMENT["paths"][path][method.lower()]["responses"].items():
            problem = response.get("content", {}).get("application/problem+json", {})
            for example in problem.get("examples", {}).values():
                assert str(example["value"]["status"]) == status
                assert example["value"]["detail"]
