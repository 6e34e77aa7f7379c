"""The page of the API's routes and bodies, from its OpenAPI document."""

import json
from collections.abc import Iterator
from typing import Any

from api.app import create_app
from api.openapi import OPERATIONS
from api.settings import Settings
from toolbox.site.reference.markdown import table

HEAD = """\
# API

Made from the OpenAPI document, which the service itself has at `/openapi.json`, and to try things
out at `/docs`. Every refusal is a problem document (RFC 9457).
"""
ANYWHERE = "postgresql://nobody@localhost/nothing"  # nothing connects to it

Document = dict[str, Any]


def document() -> Document:
    """Return the API's OpenAPI document."""
    settings = Settings.model_validate({"environment": "development", "database_url": ANYWHERE})
    return create_app(settings).openapi()


def api_page() -> str:
    """Return the page."""
    api = document()
    lines = [HEAD, "## Routes", ""]
    for path, operations in api["paths"].items():
        for method in sorted(OPERATIONS & set(operations)):
            lines += _operation(f"{method.upper()} {path}", operations[method])
    lines += ["## Bodies", ""]
    for name, schema in api["components"]["schemas"].items():
        lines += _schema(name, schema)
    return "\n".join(lines)


def _operation(title: str, operation: Document) -> Iterator[str]:
    yield from (f"### `{title}`", "", str(operation.get("description", operation["summary"])), "")
    parameters = operation.get("parameters", [])
    yield from table(["Parameter", "In", "Type", "Meaning"], map(_parameter, parameters))
    bodies = operation.get("requestBody", {}).get("content", {})
    if bodies:
        kinds = {_kind(body["schema"]) for body in bodies.values()}
        yield from (
            f"Body: {', '.join(sorted(kinds))}, as {', '.join(f'`{it}`' for it in bodies)}.",
            "",
        )
    answers = operation["responses"].items()
    yield from table(["Status", "Answer", "Body"], (_answer(*answer) for answer in answers))


def _parameter(parameter: Document) -> list[str]:
    needed = " *needed*" if parameter.get("required") else ""
    kind = _kind(parameter["schema"])
    return [
        f"`{parameter['name']}`",
        parameter["in"],
        kind + needed,
        parameter.get("description", ""),
    ]


def _answer(status: str, answer: Document) -> list[str]:
    kinds = {
        _kind(body["schema"]) for body in answer.get("content", {}).values() if "schema" in body
    }
    return [status, answer["description"], ", ".join(sorted(kinds))]


def _schema(name: str, schema: Document) -> Iterator[str]:
    yield from (f"### {name}", "", schema.get("description", ""), "")
    needed = schema.get("required", [])
    yield from table(
        ["Member", "Type", "Meaning"],
        (
            [f"`{member}`", _kind(kind) + (" *needed*" if member in needed else ""), _meaning(kind)]
            for member, kind in schema.get("properties", {}).items()
        ),
    )


def _meaning(schema: Document) -> str:
    default = f"by default `{json.dumps(schema['default'])}`" if "default" in schema else ""
    return "; ".join(filter(None, [schema.get("description", ""), default]))


def _kind(schema: Document) -> str:
    """Say in a few words what a value is; another schema of the document is a link."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_kind(option) for option in options)
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return ", ".join(f"`{json.dumps(value)}`" for value in values)
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return " ".join([str(schema.get("format") or kind), *_limits(schema)])


def _limits(schema: Document) -> Iterator[str]:
    lowest = schema.get("minimum", schema.get("minLength"))
    highest = schema.get("maximum", schema.get("maxLength"))
    if lowest is not None or highest is not None:
        yield f"({lowest or 0} to {highest})" if highest is not None else f"(from {lowest})"
