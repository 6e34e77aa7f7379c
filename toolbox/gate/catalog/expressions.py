"""Expressions that are written differently and mean the same, by what the planner makes of both.

`kind IN ('a', 'b')` and `kind = ANY (ARRAY['a', 'b'])`, `'0'::numeric` and `0`: once the planner
has folded constants and flattened what is nested, EXPLAIN VERBOSE shows the same.
"""

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg import Connection

from toolbox.gate.catalog.comparison import Difference
from toolbox.gate.catalog.snapshot import SETTINGS, Snapshot

Query = Callable[[str, Difference, Snapshot], str | None]

# Before Postgres 17 what a hashed subplan is asked for is not shown.
HIDDEN = re.compile(r"\(hashed SubPlan \d+\)(?!\.)")

# By the manual, CURRENT_TIMESTAMP is now() under the standard's name (9.9.5).
SYNONYMS = MappingProxyType({r"\bCURRENT_TIMESTAMP\b": "now()"})


def same_meaning(
    found: list[Difference], left: Snapshot, connection: Connection[Any]
) -> list[Difference]:
    """Return those of the differences that are only in how an expression is written.

    Args:
        found: the differences of two snapshots.
        left: the first snapshot.
        connection: one to a database that has what the expressions are about.
    """
    with connection.transaction(force_rollback=True):
        connection.execute(SETTINGS)
        return [one for one in found if _is_same(one, left, connection)]


def _is_same(one: Difference, left: Snapshot, connection: Connection[Any]) -> bool:
    query = QUERIES.get((one.catalog, one.attribute))
    if one.left is None or one.right is None:
        return False
    if one.attribute == "prosrc":
        # A body's blank first and last lines are not what it does.
        return str(one.left).strip() == str(one.right).strip()
    if query is None:
        return False
    queries = [query(_text(value), one, left) for value in (one.left, one.right)]
    plans = [_plan(connection, text) for text in queries if text]
    return len(plans) == len(queries) and plans[0] is not None and plans[0] == plans[1]


def _text(value: Any) -> str:  # noqa: ANN401 - a fact
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _plan(connection: Connection[Any], query: str) -> str | None:
    """Return what the planner makes of a query; None if it cannot be planned here, or seen."""
    try:
        with connection.transaction():
            rows = connection.execute(f"EXPLAIN (VERBOSE, COSTS OFF) {query}".encode())
            plan = "\n".join(line for (line,) in rows)
    except psycopg.Error:
        return None
    if HIDDEN.search(plan):
        return None
    for pattern, name in SYNONYMS.items():
        plan = re.sub(pattern, name, plan)
    return plan


def _select(expression: str, source: str) -> str:
    return f"SELECT {expression} FROM {source}"  # noqa: S608 - both as the server deparsed them


def _of_relation(expression: str, one: Difference, side: Snapshot) -> str | None:
    relation = relation_of(one.subject, side)
    return _select(expression, f"ONLY {relation}") if relation else None


def _of_trigger(expression: str, one: Difference, side: Snapshot) -> str | None:
    relation = relation_of(one.subject, side)
    return _select(expression, f"{relation} AS old, {relation} AS new") if relation else None


def _of_check(expression: str, one: Difference, side: Snapshot) -> str | None:
    if relation := relation_of(one.subject, side):
        return _select(expression, f"ONLY {relation}")
    base = _base_type(one, side)
    source = f"(SELECT NULL::{base} OFFSET 0) AS t (value)"
    return _select(expression, source) if base else None


def _of_column(expression: str, one: Difference, side: Snapshot) -> str | None:
    """A default has its column's type, whatever it is written as."""
    for column in side.parts[one.subject]:
        facts = side.entries.get(("pg_attribute", column, ""))
        relation = relation_of(column, side)
        if facts and relation:
            return _select(f"({expression})::{facts['type']}", f"ONLY {relation}")
    return None


def _of_domain(expression: str, one: Difference, side: Snapshot) -> str | None:
    base = _base_type(one, side)
    return f"SELECT ({expression})::{base}" if base else None


def _alone(expression: str, _: Difference, __: Snapshot) -> str:
    return f"SELECT {expression}"


def _of_view(query: str, _: Difference, __: Snapshot) -> str | None:
    return query if query.lstrip().upper().startswith(("SELECT", "WITH", "VALUES")) else None


def _base_type(one: Difference, side: Snapshot) -> str | None:
    for subject in (one.subject, *side.parts[one.subject]):
        facts = side.entries.get(("pg_type", subject, ""))
        if facts:
            base: str | None = facts["base type"]
            return base
    return None


def relation_of(subject: str, side: Snapshot) -> str | None:
    """Return the name of the table that a subject is part of, as SQL writes it."""
    seen: set[str] = set()
    wholes = [subject]
    while wholes:
        whole = wholes.pop()
        if whole.startswith(("table ", "foreign table ", "view ", "materialized view ")):
            return whole.split("table ", 1)[-1].split("view ", 1)[-1]
        if whole not in seen:
            seen.add(whole)
            wholes += side.parts.get(whole, ())
    return None


QUERIES: MappingProxyType[tuple[str, str], Query] = MappingProxyType(
    {
        ("pg_attrdef", "adbin"): _of_column,
        ("pg_constraint", "conbin"): _of_check,
        ("pg_index", "indexprs"): _of_relation,
        ("pg_index", "indpred"): _of_relation,
        ("pg_partitioned_table", "partexprs"): _of_relation,
        ("pg_policy", "polqual"): _of_relation,
        ("pg_policy", "polwithcheck"): _of_relation,
        ("pg_proc", "proargdefaults"): _alone,
        ("pg_publication_rel", "prqual"): _of_relation,
        ("pg_rewrite", "ev_action"): _of_view,
        ("pg_statistic_ext", "stxexprs"): _of_relation,
        ("pg_trigger", "tgqual"): _of_trigger,
        ("pg_type", "typdefaultbin"): _of_domain,
    }
)
