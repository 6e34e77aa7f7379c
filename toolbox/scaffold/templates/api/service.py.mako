"""What can be done with ${r.spoken_plural}."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Integer,
    Numeric,
    Text,
    Update,
    Uuid,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import columns
from api.attributes import patch, patched
from api.auth.dependencies import Caller
from api.auth.errors import Unauthenticated
from api.authorization import CALLER, Who, for_caller, if_reachable, reachable
from api.conditional import PreconditionFailed, etag
from api.database import violates
from api.errors import ApiError
from api.${r.plural}.errors import ${", ".join([*refused, r.model + "NotFound"])}
from api.${r.plural}.listing import ${r.model}Query, key_of, page
from api.${r.plural}.models import ${", ".join([*constants, "OWNER", r.model])}
from api.${r.plural}.schemas import ${r.model}Changes, ${r.model}View, New${r.model}, One${r.model}Changes
from api.pagination import decode_cursor, encode_cursor
from api.statements import Row
% for table in referred:
from ${table.module} import ${table.model}
% endfor

_COLUMNS = columns(${r.model}View, ${r.model})
_this_one = ${r.model}.id == bindparam("${r.id_name}")
_is_reachable = reachable(${r.model}.owner_id, CALLER)
# JSON, because asyncpg asks each new connection what an array of integers is.
_has_version = bindparam("versions", type_=JSONB).contains(func.to_jsonb(${r.model}.version))

# All ${r.spoken_plural} of a request in one parameter, and so in one statement.
_new = (
    func.jsonb_to_recordset(bindparam("new", type_=JSONB))
    .table_valued(
        column("nth", Integer),
% for field in r.fields:
        column("${field.name}", ${field.recordset}),
% endfor
        joins_implicitly=True,  # each of them with the caller: so it is meant
    )
    .render_derived(name="new", with_types=True)
)
_CREATE = (
    insert(${r.model})
    .from_select(
        ["owner_id", ${", ".join(f'"{field.name}"' for field in r.fields)}],
        select(
            CALLER.id,
% for field in r.fields:
% if field.reference:
            if_reachable(${reach(field)}, ${given(field)}),
% else:
            ${given(field)},
% endif
% endfor
        ).order_by(_new.c.nth),
    )
    .returning(*_COLUMNS)
)
_READ = for_caller(select(*_COLUMNS).where(_this_one, _is_reachable))
_DELETE = delete(${r.model}).where(_this_one, _is_reachable).returning(${r.model}.id)
_DELETE_VERSION = _DELETE.where(_has_version)
% if r.references:

# What each reference may name: rows by their ids, whose they are, and the constraint.
_REFERENCES = {
% for field in r.references:
    "${field.name}": (${reach(field)}, ${field.constant}),
% endfor
}
% endif
% if r.objects:

# Of these a change names members.
_OBJECTS = {${", ".join(f'"{field.name}"' for field in r.objects)}}
% endif
% if refused:

# By the constraint that a write breaks.
_REFUSALS: dict[str, tuple[type[ApiError], str]] = {
% for field in r.uniques:
    UNIQUE_${field.constant}: (${r.model}${field.camel}Taken, "The owner has another ${r.spoken} of this ${field.spoken}."),
% endfor
% for field in r.references:
    ${field.constant}: (${r.model}${field.camel}Unknown, "You have no such ${field.spoken}."),
% endfor
% for field in r.objects:
    ${field.constant}_SIZE: (${r.model}${field.camel}TooLarge, "The ${field.spoken} may have at most ${f"{largest:,}"} bytes."),
% endfor
}
% endif


class ${r.model}Page(NamedTuple):
    """A page of ${r.spoken_plural}, and the cursor of the next one, if there is one."""

    ${r.plural}: list[Row]
    next_cursor: str | None


async def create_${r.plural}(caller: Caller, new: Sequence[New${r.model}]) -> list[Row]:
    """Make ${r.spoken_plural}, all of them or none; return them in the order given.
% if refused:

    Raises:
% for field in r.uniques:
        ${r.model}${field.camel}Taken: two of them, or one of them and one there is, have the same ${field.spoken}.
% endfor
% for field in r.references:
        ${r.model}${field.camel}Unknown: the ${field.spoken} of one does not exist or is not the caller's to see.
% endfor
% for field in r.objects:
        ${r.model}${field.camel}TooLarge: the ${field.spoken} of one would be too large.
% endfor
% endif
    """
    rows = [{"nth": nth, **${r.singular}.model_dump(mode="json")} for nth, ${r.singular} in enumerate(new)]
    with _refusing():
        made = await caller.rows(_CREATE, new=rows)
    if not made:
        raise Unauthenticated.because_log_in_ended()
    # A statement returns its rows in no order that one may count on; ids sort as they were made.
    return sorted(made, key=itemgetter("id"))


async def list_${r.plural}(caller: Caller, query: ${r.model}Query) -> ${r.model}Page:
    """Return a page of an owner's ${r.spoken_plural}: the caller's own, unless it names another.

    Raises:
        InvalidCursor: the cursor is none of this list in this order.
    """
    given = query.model_dump(exclude_none=True, exclude={"limit", "cursor", "order", "owner_id"})
    parameters = {**given, "owner_id": query.owner_id or caller.user_id, "limit": query.limit + 1}
    key = key_of(query.order)
    if query.cursor is not None:
        parameters["after"], parameters["after_id"] = decode_cursor(
            query.cursor, query.order, key.kind
        )
    statement = page(query.order, frozenset(given), later=query.cursor is not None)
    rows = await caller.read(statement, **parameters)
    if len(rows) <= query.limit:
        return ${r.model}Page(rows, None)
    last = rows[query.limit - 1]
    return ${r.model}Page(rows[:-1], encode_cursor(query.order, last[key.name], last["id"]))


async def get_${r.singular}(caller: Caller, ${r.id_name}: UUID) -> Row:
    """Return ${r.a}.

    Raises:
        ${r.model}NotFound: there is no such ${r.spoken}, or it is not the caller's to see.
    """
    found = await caller.read(_READ, ${r.id_name}=${r.id_name})
    if not found:
        raise _not_found([${r.id_name}])
    return found[0]


async def change_${r.singular}(
    caller: Caller, ${r.id_name}: UUID, changes: ${r.model}Changes, versions: Sequence[int] | None
) -> Row:
    """Change what the changes name of ${r.a}, if it has one of the versions.

    Raises:
        ${r.model}NotFound: there is no such ${r.spoken}, or it is not the caller's to see.
% for field in r.uniques:
        ${r.model}${field.camel}Taken: another ${r.spoken} of the owner has the new ${field.spoken}.
% endfor
% for field in r.references:
        ${r.model}${field.camel}Unknown: the new ${field.spoken} does not exist or is not the caller's to see.
% endfor
% for field in r.objects:
        ${r.model}${field.camel}TooLarge: the ${field.spoken} would be too large.
% endfor
        PreconditionFailed: it has another version.
    """
    given = changes.given()
    statement = _change(frozenset(given), conditional=versions is not None)
    new = {f"new_{name}": value for name, value in given.items()}
    with _refusing():
        changed = await caller.rows(statement, ${r.id_name}=${r.id_name}, versions=versions, **new)
    if not changed:
        raise await _why_not(caller, ${r.id_name})
    return changed[0]


async def delete_${r.singular}(caller: Caller, ${r.id_name}: UUID, versions: Sequence[int] | None) -> None:
    """Delete ${r.a}, if it has one of the versions.

    Raises:
        ${r.model}NotFound: there is no such ${r.spoken}, or it is not the caller's to see.
        PreconditionFailed: it has another version.
    """
    statement = _DELETE if versions is None else _DELETE_VERSION
    if not await caller.rows(statement, ${r.id_name}=${r.id_name}, versions=versions):
        raise await _why_not(caller, ${r.id_name})


@cache
def _change(names: frozenset[str], *, conditional: bool) -> Update:
    """Make the statement that changes these columns; with none of them, nothing changes at all."""
    values: dict[str, Any] = {
        name: bindparam(f"new_{name}", type_=getattr(${r.model}, name).type) for name in names
    }
% if r.references:
    for name in names & _REFERENCES.keys():
        row_id, owner_id, _ = _REFERENCES[name]
        values[name] = if_reachable(row_id, owner_id, values[name])
% endif
% if r.objects:
    for name in names & _OBJECTS:
        values[name] = patched(getattr(${r.model}, name), values[name])
% endif
    if names:
        values["version"] = ${r.model}.version + 1
    else:
        values["updated_at"] = ${r.model}.updated_at
    statement = update(${r.model}).where(_this_one, _is_reachable).values(values).returning(*_COLUMNS)
    return statement.where(_has_version) if conditional else statement


async def _why_not(caller: Caller, ${r.id_name}: UUID) -> PreconditionFailed:
    """Tell why a statement found nothing to change; a rare case, and so a statement of its own."""
    ${r.singular} = await get_${r.singular}(caller, ${r.id_name})
    version = ${r.singular}["version"]
    return PreconditionFailed(
        f"The ${r.spoken} has version {version} by now; read it again.",
        headers={"ETag": etag(version)},
    )


async def change_${r.plural}(
    session: AsyncSession, who: Who, changes: Sequence[One${r.model}Changes]
) -> list[Row]:
    """Change several ${r.spoken_plural}, all of them or none; return them in the order of the changes.

    Raises:
        ${r.model}NotFound: one of them does not exist or is not one's own to see.
% for field in r.uniques:
        ${r.model}${field.camel}Taken: another ${r.spoken} of the owner has one of the new ${plural(field.spoken)}.
% endfor
% for field in r.references:
        ${r.model}${field.camel}Unknown: a new ${field.spoken} does not exist or is not one's own to see.
% endfor
% for field in r.objects:
        ${r.model}${field.camel}TooLarge: the ${field.spoken} would be too large.
% endfor
    """
    ${r.plural} = await lock_${r.plural}(session, who, [change.id for change in changes])
% if r.references:
    await _check_references(session, who, changes)
% endif
    # Asked for when the locks are held, and said by us: the column's own default would have to be
    # read back row by row.
    now = await session.scalar(select(func.clock_timestamp()))
    for change in changes:
        ${r.singular} = ${r.plural}[change.id]
        if given := change.given():
% if r.objects:
            for name in given.keys() & _OBJECTS:
                given[name] = patch(getattr(${r.singular}, name), given[name])
% endif
            for name, value in {**given, "version": ${r.singular}.version + 1, "updated_at": now}.items():
                setattr(${r.singular}, name, value)
    with _refusing():
        await session.flush()
    names = list(${r.model}View.model_fields)
    return [{name: getattr(${r.plural}[change.id], name) for name in names} for change in changes]


async def lock_${r.plural}(
    session: AsyncSession, who: Who, ${r.singular}_ids: Sequence[UUID]
) -> dict[UUID, ${r.model}]:
    """Lock ${r.spoken_plural} until the transaction ends; return them by id.

    They are locked in the order of their ids, whatever the order asked for: two transactions that
    lock the same rows then wait for each other in a line, never in a circle.

    Raises:
        ${r.model}NotFound: one of them does not exist or is not one's own to see.
    """
    query = (
        select(${r.model})
        .where(${r.model}.id.in_(${r.singular}_ids), reachable(${r.model}.owner_id, who))
        .order_by(${r.model}.id)
        .with_for_update()
    )
    ${r.plural} = {${r.singular}.id: ${r.singular} for ${r.singular} in await session.scalars(query)}
    if missing := [${r.id_name} for ${r.id_name} in ${r.singular}_ids if ${r.id_name} not in ${r.plural}]:
        raise _not_found(missing)
    return ${r.plural}
% if r.references:


async def _check_references(
    session: AsyncSession, who: Who, changes: Sequence[One${r.model}Changes]
) -> None:
    """Refuse what is not one's own to name, and which the foreign key would let pass."""
    for name, (row_id, owner_id, constraint) in _REFERENCES.items():
        named = {getattr(change, name) for change in changes if name in change.given()}${" - {None}" if r.may_be_lost else ""}
        query = select(row_id).where(row_id.in_(named), reachable(owner_id, who))
        if named and named - set(await session.scalars(query)):
            kind, detail = _REFUSALS[constraint]
            raise kind(detail)
% endif


def _not_found(${r.singular}_ids: Sequence[UUID]) -> ${r.model}NotFound:
    names = ", ".join(map(str, ${r.singular}_ids))
    return ${r.model}NotFound(f"You have no ${r.spoken} {names}.", ${r.singular}_ids=${r.singular}_ids)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except IntegrityError as exc:
% if refused:
        for constraint, (kind, detail) in _REFUSALS.items():
            if violates(exc, constraint):
                raise kind(detail) from None
% endif
        if violates(exc, OWNER):
            raise Unauthenticated.because_log_in_ended() from None
        raise
