"""Answers made of rows, with no object between the database and the JSON."""

from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy import ColumnElement
from starlette.responses import Response

from api.database import Base


class Json(Response):
    """Rows as JSON: pydantic's own writer, without its models, which the columns agree with."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - any JSON value
        """Write identifiers and times as pydantic's models do."""
        return to_json(content)


def columns(view: type[BaseModel], table: type[Base]) -> list[ColumnElement[Any]]:
    """Return the columns that a view shows: rows of them are what it describes, and no more."""
    return [getattr(table, name) for name in view.model_fields]
