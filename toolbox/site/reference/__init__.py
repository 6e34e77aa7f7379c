"""Pages of reference, made from the code whenever the site is built, so that none is stale."""

from collections.abc import Callable, Mapping

from toolbox.site.reference.api import api_page
from toolbox.site.reference.sessions import sessions_page
from toolbox.site.reference.settings import settings_page

PAGES: Mapping[str, Callable[[], str]] = {
    "reference/sessions.md": sessions_page,
    "reference/settings.md": settings_page,
    "reference/api.md": api_page,
}
