"""Rows for tests to begin with: each call makes another one, and what a test cares for it says."""

import asyncio
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.models import Login
from api.items.models import Item
from api.users.models import User

PASSWORD = "correct horse battery staple"
# Made once by api.passwords, because making one takes as long as it should.
PASSWORD_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$"
    "F8C/2x1Tw/wLnGpUIEyNkQ$Grv1GA+Mz/1LqNZYrWjvI2/Nt35zzgiA4zzQkGlvcPo"
)

_numbers = count(1)


async def make_user(session: AsyncSession, **columns: Any) -> User:
    """Make a user, who logs in with PASSWORD, and is logged in: the log-in has the user's id."""
    number = next(_numbers)
    columns = {
        "email": f"user{number}@example.com",
        "name": f"User {number}",
        "password_hash": PASSWORD_HASH,
        **columns,
    }
    user = User(**columns)
    session.add(user)
    await session.flush()
    session.add(Login(id=user.id, user_id=user.id, expires_at=func.now() + timedelta(days=30)))
    await session.commit()
    return user


async def make_item(session: AsyncSession, owner: User, **columns: Any) -> Item:
    """Make an item of this owner."""
    item = Item(**{"owner_id": owner.id, "name": f"Item {next(_numbers)}", **columns})
    session.add(item)
    await session.commit()
    return item


async def somebody_waits(session: AsyncSession, number: int = 1) -> None:
    """Return when so many others wait for a lock in this database."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(10):
        while (await session.scalar(waiting) or 0) < number:
            # What is seen of others' activity is that of the transaction's first look.
            await session.execute(text("SELECT pg_stat_clear_snapshot()"))
            await asyncio.sleep(0.005)
