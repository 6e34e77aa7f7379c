"""Password hashing with Argon2id, off the event loop."""

import asyncio
import os
from collections.abc import AsyncIterator
from functools import cache
from typing import Annotated

import anyio.to_thread
from anyio import CapacityLimiter
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from fastapi import Depends, Request

from api.errors import ServiceUnavailable

# The second recommended option of OWASP's password storage cheat sheet: 19 MiB, two passes.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _limiter() -> CapacityLimiter:
    # Hashing is pure work: more threads than cores would only slow down all other requests.
    return CapacityLimiter(os.cpu_count() or 1)


async def wait_for_turn(request: Request) -> AsyncIterator[None]:
    """Let as many requests hash as there are cores; the others wait without a connection.

    Otherwise a handful of log-ins, each with a connection in its hand and in the queue for a core,
    would keep all other requests from the database.

    Raises:
        ServiceUnavailable: the turn did not come in time.
    """
    turns: asyncio.Semaphore = request.state.hashing_turns
    try:
        async with asyncio.timeout(request.state.settings.database_pool_timeout):
            await turns.acquire()
    except TimeoutError:
        raise ServiceUnavailable("Too many log-ins at once.") from None
    try:
        yield
    finally:
        turns.release()


# For a route that hashes: to be declared before its session, which is then taken after the turn.
HashingTurn = Annotated[None, Depends(wait_for_turn, scope="function")]


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("the password of no account")


async def hash_password(password: str) -> str:
    """Hash a password, with a salt of its own; the result names its parameters."""
    return await anyio.to_thread.run_sync(_hasher.hash, password, limiter=_limiter())


async def verify_password(password_hash: str | None, password: str) -> bool:
    """Tell whether the password is the one that was hashed.

    Without a hash, because there is no such account, the answer is no and takes as long.
    """
    return await anyio.to_thread.run_sync(_verify, password_hash, password, limiter=_limiter())


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        _hasher.verify(password_hash or _nobodys_hash(), password)
    except VerifyMismatchError:
        return False
    return password_hash is not None
