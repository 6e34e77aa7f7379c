"""Where requests go, and in which words: an app's address and what its profile says of it."""

from dataclasses import dataclass, field, replace
from typing import Any

from integration_cli.allowance import Allowance
from integration_cli.endpoints import Api
from integration_cli.operation import Request
from integration_cli.profile import Profile
from integration_cli.target import AppUrl

Known = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Site:
    """An app to talk to. `known` has the ids that a user's bodies need, by user and name.

    Whatever is sent to it is counted in `rows`, if it makes any.
    """

    app_url: AppUrl
    profile: Profile
    known: Known = field(default_factory=dict)
    rows: Allowance = field(default_factory=Allowance)

    @property
    def api(self) -> Api:
        """The app's endpoints as requests."""
        return Api(self.profile)

    def filled(self, request: Request, user: str) -> Request:
        """The request with the user's ids in the places of their names, as `{customer_id}`."""
        known = self.known.get(user)
        if not known or request.body is None:
            return request
        places = {f"{{{name}}}": value for name, value in known.items()}
        return replace(request, body=_filled(request.body, places))


def _filled(value: Any, places: dict[str, str]) -> Any:  # noqa: ANN401 - any JSON value
    match value:
        case dict():
            return {name: _filled(one, places) for name, one in value.items()}
        case list():
            return [_filled(one, places) for one in value]
        case str():
            return places.get(value, value)
    return value
