"""What whatever watches the service is told."""

import pytest
from httpx2 import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.health import schema
from api.health.schema import lineage


class TestReady:
    async def test_at_head(self, client: AsyncClient) -> None:
        """With the schema that this service needs, it is ready."""
        answer = await client.get("/health/ready")
        assert answer.status_code == 200
        assert answer.json() == {"status": "ready", "schema_revision": lineage()[-1]}

    async def test_behind(self, client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
        """With an older schema it is not, and says what to run."""
        monkeypatch.setattr(schema, "lineage", lambda: (*lineage(), "next"))
        answer = await client.get("/health/ready")
        assert answer.status_code == 503
        assert "needs next" in answer.json()["detail"]
        assert "nox -s migrate" in answer.json()["detail"]

    async def test_ahead(self, client: AsyncClient, session: AsyncSession) -> None:
        """With a newer schema it still is: the next version's migration runs before its rollout."""
        await session.execute(text("UPDATE alembic_version SET version_num = 'newer'"))
        await session.commit()
        assert (await client.get("/health/ready")).status_code == 200

    @pytest.mark.real_commits
    async def test_no_schema(self, client: AsyncClient, session: AsyncSession) -> None:
        """With an empty database it is not."""
        await session.execute(text("DROP TABLE alembic_version"))
        await session.commit()
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/schema-behind")
