"""One user of a Locust run: what it asks for, and how its operations are recorded.

Nothing here imports Locust, which calls `ask` its own way: the locustfile that `export-locust`
writes has that part.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic_ns

from integration_cli import accounts
from integration_cli.checks.traces import items_in
from integration_cli.endpoints import Change
from integration_cli.history import History
from integration_cli.ledger import Account, Ledger
from integration_cli.load.mix import Mix
from integration_cli.operation import Json, Operation, Request, Trouble
from integration_cli.profile import Profile
from integration_cli.profile_file import load_profile, shipped_profile
from integration_cli.record import Speaker, answered, unanswered
from integration_cli.reporting.judgement import Scope, open_run
from integration_cli.reporting.run import Environment
from integration_cli.seeds import stream
from integration_cli.site import Site
from integration_cli.target import AppUrl

OWN = 2  # items of each user


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a transport made of a request; no status is why, in `trouble`."""

    status: int | None
    headers: Mapping[str, str]
    answer: Json
    trouble: Trouble = Trouble.RESET


Ask = Callable[[Request, str], Exchange]  # a request and the token to send


class Run:
    """One process of a Locust run: its history, which has the process in its name."""

    def __init__(self, environment: Json, scope: Json, directory: Path, profile: str) -> None:
        self.environment = Environment(**environment)
        self.scope = Scope(**scope)
        self.profile: Profile = load_profile(Path(profile)) if profile else shipped_profile()
        self.site = Site(AppUrl.parse(self.environment.target), self.profile)
        self.ledger = Ledger(directory)
        name = f"{self.environment.run_id}-{os.getpid()}.jsonl"
        self.history = History(directory / "history" / name)
        self.history.__enter__()
        open_run(self.history, self.environment, self.scope)
        self._users = 0

    def visitor(self, ask: Ask) -> "Visitor":
        """Another user."""
        self._users += 1
        return Visitor(self, f"user-{os.getpid()}-{self._users}", ask)

    def close(self) -> None:
        """Close the history."""
        self.history.__exit__(None, None, None)


class Visitor:
    """A user that comes, works on things of its own, looks whether all is there, and leaves."""

    def __init__(self, run: Run, name: str, ask: Ask) -> None:
        self._run = run
        self._ask = ask
        self._name = name
        self._token = ""
        self._account: Account = accounts.throwaway(run.environment.run_id, run.site.app_url, name)
        self._own: list[str] = []
        random = stream(run.environment.run_id, name)
        able, mark = run.scope.capabilities, f"{run.environment.run_id} {name}"
        self._mix = Mix(run.site.api, able, random, mark, self._own, self._own)

    def come(self) -> None:
        """Sign up, sign in, and make a few things; the ledger has the account first."""
        api, account = self._run.site.api, self._account
        self._run.ledger.add(account)
        self._send(api.register(account.email, account.password, self._name), "preflight")
        self._sign_in()
        self._prepare()
        for number in range(OWN) if self._run.profile.items else ():
            mark = f"{self._mix.mark} item {number}"
            made = self._send(api.create_item(Change(nonce=f"{mark} new", counter=0, unique=mark)))
            self._own += [item.id for item in items_in(made, self._run.profile)]

    def act(self) -> None:
        """Do one thing; sign in again when the token has expired."""
        if self._send(self._mix.next()).status == 401:
            self._sign_in()

    def leave(self) -> None:
        """Read everything once more, now that nobody changes it, and delete the user."""
        for item in self._own:
            self._send(self._run.site.api.read_item(item), "audit")
        gone = self._send(self._run.site.api.delete_me(), "cleanup")
        if gone.acknowledged:
            self._run.ledger.remove([self._account])

    def _sign_in(self) -> None:
        request = self._run.site.api.sign_in(self._account.email, self._account.password)
        signed_in = self._send(request, "preflight")
        self._token = str(signed_in.answer.get(self._run.profile.login.token, ""))

    def _prepare(self) -> None:
        """Ask for the ids that the bodies of items need, or make what has them."""
        known = self._run.site.known.setdefault(self._name, {})
        for name, given in self._run.profile.given.items():
            asked = self._send(self._run.site.api.prepare(given, self._mix.mark), "preflight")
            known[name] = str(asked.answer.get(given.id, ""))

    def _send(self, request: Request, phase: str = "mixed workload") -> Operation:
        speaker = Speaker(self._name, self._name, self._name)
        invoked = monotonic_ns()
        got = self._ask(self._run.site.filled(request, self._name), self._token)
        span = (invoked, monotonic_ns())
        if got.status is None:
            operation = unanswered(request, speaker, self._name, span, got.trouble)
        else:
            operation = answered(
                request, speaker, self._name, span, got.status, got.headers, got.answer,
                self._run.profile.headers,
            )  # fmt: skip
        self._run.history.phase = phase
        return self._run.history.record(operation)
