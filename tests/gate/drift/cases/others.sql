-- both
CREATE TABLE t (id int PRIMARY KEY, a text, b int, doc tsvector);
CREATE SEQUENCE q;

-- case: a table's comment
-- finds: comment table public.t
-- models
COMMENT ON TABLE t IS 'x';
-- migrations
COMMENT ON TABLE t IS 'y';

-- case: a column's comment
-- finds: comment column public.t.a
-- models
COMMENT ON COLUMN t.a IS 'x';
-- migrations

-- case: a constraint's comment
-- finds: comment constraint t_pkey on public.t
-- models
COMMENT ON CONSTRAINT t_pkey ON t IS 'x';
-- migrations

-- case: the comment of the schema public
-- finds: comment schema public
-- models
COMMENT ON SCHEMA public IS 'x';
-- migrations

-- case: the database's comment
-- finds: comment database
-- models
DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS ''x''', current_database()); END $$;
-- migrations

-- case: a comment taken back
-- finds: nothing
-- models
-- migrations
COMMENT ON TABLE t IS 'x';
COMMENT ON TABLE t IS NULL;

-- case: a sequence missing
-- finds: sequence sequence public.r
-- models
CREATE SEQUENCE r;
-- migrations

-- case: a sequence's type
-- finds: sequence sequence public.r
-- models
CREATE SEQUENCE r AS int;
-- migrations
CREATE SEQUENCE r;

-- case: a sequence's options
-- finds: sequence sequence public.q
-- models
ALTER SEQUENCE q INCREMENT 2 MINVALUE 0 MAXVALUE 100 CACHE 5 CYCLE;
-- migrations

-- case: a sequence owned by a column
-- finds: sequence sequence public.q
-- models
ALTER SEQUENCE q OWNED BY t.id;
-- migrations

-- case: where a sequence is at
-- finds: nothing
-- models
-- migrations
SELECT nextval('q'), setval('q', 50);

-- case: serial, and a sequence and a default by hand
-- finds: nothing
-- models
CREATE TABLE u (id serial);
-- migrations
CREATE SEQUENCE u_id_seq AS int;
CREATE TABLE u (id int NOT NULL DEFAULT nextval('u_id_seq'));
ALTER SEQUENCE u_id_seq OWNED BY u.id;

-- case: an extension that one side lacks
-- finds: extension extension citext
-- models
CREATE EXTENSION citext;
-- migrations

-- case: an extension in another schema
-- finds: extension extension pg_trgm
-- finds: schema schema ext
-- models
CREATE SCHEMA ext;
CREATE EXTENSION pg_trgm SCHEMA ext;
-- migrations
CREATE EXTENSION pg_trgm;

-- case: the same extension
-- finds: nothing
-- models
CREATE EXTENSION hstore;
CREATE TABLE u (h hstore);
-- migrations
CREATE TABLE u (id int);
CREATE EXTENSION hstore;
ALTER TABLE u DROP id, ADD h hstore;

-- case: a privilege on an extension's function
-- finds: privileges function public.similarity(pg_catalog.text,pg_catalog.text)
-- models
CREATE EXTENSION pg_trgm;
REVOKE EXECUTE ON FUNCTION similarity(text, text) FROM PUBLIC;
-- migrations
CREATE EXTENSION pg_trgm;

-- case: an index that goes with an extension
-- finds: extension index public.i
-- models
CREATE EXTENSION pg_trgm;
CREATE INDEX i ON t (a);
ALTER INDEX i DEPENDS ON EXTENSION pg_trgm;
-- migrations
CREATE EXTENSION pg_trgm;
CREATE INDEX i ON t (a);

-- case: extended statistics missing
-- finds: statistics statistics public.st
-- models
CREATE STATISTICS st ON a, b FROM t;
-- migrations

-- case: the kinds of extended statistics
-- finds: statistics statistics public.st
-- models
CREATE STATISTICS st (dependencies) ON a, b FROM t;
-- migrations
CREATE STATISTICS st (ndistinct) ON a, b FROM t;

-- case: the expressions of extended statistics
-- finds: statistics statistics public.st
-- models
CREATE STATISTICS st ON lower(a), b FROM t;
-- migrations
CREATE STATISTICS st ON upper(a), b FROM t;

-- case: the target of extended statistics
-- finds: statistics statistics public.st
-- models
CREATE STATISTICS st ON a, b FROM t;
ALTER STATISTICS st SET STATISTICS 500;
-- migrations
CREATE STATISTICS st ON a, b FROM t;

-- case: a publication missing
-- finds: publication publication p
-- models
CREATE PUBLICATION p FOR TABLE t;
-- migrations

-- case: a publication's table
-- finds: publication publication relation public.t in publication p
-- models
CREATE PUBLICATION p FOR TABLE t;
-- migrations
CREATE PUBLICATION p;

-- case: a publication's operations
-- finds: publication publication p
-- models
CREATE PUBLICATION p FOR TABLE t WITH (publish = 'insert');
-- migrations
CREATE PUBLICATION p FOR TABLE t;

-- case: a publication's row filter
-- needs: 15
-- finds: publication publication relation public.t in publication p
-- models
CREATE PUBLICATION p FOR TABLE t WHERE (b > 0);
-- migrations
CREATE PUBLICATION p FOR TABLE t WHERE (b > 1);

-- case: a publication's columns
-- needs: 15
-- finds: publication publication relation public.t in publication p
-- models
CREATE PUBLICATION p FOR TABLE t (id, a);
-- migrations
CREATE PUBLICATION p FOR TABLE t (id, b);

-- case: a publication of a schema
-- needs: 15
-- finds: publication publication namespace public in publication p
-- models
CREATE PUBLICATION p FOR TABLES IN SCHEMA public;
-- migrations
CREATE PUBLICATION p;

-- case: a publication's generated columns
-- needs: 18
-- finds: publication publication p
-- models
CREATE PUBLICATION p FOR TABLE t WITH (publish_generated_columns = stored);
-- migrations
CREATE PUBLICATION p FOR TABLE t;

-- case: a subscription
-- finds: publication subscription su
-- models
CREATE SUBSCRIPTION su CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, slot_name = NONE);
-- migrations

-- case: a text search configuration's words
-- finds: text-search text search configuration public.c
-- models
CREATE TEXT SEARCH CONFIGURATION c (COPY = english);
-- migrations
CREATE TEXT SEARCH CONFIGURATION c (COPY = english);
ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR word WITH simple;

-- case: a text search dictionary's options
-- finds: text-search text search dictionary public.d
-- models
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = snowball, LANGUAGE = english);
-- migrations
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = snowball, LANGUAGE = german);

-- case: a collation
-- needs: 17
-- finds: collation collation public.c
-- models
CREATE COLLATION c (provider = builtin, locale = 'C.UTF-8');
-- migrations
CREATE COLLATION c (provider = builtin, locale = 'C');

-- case: an operator
-- finds: operator operator public.===(integer,integer)
-- models
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq, COMMUTATOR = ===);
-- migrations
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);

-- case: an operator class
-- finds: operator operator family public.oc USING btree
-- models
CREATE OPERATOR CLASS oc FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint4cmp(int, int);
-- migrations

-- case: a cast
-- finds: cast cast (pg_catalog.text AS integer)
-- models
CREATE CAST (text AS int) WITH INOUT AS IMPLICIT;
-- migrations
CREATE CAST (text AS int) WITH INOUT AS ASSIGNMENT;

-- case: a conversion
-- finds: cast conversion public.c
-- models
CREATE CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
-- migrations

-- case: a language
-- finds: function language pl
-- models
CREATE LANGUAGE pl HANDLER plpgsql_call_handler;
-- migrations

-- case: an access method
-- finds: operator access method am
-- models
CREATE ACCESS METHOD am TYPE TABLE HANDLER heap_tableam_handler;
-- migrations

-- case: a foreign server's options
-- finds: foreign-data server se
-- models
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER se FOREIGN DATA WRAPPER w OPTIONS (host 'a');
-- migrations
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER se FOREIGN DATA WRAPPER w OPTIONS (host 'b');

-- case: a foreign server's version
-- finds: foreign-data server se
-- models
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER se VERSION '1' FOREIGN DATA WRAPPER w;
-- migrations
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER se FOREIGN DATA WRAPPER w;

-- case: a user mapping
-- finds: foreign-data user mapping public on server se
-- models
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER se FOREIGN DATA WRAPPER w;
CREATE USER MAPPING FOR PUBLIC SERVER se OPTIONS (a 'b');
-- migrations
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER se FOREIGN DATA WRAPPER w;

-- case: a foreign table's options
-- finds: foreign-data foreign table public.f
-- models
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER se FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE f (a int) SERVER se OPTIONS (a 'b');
-- migrations
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER se FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE f (a int) SERVER se OPTIONS (a 'c');

-- case: the options of a foreign table's column
-- finds: foreign-data foreign table column public.f.a
-- models
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER se FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE f (a int OPTIONS (x 'y')) SERVER se;
-- migrations
CREATE FOREIGN DATA WRAPPER w;
CREATE SERVER se FOREIGN DATA WRAPPER w;
CREATE FOREIGN TABLE f (a int) SERVER se;

-- case: a setting of the database
-- finds: database-settings database
-- models
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''UTC''', current_database()); END $$;
-- migrations

-- case: a setting of a role in the database
-- finds: database-settings database
-- models
DO $$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET work_mem = ''8MB''', current_database()); END $$;
-- migrations

-- case: how many may connect
-- finds: database-settings database
-- models
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 5', current_database()); END $$;
-- migrations

-- case: a large object
-- finds: large-object large object 4711
-- models
SELECT lo_create(4711);
-- migrations

-- case: rows
-- finds: nothing
-- models
-- migrations
INSERT INTO t (id) VALUES (1);

-- case: what ANALYZE leaves
-- finds: nothing
-- models
-- migrations
INSERT INTO t (id) SELECT generate_series(1, 100);
ANALYZE t;

-- case: OIDs given out in between
-- finds: nothing
-- models
CREATE TABLE u (id serial PRIMARY KEY, t_id int REFERENCES t ON DELETE CASCADE, tags text[] DEFAULT '{}');
-- migrations
CREATE TABLE gone (id serial PRIMARY KEY, a text UNIQUE);
DROP TABLE gone;
CREATE TABLE u (id serial PRIMARY KEY, t_id int REFERENCES t ON DELETE CASCADE, tags text[] DEFAULT '{}');

-- case: triggers and indexes that are gone
-- finds: nothing
-- models
-- migrations
CREATE INDEX i ON t (b);
DROP INDEX i;
CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
DROP RULE r ON t;
CREATE TABLE child () INHERITS (t);
DROP TABLE child;
