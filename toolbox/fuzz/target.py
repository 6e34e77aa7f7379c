"""Whether an app is ours to send nonsense to."""

import ipaddress
from urllib.parse import urlsplit

from toolbox.errors import ToolboxError


def require_own(app_url: str, *, confirmed: bool) -> None:
    """Make sure that an app is on this machine, or that the user said whose it is.

    Raises:
        ToolboxError: it is neither.
    """
    if not confirmed and not _is_loopback(urlsplit(app_url).hostname or ""):
        raise ToolboxError(
            f"{app_url} is not on this machine, and this fills it with nonsense. "
            "If it is yours, add --i-own-this-target."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
