"""Rows that are of no use any more: each write to their table takes a few of them away."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, func, select

# Small, so that a request does not pay for all that others left.
AT_ONCE = 100


def expired(
    key: SQLColumnExpression[Any], expires_at: SQLColumnExpression[datetime]
) -> Select[Any]:
    """Select the keys of some rows whose time is over and that nobody else has locked."""
    return (
        select(key).where(expires_at < func.now()).limit(AT_ONCE).with_for_update(skip_locked=True)
    )
