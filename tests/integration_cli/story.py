"""Tells a history in a few words, for the checks to judge: who did what, in which order."""

from integration_cli import endpoints
from integration_cli.checks import Check, judge
from integration_cli.checks.verdict import Verdict
from integration_cli.operation import Json, Operation, Request

SECOND = 1_000_000_000


class Story:
    """Operations one after another, a second each, unless `at` says otherwise."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.phase = "mixed workload"

    def tell(
        self,
        request: Request,
        status: int | None,
        answer: Json | None = None,
        client: str = "writer",
        at: tuple[float, float] | None = None,
    ) -> Operation:
        """Add an operation; no status is a time-out. `at` is when it began and ended, seconds."""
        now = len(self.operations) * 2.0
        began, ended = at or (now, now + 1.0)
        told = Operation(
            request.kind, request.method, request.path, client, "ada",
            invoked=int(began * SECOND), returned=int(ended * SECOND), status=status,
            trouble=None if status else "time-out", phase=self.phase, body=request.body,
            answer=answer or {},
        )  # fmt: skip
        self.operations.append(told)
        return told

    def creates(self, item: str, nonce: str, status: int | None = 201, **more: str) -> None:
        body = {"name": more.get("name", item), "description": nonce}
        answer = shown(item, nonce, body["name"]) if status == 201 else None
        self.tell(endpoints.create_item(body), status, answer, more.get("client", "writer"))

    def writes(
        self,
        item: str,
        nonce: str,
        status: int | None = 200,
        at: tuple[float, float] | None = None,
        client: str = "writer",
    ) -> None:
        answer = shown(item, nonce) if status == 200 else None
        request = endpoints.update_item(item, {"description": nonce})
        self.tell(request, status, answer, client, at)

    def writes_together(self, items: list[str], nonce: str, status: int | None = 200) -> None:
        changes = [{"id": item, "description": nonce} for item in items]
        answer = {"items": [shown(item, nonce) for item in items]} if status == 200 else None
        self.tell(endpoints.update_items(changes), status, answer)

    def reads(
        self,
        item: str,
        nonce: str | None,
        client: str = "reader",
        at: tuple[float, float] | None = None,
    ) -> None:
        """No nonce: it is not there."""
        status, answer = (404, None) if nonce is None else (200, shown(item, nonce))
        self.tell(endpoints.read_item(item), status, answer, client, at)

    def lists(self, *pairs: tuple[str, str], names: bool = False) -> None:
        """A page of (item, nonce), or of (item, name)."""
        items = [shown(one, "", two) if names else shown(one, two) for one, two in pairs]
        self.tell(endpoints.list_items(), 200, {"items": items}, "reader")

    def deletes(self, item: str, status: int | None = 204) -> None:
        self.tell(endpoints.delete_item(item), status)

    def judged(self, check: Check) -> Verdict:
        (verdict,) = judge(self.operations, [check])
        return verdict


def shown(item: str, nonce: str, name: str = "") -> Json:
    return {"id": item, "name": name or item, "description": nonce}
