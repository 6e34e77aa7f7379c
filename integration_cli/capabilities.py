"""What a target can do: what its profile declares and its OpenAPI document has."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from integration_cli.profile import Items, Profile, Route


class Capability(StrEnum):
    """Something that an invariant may need. The value completes "the target has no ..."."""

    ME = "way to tell who is signed in"
    ITEMS = "items"
    TOLD_APART = "items or request ids that tell one answer from another"
    UPDATE = "change of an item"
    DELETE = "deletion of an item"
    LIST = "list of items"
    BULK_CREATE = "bulk creation"
    BULK_UPDATE = "bulk update"
    CONDITIONAL = "If-Match"
    CONDITIONAL_DELETE = "If-Match of a deletion"
    IDEMPOTENCY = "idempotency key"
    REFRESH = "refresh token"
    REVOKE = "revocation of a token"
    PASSWORD = "change of a password"  # noqa: S105  # a sentence
    GUESSES = "limit on wrong passwords"
    QUOTA = "quota"
    UNIQUE = "unique member"
    COUNTER = "counter"
    OWNER = "owner in its items"
    VERSION = "version in its items"
    CREATED = "time of creation in its items"
    INVALID = "body that it must refuse"
    PARTIAL = "change of a single member"


# What an app can without any items.
OF_USERS = {
    Capability.ME,
    Capability.TOLD_APART,
    Capability.REFRESH,
    Capability.REVOKE,
    Capability.PASSWORD,
    Capability.GUESSES,
}


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the target has, and for what it lacks, why it is thought to lack it."""

    has: frozenset[Capability]
    lacks: Mapping[Capability, str]

    def missing(self, needs: Iterable[Capability]) -> str:
        """Why what needs these must be skipped; empty when it need not."""
        return "; ".join(dict.fromkeys(self.lacks[one] for one in needs if one not in self.has))


def find(profile: Profile, document: Mapping[str, Any] | None) -> Capabilities:
    """Weigh a profile against the target's OpenAPI document; None where the target shows none."""
    declared = _declared(profile)
    lacks = {one: _undeclared(profile, one) for one in Capability if one not in declared}
    if document is not None:
        for capability, (route, header) in declared.items():
            if fault := _fault(document, route, header):
                lacks[capability] = fault
    return Capabilities(frozenset(declared.keys() - lacks.keys()), lacks)


def _undeclared(profile: Profile, one: Capability) -> str:
    is_of_items = profile.items is None and one not in OF_USERS
    return f"the profile declares no {Capability.ITEMS if is_of_items else one}"


Where = tuple[Route | None, str | None]


def _declared(profile: Profile) -> dict[Capability, Where]:
    """What the profile declares, each with the route, and the header, that it takes."""
    of_users: dict[Capability, Route | None] = {
        Capability.ME: profile.accounts.me,
        Capability.REFRESH: profile.refresh.request if profile.refresh else None,
        Capability.REVOKE: profile.revoke.request if profile.revoke else None,
        Capability.PASSWORD: profile.password.request if profile.password else None,
        Capability.GUESSES: profile.login.request if profile.login.limited else None,
    }
    found: dict[Capability, Where] = {
        one: (route, None) for one, route in of_users.items() if route
    }
    if profile.items or profile.headers.request_id:
        found[Capability.TOLD_APART] = (None, None)
    return found | _of_items(profile, profile.items) if profile.items else found


def _of_items(profile: Profile, items: Items) -> dict[Capability, Where]:
    fields, update, bulk = items.fields, items.update, profile.bulk
    routes: dict[Capability, Route | None] = {
        Capability.ITEMS: items.create,
        Capability.UPDATE: update,
        Capability.DELETE: items.delete,
        Capability.LIST: profile.pages.request if profile.pages else None,
        Capability.BULK_CREATE: bulk.create if bulk else None,
        Capability.BULK_UPDATE: bulk.update if bulk else None,
        Capability.QUOTA: profile.accounts.me if profile.quota else None,
        Capability.PARTIAL: update if update and update.method == "PATCH" else None,
    }
    members = {
        Capability.UNIQUE: fields.unique,
        Capability.COUNTER: fields.counter,
        Capability.OWNER: fields.owner,
        Capability.VERSION: fields.version,
        Capability.CREATED: fields.created,
        Capability.INVALID: items.invalid,
    }
    found: dict[Capability, Where] = {one: (route, None) for one, route in routes.items() if route}
    found |= {one: (None, None) for one, member in members.items() if member}
    if profile.conditional and update:
        found[Capability.CONDITIONAL] = (update, "If-Match")
    if profile.conditional and profile.conditional.delete and items.delete:
        found[Capability.CONDITIONAL_DELETE] = (items.delete, "If-Match")
    if profile.idempotency:
        found[Capability.IDEMPOTENCY] = (items.create, profile.idempotency.header)
    return found


def _fault(document: Mapping[str, Any], route: Route | None, header: str | None) -> str:
    """What the document lacks of an operation; empty when it lacks nothing."""
    if route is None:
        return ""
    operation = _operation(document, route)
    if operation is None:
        return f"the target's document has no {route.method} {route.path}"
    named = {str(one.get("name", "")).lower() for one in operation.get("parameters", [])}
    if header and header.lower() not in named:
        return f"the target's document names no {header} at {route.method} {route.path}"
    return ""


def _operation(document: Mapping[str, Any], route: Route) -> Mapping[str, Any] | None:
    for path, operations in document.get("paths", {}).items():
        if _shape(path) == _shape(route.path):
            found: Mapping[str, Any] | None = operations.get(route.method.lower())
            return found
    return None


def _shape(path: str) -> str:
    """A path without the names of its parameters, which a profile need not know."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")
