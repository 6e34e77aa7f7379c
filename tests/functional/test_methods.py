"""Methods and media types: what a path does not have is refused, and one learns what it has."""

from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from tests.functional.test_contract import DOCUMENT, ROUTES, fill


def media_types(route: tuple[str, str]) -> set[str]:
    operation = DOCUMENT["paths"][route[1]][route[0].lower()]
    return set(operation.get("requestBody", {}).get("content", {}))


class TestMediaTypes:
    @pytest.mark.parametrize("said", ["text/plain", "text/json; charset=utf-8", "a form", None])
    @pytest.mark.parametrize("route", [r for r in ROUTES if "application/json" in media_types(r)])
    async def test_json(self, me: AsyncClient, route: tuple[str, str], said: str | None) -> None:
        """A route that takes JSON takes nothing else, and says what it takes."""
        method, path = route
        said = "application/x-www-form-urlencoded" if said == "a form" else said
        headers = {"Content-Type": said} if said else {}
        answer = await me.request(method, fill(path, uuid4()), content=b"{}", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (
            415,
            "/problems/unsupported-media-type",
        )
        header = "Accept-Patch" if method == "PATCH" else "Accept"
        assert answer.headers[header] == "application/json, application/merge-patch+json"

    @pytest.mark.parametrize("said", ["application/json", "text/plain"])
    @pytest.mark.parametrize("path", ["/auth/token", "/auth/revoke"])
    async def test_form(self, client: AsyncClient, path: str, said: str) -> None:
        """A route that takes a form does so too."""
        answer = await client.post(path, content=b"{}", headers={"Content-Type": said})
        assert answer.status_code == 415
        assert answer.headers["Accept"].startswith("application/x-www-form-urlencoded")


class TestMethods:
    @pytest.mark.parametrize("path", sorted({path for _, path in ROUTES}))
    @pytest.mark.parametrize("method", ["PUT", "TRACE", "HEAD", "OPTIONS"])
    async def test_not_allowed(self, client: AsyncClient, path: str, method: str) -> None:
        """A method that a path does not have is refused, and one learns all that it has."""
        answer = await client.request(method, fill(path, uuid4()))
        assert answer.status_code == 405
        has = {has for has, of in ROUTES if of == path}
        assert set(answer.headers["Allow"].split(", ")) == has
