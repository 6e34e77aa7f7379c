"""What Schemathesis must know of our API beside its document; schemathesis.toml names this."""

from typing import Any, ClassVar
from uuid import uuid4

import requests
import schemathesis
import schemathesis.openapi
from hypothesis import strategies
from schemathesis import AuthContext, Case, HookContext
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.filters import HasAPIOperation
from schemathesis.openapi.checks import RejectedPositiveData

AnyCase = Case[Any]

TIMEOUT = 30  # seconds
PASSWORD = "correct horse battery staple"  # noqa: S105 - of users that are made up here


# Schemathesis's own are at names that are reserved too (RFC 6761), which nobody can write to.
schemathesis.openapi.format("email", strategies.emails())

# What a refusal says that depends on more than the request: no document can forbid such a request.
UNFORESEEABLE = {
    "/problems/idempotency-key-reused",  # depends on which keys came before
    "/problems/invalid-cursor",  # on which cursors were given out
    "/problems/precondition-failed",  # on which version the thing has
    "named_twice",  # on several members of the body together
}
# How those end that depend on which rows there are to refer to: /problems/invoice-customer-unknown.
OF_A_REFERENCE = "-unknown"


@schemathesis.hook
def filter_failure(_: HookContext, failure: Failure, __: AnyCase, response: Response) -> bool:
    """Tell whether a failure is one: a refusal that no document can foretell is none."""
    is_problem = response.headers.get("content-type") == ["application/problem+json"]
    if not (is_problem and isinstance(failure, RejectedPositiveData)):
        return True
    problem = response.json()
    kinds = {problem["type"], *(error["kind"] for error in problem.get("errors", []))}
    return not any(kind in UNFORESEEABLE or kind.endswith(OF_A_REFERENCE) for kind in kinds)


@schemathesis.hook
def before_load_schema(_: HookContext, document: dict[str, Any]) -> None:
    """Make the document say less, so that more of what contradicts it is found.

    A `default` response would allow every status. And that a token is ignored is looked for only
    where it is said how it is sent, which is not said of OAuth2's.
    """
    for path in document["paths"].values():
        for operation in path.values():
            if "responses" in operation:
                operation["responses"].pop("default", None)
    for scheme in document.get("components", {}).get("securitySchemes", {}).values():
        if scheme["type"] == "oauth2":
            scheme.clear()
            scheme.update(type="http", scheme="bearer")


def asks_for_login(context: HasAPIOperation) -> bool:
    """Tell whether the document says that this operation needs a token."""
    return bool(context.operation.definition.raw.get("security"))


@schemathesis.auth(refresh_interval=None).apply_to(asks_for_login)
class LoggedIn:
    """Sends the token of a user of our own, and when its log-in has ended, that of a new one.

    So the operations that end a log-in are tried as all others. The one that does so each time is
    tried by another user each time: the things of ours would go with it.
    """

    token: ClassVar[str | None] = None

    def get(self, case: AnyCase, context: AuthContext) -> str:
        """Return an access token."""
        app_url = context.operation.schema.get_base_url().rstrip("/")
        if (case.method, case.path) == ("DELETE", "/users/me"):
            return new_token(app_url)
        LoggedIn.token = LoggedIn.token or new_token(app_url)
        return LoggedIn.token

    def set(self, case: AnyCase, token: str, _: AuthContext) -> None:
        """Send the token with a request."""
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def after_call(_: HookContext, __: AnyCase, response: Response) -> None:
    """Forget a token that is good no longer.

    Schemathesis would get another one too, but does not while it follows links.
    """
    sent = response.request.headers.get("Authorization")
    if response.status_code == 401 and sent == f"Bearer {LoggedIn.token}":
        LoggedIn.token = None


def new_token(app_url: str) -> str:
    """Sign a new user up and log it in."""
    email = f"fuzz-{uuid4()}@example.com"
    user = {"email": email, "name": "Fuzz", "password": PASSWORD}
    requests.post(f"{app_url}/users", json=user, timeout=TIMEOUT).raise_for_status()
    credentials = {"username": email, "password": PASSWORD}
    answer = requests.post(f"{app_url}/auth/token", data=credentials, timeout=TIMEOUT)
    answer.raise_for_status()
    return str(answer.json()["access_token"])
