"""Password hashing with Argon2id, off the event loop, and no more at once than cores to spare."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from starlette.concurrency import run_in_threadpool

from api.errors import ServiceUnavailable
from api.settings import Settings

# The second recommended option of OWASP's password storage cheat sheet: 19 MiB, two passes.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class Passwords:
    """Hashes and verifies passwords, for one worker.

    Hashing is pure work: so many at once as there are cores but one, which the event loop keeps.
    The others wait their turn, and must not hold a connection meanwhile, or a handful of log-ins
    would keep all other requests from the database.
    """

    def __init__(self, settings: Settings) -> None:
        """Take how long to wait for a turn."""
        self._turns = asyncio.Semaphore(max(1, (os.cpu_count() or 1) - 1))
        self._patience = settings.hashing_timeout

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn to hash, and keep it during the block.

        Raises:
            ServiceUnavailable: the turn did not come in time.
        """
        try:
            async with asyncio.timeout(self._patience):
                await self._turns.acquire()
        except TimeoutError:
            raise ServiceUnavailable("Too many log-ins at once.") from None
        try:
            yield
        finally:
            self._turns.release()

    async def hash(self, password: str) -> str:
        """Hash a password, with a salt of its own; the result names its parameters.

        Raises:
            ServiceUnavailable: the turn did not come in time.
        """
        async with self.turn():
            return await run_in_threadpool(_hasher.hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether the password is the one that was hashed, within a `turn`.

        Without a hash, because there is no such account, the answer is no and takes as long.
        """
        return await run_in_threadpool(_verify, password_hash, password)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("the password of no account")


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        _hasher.verify(password_hash or _nobodys_hash(), password)
    except VerifyMismatchError:
        return False
    return password_hash is not None
