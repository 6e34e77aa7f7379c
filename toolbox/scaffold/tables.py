"""What the service has already: tables that a field may refer to, and names that are taken."""

from collections.abc import Iterator
from importlib import import_module

from api.authorization import METRICS, RULES
from api.errors import ApiError
from api.models import Base
from toolbox.scaffold.field import Reference
from toolbox.scaffold.names import Misnamed
from toolbox.scaffold.render import refused
from toolbox.scaffold.resource import Resource

OPENAPI = "/openapi.json"  # no rule of ours says that FastAPI has it


def references() -> dict[str, Reference]:
    """Return the tables that a field may refer to, by name."""
    found = {}
    for mapper in Base.registry.mappers:
        table, model = mapper.class_.__tablename__, mapper.class_
        owner = "id" if table == "users" else "owner_id"
        if owner in mapper.columns:
            found[table] = Reference(table, model.__name__, model.__module__, owner)
    return found


def check_free(resource: Resource) -> None:
    """Refuse a resource whose table, path or refusals are there already.

    Raises:
        Misnamed: it is.
    """
    import_module("api.app")  # and so the refusals of each resource
    kinds = {kind.__name__ for kind in _kinds(ApiError)}
    kinds &= {*refused(resource), f"{resource.model}NotFound"}
    paths = {f"/{path.split('/')[1]}": path for _, path in (*RULES, METRICS, ("GET", OPENAPI))}
    for what, taken in (
        (f"A table {resource.plural}", resource.plural in Base.metadata.tables),
        (f"A path {paths.get(resource.path)}", resource.path in paths),
        (f"A refusal {', '.join(sorted(kinds))}", kinds),
    ):
        if taken:
            raise Misnamed(
                f"{what} is there already: take another name than {resource.singular}, or another "
                "--plural."
            )


def _kinds(kind: type[ApiError]) -> Iterator[type[ApiError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)
