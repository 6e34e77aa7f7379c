"""Where requests go, and in which words: an app's address and what its profile says of it."""

from dataclasses import dataclass

from integration_cli.endpoints import Api
from integration_cli.profile import Profile
from integration_cli.target import AppUrl


@dataclass(frozen=True, slots=True)
class Site:
    """An app to talk to."""

    app_url: AppUrl
    profile: Profile

    @property
    def api(self) -> Api:
        """The app's endpoints as requests."""
        return Api(self.profile)
