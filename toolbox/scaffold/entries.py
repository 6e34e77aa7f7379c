"""What existing files say of each resource: its router, model and rules, and what tests send."""

from collections.abc import Iterator
from pathlib import Path

from toolbox.errors import ToolboxError
from toolbox.scaffold import samples
from toolbox.scaffold.places import Source
from toolbox.scaffold.render import rendered
from toolbox.scaffold.resource import Resource

FACTORIES = "tests/functional/factories.py"
WORLD = "tests/functional/world.py"
FUZZ = Path("schemathesis.toml")
NO_ID = """
[[operations]]
include-path = "{path}"
# A method that this path lacks meets {one}, where `bulk` is an id that is none: 422.
checks.unsupported_method.enabled = false
"""


def edits(root: Path, resource: Resource) -> dict[Path, str]:
    """Return the existing files as they are to be, by their path in the checkout.

    Raises:
        ToolboxError: one of them lacks the place where a resource is entered.
    """
    made = (
        _app(_read(root, "api/app.py"), resource),
        _models(_read(root, "api/models.py"), resource),
        _rules(_read(root, "api/authorization.py"), resource),
        _factory(_read(root, FACTORIES), resource),
        _requests(_read(root, WORLD), resource),
    )
    return {Path(source.path): source.text for source in made} | {FUZZ: _fuzz(root, resource)}


def _read(root: Path, path: str) -> Source:
    try:
        return Source(path, (root / path).read_text())
    except FileNotFoundError:
        raise ToolboxError(f"{path} is not there, where a resource is entered.") from None


def _fuzz(root: Path, r: Resource) -> str:
    """Enter what `api_fuzz` cannot know of a resource; order means nothing there."""
    text = _read(root, str(FUZZ)).text.rstrip()
    return f"{text}\n{NO_ID.format(path=f'{r.path}/bulk', one=r.one_path)}"


def _app(source: Source, r: Resource) -> Source:
    # First, because routes are tried one after the other, and one's own are asked for most.
    return source.looped("router", r.plural).imported(
        f"from api.{r.plural}.routes import router as {r.plural}"
    )


def _models(source: Source, r: Resource) -> Source:
    return source.entered("__all__", f'"{r.model}",').imported(
        f"from api.{r.plural}.models import {r.model}"
    )


def routes(r: Resource) -> list[tuple[str, str]]:
    """Return the routes of a resource, each a method and a path."""
    return [
        ("GET", r.path),
        ("POST", r.path),
        ("PATCH", r.path),
        ("POST", f"{r.path}/bulk"),
        ("GET", r.one_path),
        ("PATCH", r.one_path),
        ("DELETE", r.one_path),
    ]


def _rules(source: Source, r: Resource) -> Source:
    entries = "\n".join(f'    ("{method}", "{path}"): LOGGED_IN,' for method, path in routes(r))
    return source.entered("RULES", entries)


def _factory(source: Source, r: Resource) -> Source:
    wanted = {field.reference.factory for field in r.references if field.reference}
    if missing := wanted - source.functions:
        raise ToolboxError(
            f"{FACTORIES} has no function {min(missing)}(session, owner), which makes the row that "
            f"{r.a} refers to: write it first."
        )
    added = source.after_last(
        lambda name: name.startswith("make_"), rendered("tests/factory.py", r)
    )
    for line in (
        f"from api.{r.plural}.models import {r.model}",
        "from datetime import UTC, date, datetime",
        "from decimal import Decimal",
        "from uuid import UUID",
    ):
        added = added.imported(line)
    return added


def _requests(source: Source, r: Resource) -> Source:
    """Enter what each route is sent so that it succeeds, and how a row is made for it."""
    body = f"{{{', '.join(_members(r))}}}"
    named = f'world.id("{r.id_name}")'
    change = f'"{r.varied.name}": {samples.in_json(r.varied, 2)}'
    sent = {
        ("POST", r.path): f'{{"json": {body}}}',
        ("PATCH", r.path): f'{{"json": {{"{r.plural}": [{{"id": str({named}), {change}}}]}}}}',
        ("POST", f"{r.path}/bulk"): f'{{"json": {{"{r.plural}": [{body}]}}}}',
        ("PATCH", r.one_path): f'{{"json": {{{change}}}}}',
    }
    entries = []
    for route in routes(r):
        request = sent.get(route, "{}")
        variable = "world" if "world" in request else "_"
        entries.append(f'    ("{route[0]}", "{route[1]}"): lambda {variable}: {request},')
    return (
        source.entered("REQUESTS", "\n".join(entries))
        .entered("FACTORIES", f'    "{r.id_name}": make_{r.singular},')
        .imported(f"from tests.functional.factories import make_{r.singular}")
    )


def _members(r: Resource) -> Iterator[str]:
    """Give the members of a body that makes a row beside the one that there is."""
    for field in r.required:
        if field.reference:
            row = "user_id" if field.reference.is_users else f"{field.reference.singular}_id"
            yield f'"{field.name}": str(world.id("{row}"))'
        else:
            yield f'"{field.name}": {samples.in_json(field, 3 if field.unique else 1)}'
