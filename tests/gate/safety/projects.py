"""Alembic projects of two revisions: what was there before, and a case."""

from collections.abc import Collection
from pathlib import Path
from textwrap import dedent

from toolbox.databases import Throwaways
from toolbox.gate.finding import Finding
from toolbox.gate.project import Project
from toolbox.gate.safety import check

ENV = """
from alembic import context
from sqlalchemy import create_engine, pool, text

engine = create_engine("postgresql+psycopg://", poolclass=pool.NullPool)
with engine.connect() as connection:
    if {timeout}:
        connection.execute(text("SET lock_timeout = '3s'"))
        connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
ASYNC_ENV = """
import asyncio

from alembic import context
from sqlalchemy import pool, text
from sqlalchemy.ext.asyncio import create_async_engine


def run(connection):
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def main():
    engine = create_async_engine("postgresql+asyncpg://", poolclass=pool.NullPool)
    async with engine.connect() as connection:
        if {timeout}:
            await connection.execute(text("SET lock_timeout = '3s'"))
            await connection.commit()
        await connection.run_sync(run)
    await engine.dispose()


asyncio.run(main())
"""
FIRST = '''
"""What was there before."""
from alembic import op

revision = "before"
down_revision = None


def upgrade():
    op.execute({before!r})
'''
SECOND = '\n\nrevision = "case"\ndown_revision = "before"\n'


def project(
    folder: Path, before: str, case: str, *, timeout: bool = True, env: str = ENV
) -> Project:
    """Make a project whose second revision is a case: a module with `upgrade`."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    (folder / "migrations" / "env.py").write_text(env.format(timeout=timeout))
    (versions / "1_before.py").write_text(FIRST.format(before=dedent(before)))
    (versions / "2_case.py").write_text(case + SECOND)
    return Project.load(folder / "alembic.ini")


def judged(
    made: Project,
    databases: Throwaways,
    rows: int = 2_000,
    new: Collection[str] = frozenset({"case"}),
) -> list[Finding]:
    """Return what is found in the case, or in all that are new."""
    scripts = [script for script in made.revisions() if script.revision in new]
    return check(made, databases, scripts, rows)
