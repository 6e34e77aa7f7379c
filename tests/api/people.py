"""Somebody who uses the service, and what the answers were."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

import httpx2

# Seconds: far below those after which the service gives up a request that hangs (20), and far above
# what it takes to notice that Postgres is gone.
PATIENCE = 15
PASSWORD = "correct horse battery staple"


class Answer(NamedTuple):
    """What matters of an answer."""

    status: int
    kind: str
    retry_after: str | None


def read(answer: httpx2.Response) -> Answer:
    kind = answer.json()["type"].rpartition("/")[2] if answer.status_code >= 400 else ""
    return Answer(answer.status_code, kind, answer.headers.get("Retry-After"))


class Person:
    """A user with one item, who asks over connections of their own."""

    def __init__(self, client: httpx2.Client) -> None:
        self.client = client
        email = f"{secrets.token_hex(6)}@example.com"
        new = {"email": email, "password": PASSWORD, "name": "Ada"}
        client.post("/users", json=new).raise_for_status()
        login = {"username": email, "password": PASSWORD}
        token = client.post("/auth/token", data=login).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        self.item = self.make().json()["id"]

    def make(self) -> httpx2.Response:
        """A statement alone that writes."""
        return self.client.post("/items", json={"name": secrets.token_hex(8)})

    def look(self) -> httpx2.Response:
        """A statement alone that reads."""
        return self.client.get(f"/items/{self.item}")

    def change(self) -> httpx2.Response:
        """A write in a session, which is a transaction of several statements."""
        new = {"name": secrets.token_hex(8)}
        once = {"Idempotency-Key": secrets.token_hex(8)}
        return self.client.post("/items", json=new, headers=once)

    def ready(self) -> httpx2.Response:
        return self.client.get("/health/ready")

    def do_all(self, times: int = 1) -> list[Answer]:
        """Do all of it, at once, and return the answers."""
        ways = [self.make, self.look, self.change, self.ready] * times
        with ThreadPoolExecutor(len(ways)) as pool:
            return [read(answer) for answer in pool.map(lambda way: way(), ways)]


@contextmanager
def person(url: str) -> Iterator[Person]:
    """Sign somebody up."""
    limits = httpx2.Limits(max_connections=None, keepalive_expiry=2)
    with httpx2.Client(base_url=url, timeout=PATIENCE, limits=limits) as client:
        yield Person(client)
