"""Which route a request took, as its template: /items/{item_id}, and never /items/7."""

from starlette._utils import get_route_path
from starlette.types import Scope

UNMATCHED = "unmatched"

# Where `RetryTransactions` leaves the copy of the scope in which routing wrote what it found.
ATTEMPT = "pir.attempt"


def route_template(scope: Scope) -> str:
    """Return the template of the route that a request took, or "unmatched" if there is none.

    There are as many templates as routes, so that they can be labels of metrics: with paths,
    whoever asks for ones that do not exist could fill the memory of all that keeps them.
    """
    scope = scope.get(ATTEMPT, scope)
    # Of a router that was included with a prefix, FastAPI's `route` knows its path without it, and
    # this context with it.
    found = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    if found is not None:
        template: str = getattr(found, "path_format", UNMATCHED)
        return template
    if "endpoint" not in scope or scope.get("path_params"):
        return UNMATCHED
    if "app_root_path" in scope:
        mount: str = scope["root_path"].removeprefix(scope["app_root_path"])
        return mount + "/{path}"
    # One of Starlette's own, without parameters: the path is the template.
    return get_route_path(scope)
