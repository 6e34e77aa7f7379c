"""What is put into a throwaway database so that a migration can be watched from within.

`pir_gate.state()` says what the backend that calls it holds and has done, and what the tables are.
An event trigger calls it at the end of every DDL command too, also of those within a DO block, a
function or a string of several statements, and in autocommit, where the locks are gone afterwards.
What it saw waits in a setting of the session until the tracer fetches it.
"""

from typing import Any

import psycopg
from psycopg import Connection

SCHEMA = "pir_gate"
FETCH = "SELECT pir_gate.fetch()"

# pg_stat_get_xact_*: what this transaction did so far, and what earlier ones of the session did
# that was not sent yet: it can only be used by its differences.
_STATE = r"""
CREATE SCHEMA pir_gate;
CREATE FUNCTION pir_gate.state() RETURNS json LANGUAGE sql SET search_path = pg_catalog AS $$
WITH used AS (
    SELECT c.*, format('%I.%I', nspname, relname) AS name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'm', 'v', 'f', 'i', 'I', 'S')
          AND nspname !~ '^pg_|^information_schema$|^pir_gate$'
)
SELECT json_build_object(
    'transaction', transaction_timestamp()::text,
    'settings', (
        SELECT json_object_agg(name, setting) FROM pg_settings
        WHERE name IN ('lock_timeout', 'statement_timeout', 'session_replication_role')
    ),
    'relations', (
        SELECT json_agg(json_build_array(
            u.oid::bigint, name, relkind, relfilenode::bigint, relpersistence,
            reltablespace::bigint, relam::bigint, relreplident, relrowsecurity,
            i.indrelid::bigint, i.indisvalid, p.inhparent::bigint, s.seqtypid::regtype,
            CASE WHEN relkind IN ('r', 'm') THEN pg_relation_size(u.oid) END,
            CASE WHEN relkind IN ('r', 'm', 'p') THEN array[
                pg_stat_get_xact_numscans(u.oid), pg_stat_get_xact_tuples_returned(u.oid),
                pg_stat_get_xact_tuples_inserted(u.oid), pg_stat_get_xact_tuples_updated(u.oid),
                pg_stat_get_xact_tuples_deleted(u.oid)
            ] END,
            i.indisready, pg_get_indexdef(i.indexrelid)
        ))
        FROM used AS u LEFT JOIN pg_index AS i ON i.indexrelid = u.oid
             LEFT JOIN pg_inherits AS p ON p.inhrelid = u.oid AND relispartition
                  AND NOT inhdetachpending
             LEFT JOIN pg_sequence AS s ON s.seqrelid = u.oid
    ),
    'constraints', (
        SELECT json_agg(json_build_array(
            c.oid::bigint, conname, contype, conrelid::bigint, convalidated, conindid::bigint,
            confrelid::bigint, pg_get_constraintdef(c.oid)
        ))
        FROM pg_constraint AS c JOIN used AS u ON u.oid = conrelid
    ),
    'triggers', (
        SELECT json_agg(json_build_array(t.oid::bigint, tgname, tgrelid::bigint, tgenabled))
        FROM pg_trigger AS t JOIN used AS u ON u.oid = tgrelid WHERE NOT tgisinternal
    ),
    'columns', (
        SELECT json_agg(json_build_array(
            attrelid::bigint, attname, format_type(atttypid, atttypmod), attgenerated, attnotnull,
            atthasdef
        ))
        FROM pg_attribute AS a JOIN used AS u ON u.oid = attrelid
        WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'm')
    ),
    'locks', (
        SELECT json_agg(json_build_array(relation::bigint, mode)) FROM pg_locks
        WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted
              AND relation >= 16384
    )
)
$$;
CREATE FUNCTION pir_gate.fetch() RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    seen text := coalesce(current_setting('pir_gate.seen', true), '');
BEGIN
    PERFORM set_config('pir_gate.seen', '', false);
    RETURN seen || json_build_object('tag', NULL, 'state', pir_gate.state());
END
$$;
GRANT USAGE ON SCHEMA pir_gate TO PUBLIC;
"""
_TRIGGER = r"""
CREATE FUNCTION pir_gate.on_command() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    seen text := coalesce(current_setting('pir_gate.seen', true), '');
BEGIN
    PERFORM set_config('pir_gate.seen', seen
        || json_build_object('tag', tg_tag, 'state', pir_gate.state()) || E'\n', false);
END
$$;
CREATE EVENT TRIGGER pir_gate ON ddl_command_end EXECUTE FUNCTION pir_gate.on_command();
"""


def install(connection: Connection[Any]) -> None:
    """Put the recorder into a database.

    Event triggers are a superuser's. Without, commands inside a string of several are seen as one,
    and the locks of those in autocommit are not.
    """
    connection.execute(_STATE)
    try:
        with connection.transaction():
            connection.execute(_TRIGGER)
    except psycopg.errors.InsufficientPrivilege:
        return
