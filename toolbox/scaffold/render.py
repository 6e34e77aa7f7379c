"""The files of a resource, written from the templates beside this module."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mako.lookup import TemplateLookup
from sqlalchemy.sql import ColumnCollection

from toolbox.scaffold import samples
from toolbox.scaffold.field import LARGEST, Field
from toolbox.scaffold.losses import loss_statements
from toolbox.scaffold.names import check_clear, check_within
from toolbox.scaffold.resource import Resource
from toolbox.scaffold.words import capitalized, listed, plural

TEMPLATES = Path(__file__).parent / "templates"
STRANGER = "zyzzyva"  # what no resource is called
SUMMARY = 88  # letters that a class's docstring has room for in a line
LAYERS = ("errors", "listing", "models", "routes", "schemas", "service")


def files(resource: Resource) -> dict[Path, str]:
    """Return the new files of a resource, by their path in the checkout; not yet formatted.

    Raises:
        Misnamed: a name would have two meanings in one of them.
    """
    made = _files(resource)
    # What they call things whatever the resource is called.
    others = _files(replace(resource, singular=STRANGER, plural=f"{STRANGER}s"))
    for source in others.values():
        meant = {STRANGER: resource.singular, f"{STRANGER}s": resource.plural}
        check_within(source, meant, resource.singular)
    for source in made.values():
        check_clear(source, resource.singular)
    return made


def _files(resource: Resource) -> dict[Path, str]:
    package = Path("api") / resource.plural
    test = Path("tests/functional") / f"test_{resource.plural}.py"
    return {
        package / "__init__.py": "",
        **{package / f"{name}.py": rendered(f"api/{name}.py", resource) for name in LAYERS},
        test: rendered("tests/test_resource.py", resource),
    }


def rendered(template: str, resource: Resource, **more: object) -> str:
    """Write a file of a resource from its template."""
    found = _templates().get_template(f"{template}.mako")
    return str(found.render_unicode(**_context(resource), **more))


@cache
def _templates() -> TemplateLookup:
    return TemplateLookup([str(TEMPLATES)], strict_undefined=True)


def _context(resource: Resource) -> Mapping[str, Any]:
    """Return what the templates speak of."""
    references = [field.reference for field in resource.references if field.reference]
    parents = list(dict.fromkeys(references))
    return {
        "r": resource,
        "capitalized": capitalized,
        "plural": plural,
        "docstring": _docstring(resource),
        "refused": refused(resource),
        "constants": sorted(
            [*(f"UNIQUE_{field.constant}" for field in resource.uniques)]
            + [field.constant for field in resource.references]
            + [f"{field.constant}_SIZE" for field in resource.objects]
        ),
        "largest": LARGEST,
        "losses": list(loss_statements(resource)),
        "referred": parents,
        "optional": [field for field in resource.fields if field.optional],
        "body_fixtures": ", ".join(_body_fixtures(resource)),
        "factories": sorted({"make_user", f"make_{resource.singular}"} | _factories(resource)),
        "in_json": samples.in_json,
        "in_python": samples.in_python,
        "in_a_row": samples.in_a_row,
        "reach": _reach,
        "given": _given,
        "nth": lambda field: samples.numbered(field, "nth"),
        "refused_values": samples.refused,
        "order_numbers": lambda field: _order(field)[::-1],
        "sorted_numbers": _order,
        "filter_cases": lambda field: list(_filter_cases(field)),
        "filter_columns": _filter_columns(resource),
        "slug": lambda field, what: slug(f"{resource.model}{field.camel}{what}"),
        "not_found": slug(f"{resource.model}NotFound"),
    }


def refused(resource: Resource) -> list[str]:
    """Return the kinds of refusal of a write, in the order of their fields."""
    taken = [f"{resource.model}{field.camel}Taken" for field in resource.uniques]
    unknown = [f"{resource.model}{field.camel}Unknown" for field in resource.references]
    too_large = [f"{resource.model}{field.camel}TooLarge" for field in resource.objects]
    return [*taken, *unknown, *too_large]


def slug(name: str) -> str:
    """Return what a kind of refusal is called in its problem's type: `item-not-found`."""
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


def _reach(field: Field) -> str:
    """Return the columns of a reference's table that have its id and its owner."""
    assert field.reference  # noqa: S101 - only references are asked for
    return f"{field.reference.model}.id, {field.reference.model}.{field.reference.owner}"


def _given(field: Field) -> str:
    """Return the column of what was given, which may be called as a method of its collection."""
    is_method = hasattr(ColumnCollection, field.name)
    return f'_new.c["{field.name}"]' if is_method else f"_new.c.{field.name}"


def _docstring(resource: Resource) -> str:
    first = f"{capitalized(resource.a)} that a user owns"
    names = [f"its {field.spoken}" for field in resource.uniques]
    if not names:
        return f"{first}."
    verb = "is" if len(names) == 1 else "are each"
    second = f"{listed(names)} {verb} unique among the owner's {resource.spoken_plural}."
    if len(first) + len(second) < SUMMARY:
        return f"{first}; {second}"
    return f"{first}.\n\n    {capitalized(second)}\n    "


def _body_fixtures(resource: Resource) -> Iterator[str]:
    """Give the parameters of the fixture that makes a body."""
    references = [field.reference for field in resource.required if field.reference]
    if references:
        yield "user: User"
    if not all(reference.is_users for reference in references):
        yield "session: AsyncSession"


def _factories(resource: Resource) -> set[str]:
    return {field.reference.factory for field in resource.references if field.reference}


def _order(field: Field) -> list[int]:
    """Return the numbers of some samples, in the order of their values."""
    match field.type:
        case "bool":
            return [2, 1]
        case "enum":
            numbers = range(1, len(field.values) + 1)
            return sorted(numbers, key=lambda number: field.values[number - 1])
    return [1, 2, 3]


def _filter_cases(field: Field) -> Iterator[tuple[str, int]]:
    """Give queries, and how many rows they find of one that has the second sample."""
    if field.reference:
        yield f"{field.name}=00000000-0000-7000-8000-000000000000", 0
    elif len(field.filters) == 1:
        yield f"{field.name}={_in_query(field, 2)}", 1
        yield f"{field.name}={_in_query(field, 1)}", 0
    elif field.filters:
        for bound, number, count in (("min", 2, 1), ("max", 2, 1), ("min", 3, 0), ("max", 1, 0)):
            yield f"{bound}_{field.name}={_in_query(field, number)}", count


def _in_query(field: Field, number: int) -> str:
    return quote(samples.in_json(field, number).strip('"').lower(), safe=":")


def _filter_columns(resource: Resource) -> str:
    """Return the arguments that give a row the second sample of whatever can be filtered by."""
    return "".join(
        f", {field.name}={samples.in_python(field, 2)}"
        for field in resource.fields
        if field.filters and not field.reference
    )
