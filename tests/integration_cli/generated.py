"""Histories of any length, to measure what judging them costs: `python -m` this, COUNT and FILE.

They are as those of a mixed workload: users who create, change, read, list and delete, with all
that an operation has in it, and everything as a right app answers.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from integration_cli.capabilities import find
from integration_cli.checks.catalogue import CATALOGUE
from integration_cli.endpoints import Api, Change
from integration_cli.history import History
from integration_cli.operation import Json, Operation, Request
from integration_cli.reporting.judgement import Scope, open_run
from integration_cli.reporting.run import Environment
from tests.integration_cli.story import API, PROFILE

PHASES = ("mixed workload",)
USERS = 20
LIVE = 12  # items of a user at a time
STEP = 400_000  # ns between two operations
LASTING = 2_000_000  # ns: those of several users overlap


@dataclass(slots=True)
class _User:
    name: str
    items: dict[str, Json] = field(default_factory=dict)


def generate(count: int, seed: int = 1) -> Iterator[Operation]:
    """So many operations, in the order in which they began."""
    random = Random(seed)  # noqa: S311
    users = [_User(f"user-{number}") for number in range(USERS)]
    for number in range(count):
        user = users[number % USERS]
        request, status, answer = _next(API, random, user, number)
        client = f"{user.name}/client-{random.randrange(3)}"
        yield Operation(
            request.kind, request.method, request.path, client, user.name,
            invoked=number * STEP,
            returned=number * STEP + LASTING,
            status=status,
            worker=str(random.randrange(4)),
            phase="audit" if number > count * 0.97 else "mixed workload",
            target=request.target,
            wall=1.8e9 + number * STEP / 1e9,
            connection=f"{client}#0.1",
            login=f"{user.name}/first",
            headers={"date": "Wed, 25 Nov 2026 03:00:00 GMT"},
            body=request.body,
            answer=answer,
        )  # fmt: skip


def _next(api: Api, random: Random, user: _User, number: int) -> tuple[Request, int, Json]:
    deed = random.random()
    if len(user.items) < 3 or (deed < 0.15 and len(user.items) < LIVE):
        item = _item(user, f"item-{number}", number)
        user.items[item["id"]] = item
        new = Change(item["description"], number, item["name"])
        return api.create_item(new), 201, {**item}
    item = user.items[random.choice([*user.items])]
    if deed < 0.4:
        item |= {"description": f"write {number}", "version": item["version"] + 1}
        return api.update_item(item["id"], Change(nonce=f"write {number}")), 200, {**item}
    if deed < 0.5:
        del user.items[item["id"]]
        return api.delete_item(item["id"]), 204, {}
    if deed < 0.53:
        page = {"items": [{**one} for one in user.items.values()], "next_cursor": None}
        return api.list_items(50), 200, page
    return api.read_item(item["id"]), 200, {**item}


def _item(user: _User, item_id: str, number: int) -> Json:
    return {
        "id": item_id,
        "name": f"name of {item_id}",
        "description": f"write {number}",
        "quantity": number,
        "version": 1,
        "owner_id": user.name,
        "created_at": "2026-11-25T03:00:00Z",
        "updated_at": "2026-11-25T03:00:00Z",
    }


def write(path: Path, count: int) -> None:
    """Write a history of so many operations, as a run of `concurrency` leaves it."""
    about = Environment.here("generated", "http://127.0.0.1:8000", PROFILE.name, {"count": count})
    with History(path) as history:
        names = [one.name for one in CATALOGUE]
        open_run(history, about, Scope.of(names, PHASES, find(PROFILE, None)))
        for operation in generate(count):
            history.record(operation)


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
