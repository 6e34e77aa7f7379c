"""Whether what the API answers is what its OpenAPI document says."""

import json
import re
from typing import Any

from httpx2 import Request, Response

from api.problems import Problem

# Before a route is known, or instead of it; the document speaks of routes.
OF_NO_ROUTE = {
    f"/problems/{slug}"
    for slug in ("untrusted-host", "no-such-path", "method-not-allowed", "metrics-closed")
}


class Documented:
    """Compares answers with the document of the API."""

    def __init__(self, document: dict[str, Any]) -> None:
        # Those without parameters first: /users/me is not the user whose id is "me".
        self._paths = [
            (re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path)), operations)
            for path, operations in sorted(document["paths"].items(), key=lambda p: "{" in p[0])
        ]

    def check(self, request: Request, response: Response, body: bytes) -> None:
        """Fail if the document does not have this status, or this kind of refusal, of the route."""
        operation = self._operation(request)
        if operation is None:
            return
        known = operation["responses"].get(str(response.status_code))
        what = f"{request.method} {request.url.path}: {response.status_code}"
        if response.headers.get("Content-Type") != Problem.media_type:
            assert known, f"{what} is not in the API's document"
        elif (kind := json.loads(body)["type"]) not in OF_NO_ROUTE:
            examples = known["content"][Problem.media_type]["examples"] if known else {}
            kinds = {example["value"]["type"] for example in examples.values()}
            assert kind in kinds, f"{what} {kind} is not in the API's document"

    def _operation(self, request: Request) -> dict[str, Any] | None:
        for pattern, operations in self._paths:
            if pattern.fullmatch(request.url.path):
                operation: dict[str, Any] | None = operations.get(request.method.lower())
                return operation
        return None
