"""The shipped profile without what it says of items: all that an app of users alone declares."""

import re
from pathlib import Path

from integration_cli import profile_file
from integration_cli.profile_file import OF_ITEMS

SHIPPED = Path(profile_file.__file__).with_name("profiles") / f"{profile_file.DEFAULT}.toml"


def users_only(text: str) -> str:
    """A profile without its tables about items."""
    head, *tables = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    about = tuple(f"[{name}{end}" for name in ("items", *OF_ITEMS) for end in "].")
    return head + "".join(table for table in tables if not table.startswith(about))


def write(folder: Path) -> Path:
    """Write it to a file in a folder."""
    path = folder / "users.toml"
    path.write_text(users_only(SHIPPED.read_text()))
    return path
