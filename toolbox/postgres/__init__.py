"""The Postgres server that this checkout's sessions use: embedded, Docker's, or a given one."""

import os

from toolbox.errors import ToolboxError
from toolbox.postgres.docker import Docker
from toolbox.postgres.embedded import Embedded
from toolbox.postgres.given import Given
from toolbox.postgres.server import Server

SWITCH = "TOOLBOX_POSTGRES"

__all__ = ["SWITCH", "Server", "choose"]


def choose() -> Server:
    """Choose the server: DATABASE_URL's if it is set, and else what TOOLBOX_POSTGRES says.

    Raises:
        ToolboxError: TOOLBOX_POSTGRES is neither `embedded`, its default, nor `docker`.
    """
    if url := os.environ.get("DATABASE_URL"):
        return Given(url)
    choice = os.environ.get(SWITCH, "embedded")
    if choice == "embedded":
        return Embedded()
    if choice == "docker":
        return Docker()
    raise ToolboxError(f"{SWITCH} is {choice!r}: it may be embedded or docker.")
