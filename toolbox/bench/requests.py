"""The requests that are measured."""

import json
import secrets
from dataclasses import dataclass

from toolbox.bench.figures import Effort
from toolbox.bench.load import Load
from toolbox.bench.servers import Running
from toolbox.bench.world import DESCRIPTION, World

NUMBER = "0123456789"  # stands where a load counts


@dataclass(frozen=True)
class Request:
    """A kind of request; one with a body makes an item, whose name ends in a number."""

    name: str
    method: str
    path: str
    token: str
    expected: int = 200
    body: str | None = None

    def load(self, target: Running, effort: Effort) -> Load:
        """Return the load of this request on the application."""
        before, after = self._encode(target)
        return Load(
            host=target.host,
            port=target.port,
            before=before,
            after=after,
            expected=self.expected,
            connections=effort.connections,
            seconds=effort.seconds,
        )

    def _encode(self, target: Running) -> tuple[str, str | None]:
        head = [
            f"{self.method} {self.path} HTTP/1.1",
            f"Host: {target.host}:{target.port}",
            f"Authorization: Bearer {self.token}",
        ]
        if self.body is None:
            return "\r\n".join([*head, "", ""]), None
        # No two loads make items of the same names.
        body = self.body.replace("LOAD", secrets.token_hex(4))
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        before, _, after = body.partition(NUMBER)
        return "\r\n".join([*head, "", before]), after


def requests(world: World) -> list[Request]:
    """Return the requests to measure; those that write come last, for they let tables grow."""
    new = json.dumps({"name": f"LOAD {NUMBER}", "description": DESCRIPTION, "quantity": 1})
    return [
        Request("GET one item", "GET", f"/items/{world.item_id}", world.token),
        Request("GET 100 items", "GET", "/items?limit=100", world.token),
        Request("POST one item", "POST", "/items", world.token, expected=201, body=new),
    ]
