"""The page of the service's settings, from the model that reads them."""

from collections.abc import Iterator
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from api.settings import Settings
from toolbox.site.reference.markdown import table

HEAD = """\
# Settings of the service

Each is an environment variable, read once at the start; a wrong one ends the start with a sentence
that names it. Lists are written as JSON. A time without a unit in its meaning is in seconds, or as
ISO 8601 has it (`PT15M`). Made from `api/settings.py`; what each step of growing needs of them says
[how it grows](../scaling.md), and what a deployment needs, [deploy](../deploy.md).
"""
SIGNS = {Ge: ("ge", "≥"), Gt: ("gt", ">"), Le: ("le", "≤"), Lt: ("lt", "<")}


def settings_page() -> str:
    """Return the page."""
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    return "\n".join([HEAD, *table(["Variable", "Default", "Meaning"], rows)])


def _row(name: str, field: FieldInfo) -> list[str]:
    meaning = field.description or name.replace("_", " ")
    return [f"`{name.upper()}`", _default(field), "; ".join([meaning, *_bounds(field)])]


def _default(field: FieldInfo) -> str:
    """Return the default as one would write it in the environment."""
    if field.is_required():
        return "*needed*"
    adapter: TypeAdapter[Any] = TypeAdapter(field.annotation or Any)
    value = adapter.dump_python(field.default, mode="json")
    if value in ("", []):
        return ""
    written = adapter.dump_json(field.default).decode() if isinstance(value, list | bool) else value
    return f"`{written}`"


def _bounds(field: FieldInfo) -> Iterator[str]:
    for limit in field.metadata:
        if type(limit) in SIGNS:
            attribute, sign = SIGNS[type(limit)]
            yield f"{sign} {getattr(limit, attribute)}"
