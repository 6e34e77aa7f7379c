"""What Postgres does by itself when the row that an optional reference names goes.

It empties the reference, which changes the row: a trigger counts that as a version, lest who has
read the row overwrites it with `If-Match`, or hears that what it knows is still so.
"""

import textwrap
from collections.abc import Iterator

from toolbox.scaffold.places import Source
from toolbox.scaffold.resource import Resource
from toolbox.scaffold.wrap import WIDTH

COUNTER = """\
CREATE FUNCTION {name}()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version = OLD.version + 1;
    NEW.updated_at = clock_timestamp();
    RETURN NEW;
END $$"""
TRIGGER = """\
CREATE TRIGGER {name}
{moment}
FOR EACH ROW WHEN (NEW.version = OLD.version)
EXECUTE FUNCTION {name}()"""


def loss_counter(resource: Resource) -> str:
    """Return what the function and its trigger are called."""
    return f"count_losses_of_{resource.plural}"


def loss_statements(resource: Resource) -> Iterator[str]:
    """Give the SQL that makes them; none where every reference is required."""
    if resource.may_be_lost:
        name = loss_counter(resource)
        yield COUNTER.format(name=name)
        columns = ", ".join(field.name for field in resource.may_be_lost)
        moment = f"BEFORE UPDATE OF {columns} ON {resource.plural}"
        yield TRIGGER.format(name=name, moment=textwrap.fill(moment, WIDTH))


def with_losses(revision: Source, resource: Resource) -> Source:
    """Return the revision of a resource with that SQL, which autogenerate does not write."""
    statements = list(loss_statements(resource))
    if not statements:
        return revision
    made = "".join(f'    op.execute("""\\\n{statement}""")\n' for statement in statements)
    gone = f'    op.execute("DROP FUNCTION {loss_counter(resource)}()")\n'
    return revision.continued("upgrade", made).continued("downgrade", gone)
