"""The database that the models describe: what `create_all` makes, and what is declared beside it.

Declared are, beside tables: DDL attached to an event of the metadata or of a table, SQLAlchemy's
CreateView and CreateTableAs with a `metadata`, and what was registered with alembic_utils. Schemas
that the metadata names are made first. Extensions are for the migrations to install: those that
the migrations have are there, in their version, unless the models declare them too.
"""

import sys
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, MetaData, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateSchema

from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError

EXTENSIONS = """
SELECT extname, nspname, extversion
FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
WHERE extname <> 'plpgsql' ORDER BY pg_extension.oid
"""
# Modules that keep what was registered, in alembic_utils and its fork.
REGISTRIES = ("alembic_utils.replaceable_entity", "alembic_utils_extended.replaceable_entity")


def build(metadata: MetaData, databases: Throwaways, migrated: str) -> str:
    """Make a database of what the models say, and return its URL.

    Args:
        metadata: the models.
        databases: where it is made.
        migrated: the URL of a database at head, for its extensions.

    Raises:
        ToolboxError: Postgres refuses what the models say.
    """
    url = databases.create("models")
    try:
        _create(metadata, url)
    except DBAPIError:
        # Something of the models may need an extension that the migrations install.
        databases.drop(url)
        url = databases.create("models")
        _install(extensions(migrated), url)
        _create_or_explain(metadata, url)
    _install(extensions(migrated), url)
    return url


def extensions(url: str) -> list[tuple[str, str, str]]:
    """Return the name, schema and version of a database's extensions, in the order of making."""
    with psycopg.connect(url) as connection:
        return connection.execute(EXTENSIONS).fetchall()


def _install(wanted: list[tuple[str, str, str]], url: str) -> None:
    there = {name for name, _, _ in extensions(url)}
    missing = [one for one in wanted if one[0] not in there]
    if not missing:
        return
    with psycopg.connect(url, autocommit=True) as connection:
        for name, schema, version in missing:
            if schema != "pg_catalog":
                _run(connection, "CREATE SCHEMA IF NOT EXISTS {}", schema)
            _run(connection, "CREATE EXTENSION {} SCHEMA {} VERSION {}", name, schema, version)


def _run(connection: psycopg.Connection[Any], statement: Any, *names: str) -> None:  # noqa: ANN401
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _create_or_explain(metadata: MetaData, url: str) -> None:
    try:
        _create(metadata, url)
    except SQLAlchemyError as exc:
        reason = exc.orig if isinstance(exc, DBAPIError) else exc
        statement = f"\n{exc.statement or ''}".rstrip() if isinstance(exc, DBAPIError) else ""
        raise ToolboxError(
            f"What the models say cannot be made in an empty database: {reason}{statement}\n"
            "Declare with the models what that needs, as DDL on the metadata's before_create."
        ) from None


def _create(metadata: MetaData, url: str) -> None:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        # An index that is declared to be built concurrently cannot be in a transaction.
        isolation_level="AUTOCOMMIT",
        connect_args={"options": "-c synchronous_commit=off"},
    )
    with engine.connect() as connection:
        for schema in _schemas(metadata):
            connection.execute(CreateSchema(schema, if_not_exists=True))
        metadata.create_all(connection)
        for entity in _registered():
            _create_entity(connection, entity)


def _schemas(metadata: MetaData) -> list[str]:
    named = {table.schema for table in metadata.tables.values()}
    named |= {sequence.schema for sequence in metadata._sequences.values()}  # noqa: SLF001 - as create_all
    return sorted(name for name in named | {metadata.schema} if name)


def _registered() -> Iterable[Any]:
    """Return what the models registered with alembic_utils, if env.py imported that."""
    for name in REGISTRIES:
        if module := sys.modules.get(name):
            yield from module.registry.entities()


def _create_entity(connection: Connection, entity: Any) -> None:  # noqa: ANN401 - a plug-in's
    statements = entity.to_sql_statement_create()
    for statement in statements if isinstance(statements, list | tuple) else [statements]:
        connection.execute(text(str(statement)))
