"""Operations as shell commands, so that a person can send them again."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import replace

from integration_cli.checks.verdict import Verdict
from integration_cli.operation import SECRET, Operation
from integration_cli.profile import Call, Profile
from integration_cli.target import AppUrl

LONG = 500  # characters of a body that are still shown


def curl_lines(
    app_url: AppUrl, profile: Profile, operations: Sequence[Operation]
) -> tuple[str, ...]:
    """A line for each operation, after those that say how to get the tokens that they name."""
    users = list(dict.fromkeys(one.user for one in operations if one.user))
    tokens = {user: f"TOKEN_{chr(ord('A') + number)}" for number, user in enumerate(users)}
    lines = [_token_line(app_url, profile, user, tokens[user]) for user in users]
    return (*lines, *(_line(app_url, one, tokens.get(one.user)) for one in operations))


def replayable(app_url: AppUrl, profile: Profile, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts, with the lines that replay what they found."""
    return [
        replace(
            one,
            findings=tuple(
                replace(found, curl=curl_lines(app_url, profile, found.operations))
                for found in one.findings
            ),
        )
        for one in verdicts
    ]


def _token_line(app_url: AppUrl, profile: Profile, user: str, token: str) -> str:
    """How to sign in: as any user of one's own, since those of a run are removed with it."""
    login = Call(profile.login.request, profile.login.body, profile.login.encoding)
    body = login.fill(email=f"$EMAIL ({user})", password="$PASSWORD")  # noqa: S106  # a placeholder
    if login.encoding == "form":
        given = " ".join(f'-d "{name}={value}"' for name, value in body.items())
    else:
        given = "-H 'Content-Type: application/json' -d " + shlex.quote(json.dumps(body))
    given = given.replace(f" ({user})", "")
    where = f"{app_url}{login.request.path}"
    member = profile.login.token
    return f"{token}=$(curl -s {given} {where} | jq -r .{member})  # as {user}"


def _line(app_url: AppUrl, operation: Operation, token: str | None) -> str:
    parts = ["curl", "-i", "-X", operation.method]
    text = shlex.join(parts)
    if token and operation.kind not in SECRET:
        text += f' -H "Authorization: Bearer ${token}"'
    for name, value in operation.sent.items():
        text += f" -H {shlex.quote(f'{name}: {value}')}"
    if operation.body is not None:
        body = json.dumps(operation.body, separators=(",", ":"))
        if len(body) > LONG:
            body = f"{body[:LONG]}...(the rest is in the history)"
        text += f" -H 'Content-Type: application/json' -d {shlex.quote(body)}"
    return f"{text} {shlex.quote(f'{app_url}{operation.path}')}"
