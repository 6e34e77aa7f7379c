"""What a benchmark's database holds: users and their items."""

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx2
import psycopg

from toolbox.errors import ToolboxError

ITEMS = 5000  # of all users together, about
FEWEST = 150  # of one user, so that a page of 100 is full
DESCRIPTION = "Made for a benchmark, and of about the length that a description has."
PASSWORD = "only for this throwaway database"  # noqa: S105

# More than any benchmark makes.
QUOTA = 1_000_000_000

# Items of a user in one statement, each a transaction: a trigger that counts them row by row walks
# all versions of the user's row that its own transaction has made, so that a million take hours.
AT_ONCE = 1000

INSERT = """
    INSERT INTO items (owner_id, name, description, quantity)
    SELECT id, 'Item ' || number, %s, number
    FROM unnest(%s::uuid[]) AS id, generate_series(%s::integer, %s::integer) AS number
    ORDER BY number
"""


@dataclass(frozen=True)
class User:
    """Somebody who sends requests."""

    id: str
    email: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """Who asks: the service believes the first, the bare application the second."""
        return {"Authorization": f"Bearer {self.token}", "X-Owner": self.id}


@dataclass(frozen=True)
class Owner:
    """A user, and one of the items that this user has."""

    user: User
    item_id: str


def sign_up(app_url: str, users: int) -> list[User]:
    """Sign so many users up at the service, and log them in.

    Raises:
        ToolboxError: the service refused.
    """
    # Each takes two hashes of a password, of which the service makes as many at once as it has
    # cores; the others wait, but not for ever.
    with (
        httpx2.Client(base_url=app_url, timeout=60) as client,
        ThreadPoolExecutor(os.cpu_count()) as threads,
    ):
        try:
            return list(threads.map(lambda number: _sign_up(client, number), range(users)))
        except httpx2.HTTPError as exc:
            raise ToolboxError(f"The benchmark's users could not be made: {exc}") from exc


def _sign_up(client: httpx2.Client, number: int) -> User:
    email = f"bench-{number}@example.com"
    new = {"email": email, "name": f"Benchmark {number}", "password": PASSWORD}
    user = client.post("/users", json=new).raise_for_status().json()
    form = {"username": email, "password": PASSWORD}
    tokens = client.post("/auth/token", data=form).raise_for_status().json()
    return User(user["id"], email, tokens["access_token"])


def fill(app_url: str, database: str, users: int) -> list[Owner]:
    """Make so many users, by the service, and their items.

    Args:
        app_url: where the service is.
        database: the URL of its database.
        users: how many; each has the same number of items.

    Raises:
        ToolboxError: the service refused something.
    """
    made = sign_up(app_url, users)
    add_items(database, made, max(FEWEST, math.ceil(ITEMS / users)))
    with psycopg.connect(database) as connection:
        found = connection.execute(
            """
            SELECT owner_id::text, (array_agg(id ORDER BY id))[count(*) / 2]::text FROM items
            GROUP BY owner_id
            """
        )
        items: dict[str, str] = dict(found.fetchall())
    return [Owner(user, items[user.id]) for user in made]


def add_items(database: str, users: Sequence[User], each: int) -> None:
    """Give each of these users so many items, and bring the database's statistics up to date.

    That is done by SQL: it takes a moment, and the service would refuse more than a user may have.

    Args:
        database: its URL.
        users: who have no items yet.
        each: items of one user. Those of different users lie side by side, as they do where users
            come and go.
    """
    ids = [user.id for user in users]
    with psycopg.connect(database, autocommit=True) as connection:
        _allow_many(connection, ids)
        for first in range(1, each + 1, AT_ONCE):
            last = min(first + AT_ONCE - 1, each)
            connection.execute(INSERT, [DESCRIPTION, ids, first, last])
        # Now, lest it be done in the middle of a measurement.
        connection.execute("VACUUM ANALYZE")


def _allow_many(connection: psycopg.Connection, ids: list[str]) -> None:
    """Let these users have as many items as a benchmark makes, if there is a limit."""
    limit = """
        SELECT FROM information_schema.columns
        WHERE table_schema = current_schema AND table_name = 'users' AND column_name = 'item_quota'
    """
    if connection.execute(limit).rowcount:
        raised = "UPDATE users SET item_quota = %s WHERE id = ANY(%s::uuid[])"
        connection.execute(raised, [QUOTA, ids])
