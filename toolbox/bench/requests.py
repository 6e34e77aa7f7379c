"""The requests that are measured."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from toolbox.bench.figures import Effort
from toolbox.bench.load import Load, Message
from toolbox.bench.servers import Running
from toolbox.bench.world import DESCRIPTION, Owner

NUMBER = "0123456789"  # stands where a load counts


@dataclass(frozen=True)
class Request:
    """A kind of request about items; one with a body makes an item, whose name ends in a number."""

    name: str
    method: str
    path: str
    expected: int = 200
    body: str | None = None

    def path_for(self, owner: Owner) -> str:
        """Return the path where this owner asks."""
        return self.path.format(item_id=owner.item_id)

    def message(self, target: Running, owner: Owner) -> Message:
        """Return it as this owner sends it to the application."""
        path, headers = self.path_for(owner), owner.user.headers
        if self.body is None:
            return message(target, self.method, path, headers)
        # No two loads make items of the same names.
        body = self.body.replace("LOAD", secrets.token_hex(4))
        headers = {**headers, "Content-Type": "application/json"}
        return message(target, self.method, path, headers, body, self.expected)


READ = Request("GET one item", "GET", "/items/{item_id}")
LIST = Request("GET 100 items", "GET", "/items?limit=100")
CREATE = Request(
    "POST one item",
    "POST",
    "/items",
    expected=201,
    body=json.dumps({"name": f"LOAD {NUMBER}", "description": DESCRIPTION, "quantity": 1}),
)

# Those that write come last, for they let tables grow.
REQUESTS = (READ, LIST, CREATE)


def message(
    target: Running,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: str = "",
    expected: int | None = 200,
) -> Message:
    """Write a request as HTTP/1.1 has it."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {target.host}:{target.port}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    before, number, after = "\r\n".join([*lines, "", body]).partition(NUMBER)
    return Message(before, after if number else None, expected)


def load(request: Request, target: Running, owners: Sequence[Owner], effort: Effort) -> Load:
    """Return the load of this request on the application: each connection is another owner's."""
    scripts = [
        [request.message(target, owners[number % len(owners)])]
        for number in range(effort.connections)
    ]
    return Load(target.host, target.port, scripts, effort.seconds)
