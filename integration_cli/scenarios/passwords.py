"""Passwords: a new one that ends what came of the old one, and wrong ones that are guessed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from integration_cli.accounts import throwaway
from integration_cli.capabilities import Capability
from integration_cli.connection import Connection
from integration_cli.crew import Member
from integration_cli.ledger import Account
from integration_cli.operation import Request
from integration_cli.release import Racers
from integration_cli.scenarios.crowd import of_the_caller
from integration_cli.scenarios.sessions import RACERS, refresh_token_of, sign_in_again, use
from integration_cli.scenarios.stage import Stage, Window

OLD = 2  # connections that log in with a password before and after it is changed
BUSY = 2  # connections that log in, and as many that create, while a password is changed
MOST_LOG_INS = 40  # of each of them
MOST_GUESSES = 25  # until an app is taken for one that has no limit
GUESSERS = 24  # connections
PATIENCE = 5  # log-ins after the guesses, while the app is overloaded


async def new_password(stage: Stage) -> None:
    """A user's password is changed while two of its log-ins are in use; both end at that answer."""
    for window in stage.windows("new-password", 3):
        member = await stage.newcomer(f"changer-{window.number}")
        signed_in = await sign_in_again(stage, member, window) if member else None
        if member is None or signed_in is None:
            continue
        account, new = member.account, _with_new_password(stage, member)
        change = stage.api.change_password(account.password, new.password).of(window.race)
        async with stage.racers_of([member, signed_in[0]] * (RACERS // 2), "change") as racers:
            await racers.spread(stage.workers)
            uses = of_the_caller(stage).of(window.race)
            old = stage.api.sign_in(account.email, account.password)
            old = old.of(window.race.replace("new-password", "old-password"))
            await racers.race([old] * OLD)
            await racers.each(uses)
            await racers.after(change, [uses] * (RACERS - 1))
            await racers.race([old] * OLD)
            token = refresh_token_of(stage, signed_in[1])
            if token and stage.has(Capability.REFRESH):
                await stage.send(racers.connections[1], stage.api.refresh(token).of(window.race))
            await racers.each(uses)


async def password_in_use(stage: Stage) -> None:
    """A password is changed while others log in with it and its user creates something.

    Of what they were told, the log-ins end at that answer, and the things are there: the user says
    so after it has logged in with the new password.
    """
    for window in stage.windows("password-in-use", 6):
        member = await stage.newcomer(f"busy-{window.number}")
        if member is None:
            continue
        account, new = member.account, _with_new_password(stage, member)
        async with stage.racers(member, "busy", 1 + 2 * BUSY) as racers:
            await racers.spread(stage.workers)
            await _change_in_use(stage, window, racers, account, new)
        renewed = replace(member, account=new)
        signed_in = await sign_in_again(stage, renewed, window)
        if signed_in is not None:
            connection = stage.connection(signed_in[0], "renewed")
            await stage.send(connection, of_the_caller(stage).of(f"renewed#{window.number}"))
            connection.close()
            await _leave(stage, signed_in[0], account, new)


def _with_new_password(stage: Stage, member: Member) -> Account:
    """What a user's account will be: written down before it is, so that it can be removed."""
    new = throwaway(stage.run_id, stage.target.app_url, member.name)
    stage.target.ledger.add(new)
    return new


async def _change_in_use(
    stage: Stage, window: Window, racers: Racers, old: Account, new: Account
) -> None:
    """Change the password, and use what the log-ins beside it gave once it is changed."""
    over = asyncio.Event()
    changer, *others = racers.connections
    sign_in = stage.api.sign_in(old.email, old.password).of(f"old-in-use#{window.number}")
    log_ins = [asyncio.create_task(_log_in(stage, one, sign_in, over)) for one in others[:BUSY]]
    making = [asyncio.create_task(_make(stage, one, window, over)) for one in others[BUSY:]]
    change = stage.api.change_password(old.password, new.password).of(window.race)
    await stage.send(changer, change)
    over.set()
    tokens = await asyncio.gather(*log_ins)
    await asyncio.gather(*making)
    for connection, token in zip(others[:BUSY], tokens, strict=True):
        if token:
            connection.token = token
            await stage.send(connection, of_the_caller(stage).of(window.race))


async def _log_in(
    stage: Stage, connection: Connection, sign_in: Request, over: asyncio.Event
) -> str | None:
    """Log in again and again; returns the last token that was given."""
    last = None
    for _ in range(MOST_LOG_INS):
        answer = await stage.send(connection, sign_in)
        if not answer.acknowledged:
            break
        last = str(answer.answer.get(stage.target.profile.login.token))
        if over.is_set():
            break
    return last


async def _make(stage: Stage, connection: Connection, window: Window, over: asyncio.Event) -> None:
    """Create one thing after another."""
    number = 0
    while not over.is_set():
        number += 1
        making = use(stage, window, f"{connection.name} {number}")
        if not (await stage.send(connection, making)).acknowledged:
            return


async def guesses(stage: Stage) -> None:
    """A password is guessed until the app has had enough, and another user's at the same instant.

    Then somebody else logs in, who has guessed nothing.
    """
    for window in stage.windows("guesses", 2):
        async with _guessed(stage, window, "alone") as alone:
            if alone is None:
                continue
            async with stage.racers(alone, "guesses", 1) as guesser:
                for _ in range(MOST_GUESSES):
                    answer = await stage.send(guesser.connections[0], _guess(stage, alone, window))
                    if answer.status == stage.target.profile.login.limited:
                        break
        async with _guessed(stage, window, "at-once") as at_once:
            if at_once is None:
                continue
            async with stage.racers(at_once, "guesses", GUESSERS) as guessers:
                await guessers.spread(stage.workers)
                await guessers.each(_guess(stage, at_once, window))
        await _log_in_beside(stage, window)


@asynccontextmanager
async def _guessed(stage: Stage, window: Window, part: str) -> AsyncIterator[Member | None]:
    """A user whose password is guessed, deleted by its token afterwards: it cannot log in again."""
    member = await stage.newcomer(f"guessed-{part}-{window.number}")
    try:
        yield member
    finally:
        if member is not None:
            await _leave(stage, member, member.account)


async def _leave(stage: Stage, member: Member, *accounts: Account) -> None:
    """Delete a user by its token: whoever audits or cleans up need not log in as it."""
    connection = stage.connection(member, "leaves")
    gone = await stage.send(connection, stage.api.delete_me())
    connection.close()
    if gone.acknowledged:
        stage.target.ledger.remove(accounts)


def _guess(stage: Stage, member: Member, window: Window) -> Request:
    return stage.api.sign_in(member.account.email, f"no {member.account.password}").of(window.race)


async def _log_in_beside(stage: Stage, window: Window) -> None:
    """Log in as somebody else, again while the app says that it is overloaded."""
    member = stage.member(window.number)
    request = stage.api.sign_in(member.account.email, member.account.password)
    connection = stage.connection(member, "guessed-nothing")
    for _ in range(PATIENCE):
        if (await stage.send(connection, request.of(f"after-{window.race}"))).status != 503:
            break
    connection.close()
