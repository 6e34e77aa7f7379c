"""Tells a history in a few words, for the checks to judge: who did what, in which order."""

from pathlib import Path

from integration_cli.checks.catalogue import Check
from integration_cli.checks.traces import Traces
from integration_cli.checks.verdict import Verdict, verdict
from integration_cli.endpoints import Api, Change
from integration_cli.operation import Json, Operation, Request
from integration_cli.profile_file import load_profile

SECOND = 1_000_000_000
WHOLE = Path(__file__).with_name("whole.toml")
PROFILE = load_profile(WHOLE)
API = Api(PROFILE)


class Story:
    """Operations one after another, a second each, unless `at` says otherwise."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.phase = "mixed workload"
        self.race = ""

    def tell(
        self,
        request: Request,
        status: int | None,
        answer: Json | None = None,
        client: str = "writer",
        at: tuple[float, float] | None = None,
        headers: dict[str, str] | None = None,
        login: str = "",
    ) -> Operation:
        """Add an operation; no status is a time-out. `at` is when it began and ended, seconds."""
        now = len(self.operations) * 2.0
        began, ended = at or (now, now + 1.0)
        told = Operation(
            request.kind, request.method, request.path, client, "ada",
            invoked=int(began * SECOND), returned=int(ended * SECOND), status=status,
            trouble=None if status else "time-out", phase=self.phase, body=request.body,
            answer=answer or {}, target=request.target, sent=request.headers,
            race=request.race or self.race, headers=headers or {}, login=login,
        )  # fmt: skip
        self.operations.append(told)
        return told

    def creates(self, item: str, nonce: str, status: int | None = 201, **more: str) -> None:
        name = more.get("name", item)
        answer = shown(item, nonce, name) if status == 201 else None
        request = API.create_item(Change(nonce=nonce, unique=name))
        self.tell(request, status, answer, more.get("client", "writer"))

    def writes(
        self,
        item: str,
        nonce: str,
        status: int | None = 200,
        at: tuple[float, float] | None = None,
        client: str = "writer",
    ) -> None:
        answer = shown(item, nonce) if status == 200 else None
        request = API.update_item(item, Change(nonce=nonce))
        self.tell(request, status, answer, client, at)

    def writes_together(self, items: list[str], nonce: str, status: int | None = 200) -> None:
        answer = {"items": [shown(item, nonce) for item in items]} if status == 200 else None
        self.tell(API.update_items(dict.fromkeys(items, Change(nonce=nonce))), status, answer)

    def reads(
        self,
        item: str,
        nonce: str | None,
        client: str = "reader",
        at: tuple[float, float] | None = None,
    ) -> None:
        """No nonce: it is not there."""
        status, answer = (404, None) if nonce is None else (200, shown(item, nonce))
        self.tell(API.read_item(item), status, answer, client, at)

    def lists(self, *pairs: tuple[str, str], names: bool = False) -> None:
        """A page of (item, nonce), or of (item, name)."""
        items = [shown(one, "", two) if names else shown(one, two) for one, two in pairs]
        self.tell(API.list_items(), 200, {"items": items}, "reader")

    def deletes(self, item: str, status: int | None = 204) -> None:
        self.tell(API.delete_item(item), status)

    def judged(self, check: Check) -> Verdict:
        return verdict(check.__name__, check(Traces(self.operations, PROFILE)))


def shown(item: str, nonce: str, name: str = "") -> Json:
    return {"id": item, "name": name or item, "description": nonce}
