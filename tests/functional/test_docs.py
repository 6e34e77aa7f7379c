"""The documentation page works where the service does."""

import re

from httpx2 import AsyncClient


async def test_needs_no_other_host(client: AsyncClient) -> None:
    """All that the page loads comes from the service itself, so it works offline."""
    page = (await client.get("/docs")).text
    loaded = re.findall(r"""(?:src|href|url)[=:]\s*["']([^"']+)["']""", page)
    assert len(loaded) >= 4
    for url in loaded:
        assert url.startswith("/")
        assert (await client.get(url)).status_code == 200


class TestProblems:
    async def test_type_leads_to_its_explanation(self, client: AsyncClient) -> None:
        """Whoever follows a problem's `type` reads what it means."""
        problem = (await client.get("/items")).json()
        page = await client.get(problem["type"])
        assert page.status_code == 200
        assert problem["title"] in page.text
        assert "access token" in page.text

    async def test_unknown(self, client: AsyncClient) -> None:
        """What is no kind of problem is a problem itself."""
        answer = await client.get("/problems/none")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.status_code == 404
