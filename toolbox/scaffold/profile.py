"""The profile by which the integration CLI makes samples of a resource, and judges it.

`concurrency` marks each write by a text that no other has. Where a resource has no text that may be
anything, the digits of a decimal, an id or a time are the mark.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolbox.errors import ToolboxError
from toolbox.scaffold import samples
from toolbox.scaffold.field import Field
from toolbox.scaffold.render import rendered
from toolbox.scaffold.resource import Resource
from toolbox.scaffold.words import with_article

FOLDER = Path("integration_cli/profiles")
INDEX = FOLDER / "pir.toml"
BESIDE = "beside = ["

LONGEST_MARK = 100  # characters, more than any has
HIGHEST_COUNT = 100_000
LEAST_DIGITS = 8  # with fewer, two marks of one row would soon be the same
BY_DIGITS = {
    "uuid": "########-####-4###-8###-############",
    "datetime": "1###-01-1#T1#:1#:1#.#####1Z",
}


class Unmarkable(Exception):
    """No write to the resource can be told from another; the message says why."""


@dataclass(frozen=True)
class Given:
    """What a user asks for, or makes, before it can make one."""

    name: str
    request: str
    body: Mapping[str, object]


@dataclass(frozen=True)
class Plan:
    """How a resource is judged: in which member each write is marked, and so on."""

    nonce: Field
    mark: str | None
    unique: Field | None
    counter: Field | None
    body: Mapping[str, object]
    given: list[Given]
    samples: Mapping[str, list[object]]


def files(root: Path, resource: Resource) -> dict[Path, str]:
    """Return the profile of a resource; none where its writes cannot be marked."""
    try:
        made = plan(root, resource)
    except Unmarkable:
        return {}
    return {path_of(resource): rendered("profiles/resource.toml", resource, plan=made, toml=toml)}


def path_of(resource: Resource) -> Path:
    """Return where the profile of a resource is."""
    return FOLDER / f"{resource.plural}.toml"


def edits(root: Path, resource: Resource) -> dict[Path, str]:
    """Return the project's own profile, which names those beside it, as it is to be.

    Raises:
        ToolboxError: it has no place for that.
    """
    if not files(root, resource):
        return {}
    text = (root / INDEX).read_text() if (root / INDEX).exists() else ""
    before, found, rest = text.partition(f"\n{BESIDE}")
    if not found:
        raise ToolboxError(
            f"{INDEX} has no line that begins with `{BESIDE}`, where the resource would be "
            f"entered; nothing was written. Write `{BESIDE}]` above its first table."
        )
    others, _, after = rest.partition("]")
    names = [name for name in (others.strip(), f'"{path_of(resource).name}"') if name]
    return {INDEX: f"{before}{found}{', '.join(names)}]{after}"}


def plan(root: Path, resource: Resource) -> Plan:
    """Decide how a resource is judged.

    Raises:
        Unmarkable: it cannot be.
    """
    nonce, mark = _nonce(resource)
    unique = next((f for f in resource.required if f.unique and _has_room(f)), None)
    counter = next((f for f in resource.required if _counts(f)), None)
    others = [field for field in resource.required if field not in {nonce, unique}]
    if fixed := [field for field in others if field.unique]:
        raise Unmarkable(
            f"each new one needs {with_article(fixed[0].name)} of its own, and only one unique "
            f"member can be made up, which must be a str of {LONGEST_MARK} characters or more"
        )
    own = {unique, counter} if unique else {nonce, counter}
    return Plan(
        nonce,
        mark,
        unique,
        counter,
        {field.name: _fixed(field) for field in others},
        [given for field in others if field.reference for given in _given(root, field)],
        {
            field.name: _varied(field)
            for field in resource.fields
            if field not in own and _varied(field)
        },
    )


def _nonce(resource: Resource) -> tuple[Field, str | None]:
    """Return the member that has the marks, and how they are written in it if it is no text."""
    plain = [field for field in resource.fields if not field.unique and not field.reference]
    for kind in ("text", "str"):
        for field in plain:
            if field.type == kind and (kind == "text" or _has_room(field)):
                return field, None
    for field in plain:
        mark = BY_DIGITS.get(field.type) or _in_decimal(field)
        if mark and mark.count("#") >= LEAST_DIGITS:
            return field, mark
    raise Unmarkable("it has no text, no long decimal, no time and no id that may be anything")


def _has_room(field: Field) -> bool:
    """Tell whether a mark, and what a scenario adds to it, fits into a text."""
    return field.type == "str" and field.length >= LONGEST_MARK


def _counts(field: Field) -> bool:
    """Tell whether a field can be counted up from 0 by all clients of a run."""
    least, most = field.bounds
    return field.type == "int" and not field.unique and least <= 0 and most >= HIGHEST_COUNT


def _in_decimal(field: Field) -> str:
    if field.type != "decimal":
        return ""
    after = f".{'#' * field.places}" if field.places else ""
    return f"1{'#' * (field.digits - field.places - 1)}{after}"


def _fixed(field: Field) -> object:
    """Return the value that every row has."""
    return f"{{{field.name}}}" if field.reference else _value(samples.in_json(field, 1))


def _varied(field: Field) -> list[object]:
    """Return values among which samples choose; none for a reference, and for what is unique."""
    if field.reference or field.unique:
        return []
    sources = dict.fromkeys(samples.in_json(field, number) for number in range(1, 6))
    return [_value(source) for source in sources]


def _value(source: str) -> object:
    """Read what is the same in Python and in JSON, but for a truth value."""
    found: object = json.loads(source.lower() if source in {"True", "False"} else source)
    return found


def _given(root: Path, field: Field) -> Iterator[Given]:
    """Give what a user does to have the id of a row that this field may refer to.

    A row of another resource is made as its profile says, which may need others first.
    """
    assert field.reference  # noqa: S101 - only references are asked for
    if field.reference.is_users:
        yield Given(field.name, "GET /users/me", {})
        return
    items = _items_of(root, field.reference.table)
    body, places = {**items.get("body", {})}, {}
    for name, given in items.get("given", {}).items():
        places[f"{{{name}}}"] = f"{{{field.name}_{name}}}"
        yield Given(
            f"{field.name}_{name}", given["request"], _renamed(given.get("body", {}), places)
        )
    fields = items["fields"]
    body[fields["nonce"]] = fields["mark"].replace("#", "1") if "mark" in fields else "{mark}"
    if "unique" in fields:
        body[fields["unique"]] = "{mark}"
    yield Given(field.name, items["create"], _renamed(body, places))


def _renamed(body: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    return {name: places.get(str(value), value) for name, value in body.items()}


def _items_of(root: Path, table: str) -> Mapping[str, Any]:
    """Return what a profile says of the rows of a table.

    Raises:
        Unmarkable: none speaks of them.
    """
    path = f"POST /{table.replace('_', '-')}"
    for file in sorted((root / FOLDER).glob("*.toml")):
        items: Mapping[str, Any] = tomllib.loads(file.read_text()).get("items", {})
        if items.get("create") == path:
            return items
    raise Unmarkable(f"no profile in {FOLDER} says how {with_article(table)} row is made")


def toml(value: object) -> str:
    """Return a value as TOML writes it in a line."""
    match value:
        case dict():
            return f"{{ {', '.join(f'{name} = {toml(one)}' for name, one in value.items())} }}"
        case list():
            return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value)
