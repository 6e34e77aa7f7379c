"""Who may do what, all in one place: which routes need a log-in, and which rows one may reach.

An owner sees and changes its own, an administrator all, and nobody else learns that a thing exists:
a row that one may not reach is as one that is not there.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from fastapi.security.base import SecurityBase
from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Uuid,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    true,
)

from api.auth.models import Login
from api.users.models import User


class Access(StrEnum):
    """Who may send a request; what it then reaches, `reachable` says."""

    ANYONE = "anyone"
    LOGGED_IN = "logged in"


ANYONE, LOGGED_IN = Access

RULES = {
    ("GET", "/docs"): ANYONE,
    ("GET", "/problems/{slug}"): ANYONE,
    ("GET", "/health/live"): ANYONE,
    ("GET", "/health/ready"): ANYONE,
    ("POST", "/auth/token"): ANYONE,
    ("POST", "/auth/refresh"): ANYONE,  # the refresh token says who
    ("POST", "/auth/revoke"): ANYONE,  # the token to be revoked says who
    ("POST", "/users"): ANYONE,
    ("GET", "/users"): LOGGED_IN,
    ("GET", "/users/me"): LOGGED_IN,
    ("PATCH", "/users/me"): LOGGED_IN,
    ("DELETE", "/users/me"): LOGGED_IN,
    ("GET", "/users/{user_id}"): LOGGED_IN,
    ("PATCH", "/users/{user_id}"): LOGGED_IN,
    ("DELETE", "/users/{user_id}"): LOGGED_IN,
    ("GET", "/items"): LOGGED_IN,
    ("POST", "/items"): LOGGED_IN,
    ("PATCH", "/items"): LOGGED_IN,
    ("POST", "/items/bulk"): LOGGED_IN,
    ("GET", "/items/{item_id}"): LOGGED_IN,
    ("PATCH", "/items/{item_id}"): LOGGED_IN,
    ("DELETE", "/items/{item_id}"): LOGGED_IN,
}

# Has a token of its own, and is not there at all in production without one.
METRICS = ("GET", "/metrics")


class Who(Protocol):
    """The one who asks: a row of `users`, in SQL or in Python."""

    @property
    def id(self) -> Any:  # noqa: ANN401, D102
        ...

    @property
    def is_admin(self) -> Any:  # noqa: ANN401, D102
        ...


def reachable(owner_id: SQLColumnExpression[Any], who: Who) -> ColumnElement[bool]:
    """Return the condition on which one reaches a row: it is one's own, or one is administrator."""
    return or_(owner_id == who.id, who.is_admin)


# The one who asks, as a statement's own subquery: no row, if the log-in has ended.
_caller = (
    select(User.id, User.is_admin)
    .join(Login, Login.user_id == User.id)
    .where(Login.id == bindparam("login_id"))
    .subquery("caller")
)
CALLER: Who = _caller.c


def for_caller(rows: Select[*tuple[Any, ...]]) -> Select[Any]:
    """Make one statement of a question and of who asks it, in place of two round trips.

    Without a caller it returns no row; with one it returns those asked for, or if there is none,
    a single row of nulls.

    Args:
        rows: what is read, on the condition that it is `reachable` by `CALLER`.
    """
    answer = rows.lateral("answer")
    return select(answer).select_from(_caller).outerjoin(answer, true())


def if_reachable(
    row_id: SQLColumnExpression[UUID],
    owner_id: SQLColumnExpression[UUID],
    given: SQLColumnExpression[Any],
) -> ColumnElement[UUID]:
    """Return the id given if the caller reaches the row that has it, and else one that no row has.

    Written to a foreign key, what one may not reach is so refused as what is not there, by the
    statement itself: nobody refers to another's row, or learns from a refusal that it exists. Null,
    which refers to nothing, stays null.

    Args:
        row_id: the column with the ids of the rows that may be referred to.
        owner_id: the column that says whose they are.
        given: what was asked for.
    """
    found = select(row_id).where(row_id == given, reachable(owner_id, CALLER)).scalar_subquery()
    return func.coalesce(found, case((given.is_not(None), literal(UUID(int=0), Uuid))))


class UndecidedRoute(Exception):
    """A route and the rules above contradict each other; the message says how."""


def check_rules(app: FastAPI) -> None:
    """Make sure that every route, documented or not, has a rule and keeps it.

    Raises:
        UndecidedRoute: one has none, or asks for a log-in where its rule says otherwise.
    """
    routes = dict(_routes(app))
    routes.pop(METRICS, None)
    if odd := set(routes) ^ set(RULES):
        named = ", ".join(" ".join(route) for route in sorted(odd))
        raise UndecidedRoute(f"api/authorization.py has no rule for, or one too many: {named}.")
    for route, access in RULES.items():
        if routes[route] != access:
            raise UndecidedRoute(f"{' '.join(route)} is for {access}, but asks {routes[route]}.")


def _routes(app: FastAPI) -> Iterator[tuple[tuple[str, str], Access]]:
    for route in iter_route_contexts(app.routes):
        if hasattr(route, "dependant"):
            access = LOGGED_IN if _asks_for_login(route.dependant) else ANYONE
            for method in route.methods or ():
                yield (method, str(route.path)), access


def _asks_for_login(dependant: Dependant) -> bool:
    scheme: object = dependant.call
    return isinstance(scheme, SecurityBase) or any(map(_asks_for_login, dependant.dependencies))
