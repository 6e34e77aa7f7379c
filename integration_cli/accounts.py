"""Users of a run: write each into the ledger, create it, sign in as it, delete it."""

import secrets
from typing import NamedTuple

from integration_cli.client import Client
from integration_cli.ledger import Account, Ledger
from integration_cli.operation import Operation
from integration_cli.outcome import NotFinished
from integration_cli.target import AppUrl


def throwaway(run_id: str, app_url: AppUrl, name: str) -> Account:
    """An account for one run, with a password nobody knows."""
    return Account(run_id, str(app_url), f"{name}.{run_id}@example.org", secrets.token_urlsafe(24))


class Joined(NamedTuple):
    """A signed-in user; not new if an earlier run or an unanswered request created it."""

    token: str
    is_new: bool


async def register(client: Client, ledger: Ledger, account: Account, name: str) -> Joined:
    """Write the account down, create its user unless it exists, and sign the client in.

    Raises:
        NotFinished: the app refuses the user, or another password is on it.
    """
    ledger.add(account)
    operation = await client.insist(client.site.api.register(account.email, account.password, name))
    if not operation.acknowledged and operation.status != 409:
        raise NotFinished(f"The app refuses to create {account.email}: {problem(operation)}.")
    token = await sign_in(client, account)
    if token is None:
        raise NotFinished(
            f"{account.email} exists with another password, so this run cannot use it. "
            "Choose another --seed, or delete that user."
        )
    return Joined(token, operation.acknowledged)


async def prepare(client: Client) -> None:
    """Let a signed-in user ask for the ids that its items' bodies need, or make what has them.

    Raises:
        NotFinished: the app refuses, or answers without an id.
    """
    known = client.site.known.setdefault(client.user, {})
    for name, given in client.site.profile.given.items():
        request = client.site.api.prepare(given, f"{client.user} {secrets.token_hex(4)}")
        operation = await client.insist(request)
        if not operation.acknowledged or given.id not in operation.answer:
            raise NotFinished(f"The app gives {client.user} no {name}: {problem(operation)}.")
        known[name] = str(operation.answer[given.id])


async def sign_in(client: Client, account: Account) -> str | None:
    """Sign the client in and return its access token; None when there is no such user.

    Raises:
        NotFinished: the app answers neither with a token nor with 401.
    """
    operation = await client.insist(client.site.api.sign_in(account.email, account.password))
    if operation.status == 401:
        return None
    name = client.site.profile.login.token
    token = operation.answer.get(name)
    if not operation.acknowledged:
        raise NotFinished(f"The app does not sign {account.email} in: {problem(operation)}.")
    if not isinstance(token, str):
        raise NotFinished(
            f"The app answers {operation.method} {operation.path} with {operation.outcome}, but "
            f"its answer has no text {name!r}. What the token is called, the profile says as "
            "login.token."
        )
    client.authorize(token)
    return token


async def delete(client: Client, account: Account) -> bool:
    """Delete the account's user with all that it owns. Returns False when it was gone already.

    Raises:
        NotFinished: the app answers neither 204 nor that the user is gone.
    """
    if not await sign_in(client, account):
        return False
    operation = await client.insist(client.site.api.delete_me())
    if not operation.acknowledged and operation.status not in {401, 404}:
        raise NotFinished(f"The app does not delete {account.email}: {problem(operation)}.")
    return True


def problem(operation: Operation) -> str:
    """What the app said, in one phrase: the status and the problem document's own words."""
    said = operation.answer.get("detail") or operation.answer.get("title") or ""
    return f"{operation.outcome} {said}".strip().rstrip(".")
