"""The simulated users of a run: created together, and removed together however the run ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from integration_cli import accounts
from integration_cli.cleanup import command, remove, select
from integration_cli.client import Client
from integration_cli.history import History
from integration_cli.ledger import Account
from integration_cli.options import Target
from integration_cli.outcome import Exit, NotFinished
from integration_cli.pool import for_each
from integration_cli.progress import Announcer
from integration_cli.seeds import numbered

GRACE = 0.5  # seconds: a user whose creation was cut off may not be there yet


@dataclass(frozen=True, slots=True)
class Member:
    """A signed-in user of a run."""

    name: str
    account: Account
    token: str
    login: str  # what the history calls the log-in that the token is of


@dataclass(slots=True)
class Crew:
    """The users of a run. `cleanup` tells, once they are gone, whether all of them are."""

    members: list[Member] = field(default_factory=list)
    cleanup: Exit = Exit.HELD


@asynccontextmanager
async def crew(
    target: Target, history: History, run_id: str, size: int, phases: Announcer
) -> AsyncIterator[Crew]:
    """Create users for a run, and delete them on the way out: after success, failure or Ctrl-C.

    Raises:
        Failure: the app refuses a user. One that it does not delete is reported, and stays in the
            ledger; it must not hide how the run itself came out.
    """
    crew, grace = Crew(), 0.0

    try:
        history.phase = "preflight"
        with phases.phase(history.phase, size) as advance:

            async def come(name: str) -> None:
                account = accounts.throwaway(run_id, target.app_url, name)
                crew.members.append(await join(target, history, account, name))
                advance(1)

            await for_each(numbered("user", size), come)
        crew.members.sort(key=lambda member: member.name)
        yield crew
    except asyncio.CancelledError:
        phases.say("Interrupted: removing what the run created.")
        grace = GRACE
        raise
    finally:
        crew.cleanup = await _remove(target, run_id, grace, phases)


async def join(target: Target, history: History, account: Account, name: str) -> Member:
    """Create a user, and sign it in.

    Raises:
        NotFinished: the app refuses the user.
    """
    async with Client(target.site, name, name, history) as client:
        joined = await accounts.register(client, target.ledger, account, f"Simulated {name}")
        await accounts.prepare(client)
    return Member(name, account, joined.token, f"{name}/first")


async def _remove(target: Target, run_id: str, grace: float, phases: Announcer) -> Exit:
    try:
        await asyncio.sleep(grace)
        await remove(target, select(target, run_id), phases)
    except NotFinished as failure:
        phases.say(f"Not cleaned up: {failure}\n{_later(target, run_id)}")
        return failure.code
    except BaseException:  # such as a second Ctrl-C
        phases.say(f"Not cleaned up.\n{_later(target, run_id)}")
        raise
    return Exit.HELD


def _later(target: Target, run_id: str) -> str:
    return f"To remove what the run left: {command(target, run_id)}"
