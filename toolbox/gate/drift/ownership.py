"""What of a database is the project's: what env.py's filters leave out is somebody else's.

`include_object` and `include_name` are asked as autogenerate asks them. `include_schemas` is not:
it says where autogenerate may meet other people's tables, and a throwaway database has none.
"""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import MetaData, Table

from toolbox.gate.catalog import Snapshot, wholes_of
from toolbox.gate.drift.dump import Block
from toolbox.gate.drift.second import IDENTIFIER, own_name, parts_of

KINDS = {
    "column": "column",
    "constraint": "unique_constraint",
    "index": "index",
    "schema": "schema",
    "table": "table",
    "view": "table",
}


class Ownership:
    """Asks the filters of a project, of which there may be none."""

    def __init__(self, options: dict[str, Any], metadata: MetaData) -> None:
        """Take what env.py gave to `context.configure`, and the models."""
        self.include_object: Callable[..., bool] | None = options.get("include_object")
        self.include_name: Callable[..., bool] | None = options.get("include_name")
        self.metadata = metadata
        self._others: set[str] = set()

    def is_ours(self, subject: str, *sides: Snapshot) -> bool:
        """Tell whether a subject, and each thing that it is part of, is the project's."""
        if self.include_object is None and self.include_name is None:
            return True
        left_out = {
            one for one in {subject, *wholes_of(subject, *sides)} if not self._is_included(one)
        }
        for one in left_out:
            self._others |= {one, *parts_of(one, *sides)}
        return not left_out

    def is_ours_in_dump(self, block: Block, texts: tuple[str, str]) -> bool:
        """Tell whether a block of a dump is about nothing that is left out."""
        if self.include_object is None and self.include_name is None:
            return True
        words = set(IDENTIFIER.findall(" ".join([block[2], *texts])))
        return words.isdisjoint(map(own_name, self._others))

    def _is_included(self, subject: str) -> bool:
        kind = next((one for one in KINDS if re.match(rf"(\w+ )?{one} ", subject)), None)
        if kind is None:
            return True
        names = [name.strip('"') for name in IDENTIFIER.findall(subject.split(f"{kind} ", 1)[1])]
        if kind == "schema":
            return self._name(names[0], "schema", {})
        schema, table = (names[0], names[1]) if len(names) > 1 else ("public", names[0])
        if kind == "constraint":
            schema, table = names[-2], names[-1]
        own = names[0] if kind == "constraint" else names[-1]
        given = None if schema == "public" else schema
        parents = {
            "schema_name": given,
            "table_name": table,
            "schema_qualified_table_name": table if given is None else f"{given}.{table}",
        }
        if not self._name(given, "schema", {}):
            return False
        if kind == "table":
            parents.pop("table_name")
        return self._name(own, KINDS[kind], parents) and self._object(kind, own, table, given)

    def _name(self, name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
        return self.include_name is None or bool(self.include_name(name, kind, parents))

    def _object(self, kind: str, name: str, table: str, schema: str | None) -> bool:
        if self.include_object is None or kind not in {"column", "table", "view"}:
            return True
        of_models = self.metadata.tables.get(table if schema is None else f"{schema}.{table}")
        found: Any = of_models if of_models is not None else Table(table, MetaData(), schema=schema)
        if kind == "column":
            column = found.columns.get(name)
            return column is None or bool(
                self.include_object(column, name, "column", of_models is None, None)
            )
        return bool(self.include_object(found, name, "table", of_models is None, None))
