"""What the service has already: tables that a field may refer to, and names that are taken."""

from api.authorization import METRICS, RULES
from api.models import Base
from toolbox.scaffold.field import Reference
from toolbox.scaffold.names import Misnamed
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
    """Refuse a resource whose table or path is there already.

    Raises:
        Misnamed: it is.
    """
    paths = {f"/{path.split('/')[1]}": path for _, path in (*RULES, METRICS, ("GET", OPENAPI))}
    for what, taken in (
        (f"A table {resource.plural}", resource.plural in Base.metadata.tables),
        (f"A path {paths.get(resource.path)}", resource.path in paths),
    ):
        if taken:
            raise Misnamed(
                f"{what} is there already: take another name than {resource.singular}, or another "
                "--plural."
            )
