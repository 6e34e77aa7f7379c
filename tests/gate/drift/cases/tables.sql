-- both
CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL, b int);

-- case: a table missing, with all that is its
-- finds: table table public.u
-- models
CREATE TABLE u (id serial PRIMARY KEY, a text DEFAULT 'x' CHECK (a <> ''), b int GENERATED ALWAYS AS IDENTITY);
CREATE INDEX ON u (a);
COMMENT ON COLUMN u.a IS 'what';
GRANT SELECT ON u TO pg_monitor;
-- migrations

-- case: a table that the models lack
-- finds: table table public.u
-- models
-- migrations
CREATE TABLE u (id int);

-- case: in another schema
-- finds: schema schema s
-- finds: table table public.u
-- finds: table table s.u
-- models
CREATE SCHEMA s;
CREATE TABLE s.u (id int);
-- migrations
CREATE TABLE u (id int);

-- case: unlogged
-- finds: table-options table public.u
-- models
CREATE TABLE u (id int);
-- migrations
CREATE UNLOGGED TABLE u (id int);

-- case: an unlogged sequence
-- needs: 15
-- finds: sequence sequence public.s
-- models
CREATE SEQUENCE s;
-- migrations
CREATE UNLOGGED SEQUENCE s;

-- case: fillfactor
-- finds: table-options table public.t
-- models
ALTER TABLE t SET (fillfactor = 80);
-- migrations

-- case: autovacuum off
-- finds: table-options table public.t
-- models
-- migrations
ALTER TABLE t SET (autovacuum_enabled = false);

-- case: options for long values
-- finds: table-options table public.t
-- models
ALTER TABLE t SET (toast.autovacuum_enabled = false);
-- migrations

-- case: options in another order
-- finds: nothing
-- models
ALTER TABLE t SET (fillfactor = 80, autovacuum_enabled = false);
-- migrations
ALTER TABLE t SET (autovacuum_enabled = false, fillfactor = 80);

-- case: options set and reset
-- finds: nothing
-- models
-- migrations
ALTER TABLE t SET (fillfactor = 80);
ALTER TABLE t RESET (fillfactor);

-- case: replica identity full
-- finds: table-options table public.t
-- models
ALTER TABLE t REPLICA IDENTITY FULL;
-- migrations

-- case: replica identity by an index
-- finds: table-options table public.t
-- finds: index index public.i
-- models
CREATE UNIQUE INDEX i ON t (a);
ALTER TABLE t REPLICA IDENTITY USING INDEX i;
-- migrations
CREATE UNIQUE INDEX i ON t (a);

-- case: a typed table
-- finds: table table public.u
-- models
CREATE TYPE k AS (a int, b text);
CREATE TABLE u OF k;
-- migrations
CREATE TYPE k AS (a int, b text);
CREATE TABLE u (a int, b text);

-- case: a table and a view of the same name
-- finds: table table public.u
-- finds: view view public.u
-- models
CREATE TABLE u (id int);
-- migrations
CREATE VIEW u AS SELECT 1 AS id;

-- case: names that need quotes
-- finds: column-type column public."Odd one"."a ""b"" c"
-- models
CREATE TABLE "Odd one" ("a ""b"" c" int);
-- migrations
CREATE TABLE "Odd one" ("a ""b"" c" bigint);

-- case: a table renamed
-- finds: nothing
-- models
CREATE TABLE u (id int NOT NULL, a text);
-- migrations
CREATE TABLE old (id int NOT NULL, a text);
ALTER TABLE old RENAME TO u;

-- case: a table moved to another schema
-- finds: nothing
-- models
CREATE SCHEMA s;
CREATE TABLE s.u (id serial PRIMARY KEY);
-- migrations
CREATE SCHEMA s;
CREATE TABLE u (id serial PRIMARY KEY);
ALTER TABLE u SET SCHEMA s;

-- case: inheritance
-- finds: partition table public.u
-- models
CREATE TABLE base (id int, a text);
CREATE TABLE u () INHERITS (base);
-- migrations
CREATE TABLE base (id int, a text);
CREATE TABLE u (id int, a text);

-- case: a table made LIKE another
-- finds: nothing
-- models
CREATE TABLE u (LIKE t INCLUDING ALL);
-- migrations
CREATE TABLE u (id int, a text NOT NULL, b int, CONSTRAINT u_pkey PRIMARY KEY (id));

-- case: a table made from a query
-- finds: nothing
-- models
CREATE TABLE u AS SELECT id, a FROM t;
-- migrations
CREATE TABLE u (id int, a text);

-- case: a schema's privileges
-- finds: privileges schema s
-- models
CREATE SCHEMA s;
GRANT USAGE ON SCHEMA s TO pg_monitor;
-- migrations
CREATE SCHEMA s;

-- case: a schema's owner
-- finds: owner schema s
-- models
CREATE SCHEMA s AUTHORIZATION pg_monitor;
-- migrations
CREATE SCHEMA s;
