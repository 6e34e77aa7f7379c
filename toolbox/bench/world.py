"""What the benchmark's database holds: one user, and a thousand items of that user."""

from dataclasses import dataclass

import httpx2
import psycopg

from toolbox.errors import ToolboxError

ITEMS = 1000
DESCRIPTION = "Made for a benchmark, and of about the length that a description has."

USER = {
    "email": "bench@example.com",
    "name": "Benchmark",
    "password": "only for this throwaway database",
}


@dataclass(frozen=True)
class World:
    """What a request needs to know of the database."""

    owner_id: str
    token: str
    item_id: str


def fill(app_url: str, database: str) -> World:
    """Sign a user up at the service and make its items.

    Args:
        app_url: where the service is.
        database: the URL of its database, whose statistics are brought up to date, lest they be in
            the middle of a measurement.

    Raises:
        ToolboxError: the service refused something.
    """
    try:
        with httpx2.Client(base_url=app_url, timeout=60) as client:
            world = _sign_up(client)
    except httpx2.HTTPError as exc:
        raise ToolboxError(f"The benchmark's data could not be made: {exc}") from exc
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return world


def _sign_up(client: httpx2.Client) -> World:
    user = client.post("/users", json=USER).raise_for_status().json()
    form = {"username": USER["email"], "password": USER["password"]}
    tokens = client.post("/auth/token", data=form).raise_for_status().json()
    client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    new = [
        {"name": f"Item {number}", "description": DESCRIPTION, "quantity": number}
        for number in range(ITEMS)
    ]
    made = client.post("/items/bulk", json={"items": new}).raise_for_status().json()
    return World(user["id"], tokens["access_token"], made["items"][ITEMS // 2]["id"])
