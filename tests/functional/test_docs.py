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
