"""Which tables a field may refer to: that of users, and those whose rows have an owner."""

from api.models import Base
from toolbox.scaffold.field import Reference


def references() -> dict[str, Reference]:
    """Return the tables that a field may refer to, by name."""
    found = {}
    for mapper in Base.registry.mappers:
        table, model = mapper.class_.__tablename__, mapper.class_
        owner = "id" if table == "users" else "owner_id"
        if owner in mapper.columns:
            found[table] = Reference(table, model.__name__, model.__module__, owner)
    return found
