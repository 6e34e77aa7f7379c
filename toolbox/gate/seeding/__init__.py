"""Rows for every table of a database, made from its catalog alone.

A migration that works on empty tables says little. What is seeded here is what the schema allows
and nobody expects: NULL where it may be, duplicates where nothing forbids them, empty strings,
leap days. Postgres itself judges what fits: candidates are held against the CHECK constraints in
SQL, and what the constraints of a table leave no room for is a finding, never a skip.
"""

from toolbox.gate.seeding.seed import seed

__all__ = ["seed"]
