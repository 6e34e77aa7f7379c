"""Makes operations of what was sent and what came back, whichever transport it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import time

from integration_cli.operation import KEPT_HEADERS, Json, Operation, Request, Trouble
from integration_cli.profile import Headers


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who sends, as the history names it; `login` is the log-in whose token is sent."""

    client: str
    user: str
    login: str = ""


def answered(  # noqa: PLR0913, PLR0917  # an exchange has so many sides
    request: Request,
    speaker: Speaker,
    connection: str,
    span: tuple[int, int],
    status: int,
    headers: Mapping[str, str],
    answer: Json,
    watched: Headers,
) -> Operation:
    """An operation that was answered; `span` is when it was invoked and when it returned."""
    return Operation(
        request.kind, request.method, request.path, speaker.client, speaker.user,
        invoked=span[0],
        returned=span[1],
        status=status,
        worker=headers.get(watched.worker) if watched.worker else None,
        race=request.race,
        target=request.target,
        wall=time(),
        connection=connection,
        login=speaker.login,
        sent=request.headers,
        headers={name: headers[name] for name in KEPT_HEADERS if name in headers},
        body=request.body,
        answer=answer,
    )  # fmt: skip


def unanswered(
    request: Request, speaker: Speaker, connection: str, span: tuple[int, int], trouble: Trouble
) -> Operation:
    """An operation that was not answered."""
    return Operation(
        request.kind, request.method, request.path, speaker.client, speaker.user,
        invoked=span[0],
        returned=span[1],
        trouble=trouble,
        race=request.race,
        target=request.target,
        wall=time(),
        connection=connection,
        login=speaker.login,
        sent=request.headers,
        body=request.body,
    )  # fmt: skip
