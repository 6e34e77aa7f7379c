"""Password hashing with Argon2id, off the event loop."""

import os
from functools import cache

import anyio.to_thread
from anyio import CapacityLimiter
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

# The second recommended option of OWASP's password storage cheat sheet: 19 MiB, two passes.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _limiter() -> CapacityLimiter:
    # Hashing is pure work: more threads than cores would only slow down all other requests.
    return CapacityLimiter(os.cpu_count() or 1)


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
