-- both
CREATE SCHEMA s;
CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL, b int);
CREATE SEQUENCE q;
CREATE VIEW v AS SELECT id FROM t;

-- case: a grant
-- finds: privileges table public.t
-- models
GRANT SELECT ON t TO pg_monitor;
-- migrations

-- case: a grant of more
-- finds: privileges table public.t
-- models
GRANT SELECT, INSERT ON t TO pg_monitor;
-- migrations
GRANT SELECT ON t TO pg_monitor;

-- case: a grant to another role
-- finds: privileges table public.t
-- models
GRANT SELECT ON t TO pg_monitor;
-- migrations
GRANT SELECT ON t TO pg_read_all_stats;

-- case: a grant that can be passed on
-- finds: privileges table public.t
-- models
GRANT SELECT ON t TO pg_monitor WITH GRANT OPTION;
-- migrations
GRANT SELECT ON t TO pg_monitor;

-- case: a grant to everybody
-- finds: privileges table public.t
-- models
GRANT SELECT ON t TO PUBLIC;
-- migrations

-- case: a grant on a column
-- finds: privileges column public.t.a
-- models
GRANT UPDATE (a) ON t TO pg_monitor;
-- migrations

-- case: a grant on a sequence
-- finds: privileges sequence public.q
-- models
GRANT USAGE ON SEQUENCE q TO pg_monitor;
-- migrations

-- case: a grant on a view
-- finds: privileges view public.v
-- models
GRANT SELECT ON v TO pg_monitor;
-- migrations

-- case: a grant on the schema public
-- needs: 15
-- finds: privileges schema public
-- models
GRANT CREATE ON SCHEMA public TO PUBLIC;
-- migrations

-- case: a grant on the database
-- finds: privileges database
-- models
DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$;
-- migrations

-- case: a grant on a language
-- finds: privileges language plpgsql
-- models
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
-- migrations

-- case: the owner's own privileges taken
-- finds: privileges table public.t
-- models
REVOKE ALL ON t FROM CURRENT_USER;
-- migrations

-- case: grants by default
-- finds: privileges default privileges for role postgres in schema s on tables
-- models
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA s GRANT SELECT ON TABLES TO pg_monitor;
-- migrations

-- case: grants by default, of functions
-- finds: privileges default privileges for role postgres on functions
-- models
ALTER DEFAULT PRIVILEGES FOR ROLE postgres REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
-- migrations

-- case: a privilege on a function that Postgres came with
-- finds: privileges function pg_catalog.pg_sleep(double precision)
-- models
REVOKE EXECUTE ON FUNCTION pg_sleep(double precision) FROM PUBLIC;
-- migrations

-- case: grants in another order
-- finds: nothing
-- models
GRANT SELECT ON t TO pg_monitor;
GRANT SELECT ON t TO pg_read_all_stats;
-- migrations
GRANT SELECT ON t TO pg_read_all_stats, pg_monitor;

-- case: the built-in privileges granted
-- finds: nothing
-- models
GRANT ALL ON t TO CURRENT_USER;
-- migrations

-- case: the built-in privileges of a function
-- finds: nothing
-- models
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f() TO PUBLIC;

-- case: the owner of a table
-- finds: owner table public.t
-- models
ALTER TABLE t OWNER TO pg_monitor;
-- migrations

-- case: the owner of a table with an identity
-- finds: owner table public.u
-- models
CREATE TABLE u (id int GENERATED ALWAYS AS IDENTITY);
ALTER TABLE u OWNER TO pg_monitor;
-- migrations
CREATE TABLE u (id int GENERATED ALWAYS AS IDENTITY);

-- case: the owner of a view
-- finds: owner view public.v
-- models
ALTER VIEW v OWNER TO pg_monitor;
-- migrations

-- case: the owner of a sequence
-- finds: owner sequence public.q
-- models
ALTER SEQUENCE q OWNER TO pg_monitor;
-- migrations

-- case: row-level security enabled
-- finds: row-security table public.t
-- models
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
-- migrations

-- case: row-level security forced
-- finds: row-security table public.t
-- models
ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
-- migrations
ALTER TABLE t ENABLE ROW LEVEL SECURITY;

-- case: a policy missing
-- finds: row-security policy p on public.t
-- models
CREATE POLICY p ON t USING (b = 1);
-- migrations

-- case: a policy's condition
-- finds: row-security policy p on public.t
-- models
CREATE POLICY p ON t USING (b = 1);
-- migrations
CREATE POLICY p ON t USING (b = 2);

-- case: a policy's condition for what is written
-- finds: row-security policy p on public.t
-- models
CREATE POLICY p ON t USING (b = 1) WITH CHECK (b = 1);
-- migrations
CREATE POLICY p ON t USING (b = 1);

-- case: a policy's command
-- finds: row-security policy p on public.t
-- models
CREATE POLICY p ON t FOR SELECT USING (b = 1);
-- migrations
CREATE POLICY p ON t USING (b = 1);

-- case: a policy's roles
-- finds: row-security policy p on public.t
-- models
CREATE POLICY p ON t TO pg_monitor USING (b = 1);
-- migrations
CREATE POLICY p ON t USING (b = 1);

-- case: a policy that restricts
-- finds: row-security policy p on public.t
-- models
CREATE POLICY p ON t AS RESTRICTIVE USING (b = 1);
-- migrations
CREATE POLICY p ON t USING (b = 1);

-- case: a policy written differently
-- finds: nothing
-- models
CREATE POLICY p ON t USING (a IN ('x', 'y'));
-- migrations
CREATE POLICY p ON t USING (a = ANY ('{x,y}'::text[]));

-- case: a policy with a subquery
-- finds: row-security policy p on public.t
-- models
CREATE POLICY p ON t USING (EXISTS (SELECT FROM v WHERE v.id = t.b));
-- migrations
CREATE POLICY p ON t USING (EXISTS (SELECT FROM v WHERE v.id = t.id));

-- case: a policy's roles in another order
-- finds: nothing
-- models
CREATE POLICY p ON t TO pg_monitor, pg_read_all_stats USING (b = 1);
-- migrations
CREATE POLICY p ON t TO pg_read_all_stats, pg_monitor USING (b = 1);
