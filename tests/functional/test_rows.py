"""What a row looks like from outside: its id, its times, its text."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from httpx2 import AsyncClient


async def test_ids_sort_by_time(me: AsyncClient) -> None:
    """An id is a UUIDv7: what was made later sorts later."""
    ids = [(await me.post("/items", json={"name": f"{n}"})).json()["id"] for n in range(20)]
    assert ids == sorted(ids)
    assert {UUID(id_).version for id_ in ids} == {7}


async def test_times_have_an_offset(me: AsyncClient) -> None:
    """A time says its offset, and is about now."""
    made = datetime.fromisoformat((await me.get("/users/me")).json()["created_at"])
    assert made.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=5)


@pytest.mark.real_commits
async def test_change_moves_updated_at(me: AsyncClient) -> None:
    """A change moves the time of the last change, and not that of the making."""
    item = (await me.post("/items", json={"name": "lamp"})).json()
    assert item["created_at"] == item["updated_at"]
    changed = (await me.patch(f"/items/{item['id']}", json={"quantity": 2})).json()
    assert changed["created_at"] == item["created_at"]
    assert changed["updated_at"] > item["updated_at"]
    assert (await me.get(f"/items/{item['id']}")).json() == changed


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("lamp", "lamp"),
        ("  lamp  ", "lamp"),
        ("Ä Ö ü ß", "Ä Ö ü ß"),
        ("日本語", "日本語"),
        ("🪔" * 200, "🪔" * 200),
        ("'; DROP TABLE items; --", "'; DROP TABLE items; --"),
        ("%s {} $1 \\", "%s {} $1 \\"),
    ],
)
async def test_text_comes_back(me: AsyncClient, sent: str, stored: str) -> None:
    """Text is stored as it is, but for spaces around a name."""
    item = (await me.post("/items", json={"name": sent, "description": sent})).json()
    assert (item["name"], item["description"]) == (stored, sent)


@pytest.mark.parametrize(("length", "status"), [(10_000, 201), (10_001, 422)])
async def test_length_of_a_description(me: AsyncClient, length: int, status: int) -> None:
    """A description has a limit, which the client learns before the database does."""
    answer = await me.post("/items", json={"name": "lamp", "description": "x" * length})
    assert answer.status_code == status


@pytest.mark.parametrize(("rows", "status"), [(0, 422), (1, 201), (1000, 201), (1001, 422)])
async def test_rows_of_a_bulk_request(me: AsyncClient, rows: int, status: int) -> None:
    """A bulk request has at least one row and at most a thousand."""
    body = {"items": [{"name": str(n)} for n in range(rows)]}
    assert (await me.post("/items/bulk", json=body)).status_code == status
