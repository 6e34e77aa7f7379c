-- both
CREATE TABLE t (id int PRIMARY KEY, a text, b int, c numeric, d date, j jsonb, tags text[]);
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';

-- case: bit lengths
-- finds: column-type column public.u.a
-- models
CREATE TABLE u (a bit(8));
-- migrations
CREATE TABLE u (a bit varying(8));

-- case: char and varchar
-- finds: column-type column public.u.a
-- models
CREATE TABLE u (a char(3));
-- migrations
CREATE TABLE u (a varchar(3));

-- case: temporal foreign key
-- needs: 18
-- finds: foreign-key constraint f on public.u
-- models
CREATE EXTENSION btree_gist;
CREATE TABLE p (id int, r daterange, PRIMARY KEY (id, r WITHOUT OVERLAPS));
CREATE TABLE u (id int, r daterange, CONSTRAINT f FOREIGN KEY (id, PERIOD r) REFERENCES p (id, PERIOD r));
-- migrations
CREATE EXTENSION btree_gist;
CREATE TABLE p (id int, r daterange, PRIMARY KEY (id, r WITHOUT OVERLAPS));
CREATE TABLE u (id int, r daterange);

-- case: multirange column
-- finds: column-type column public.u.a
-- models
CREATE TABLE u (a int4multirange);
-- migrations
CREATE TABLE u (a int4range);

-- case: gin fastupdate
-- finds: index index public.i
-- models
CREATE INDEX i ON t USING gin (tags) WITH (fastupdate = off);
-- migrations
CREATE INDEX i ON t USING gin (tags);

-- case: brin pages per range
-- finds: index index public.i
-- models
CREATE INDEX i ON t USING brin (d) WITH (pages_per_range = 16);
-- migrations
CREATE INDEX i ON t USING brin (d);

-- case: expression index and its collation
-- finds: index index public.i
-- models
CREATE INDEX i ON t (lower(a) COLLATE "C");
-- migrations
CREATE INDEX i ON t (lower(a));

-- case: view with a window function
-- finds: view view public.v
-- models
CREATE VIEW v AS SELECT id, rank() OVER (ORDER BY b) AS r FROM t;
-- migrations
CREATE VIEW v AS SELECT id, dense_rank() OVER (ORDER BY b) AS r FROM t;

-- case: view with joins in another order of conditions
-- finds: nothing
-- models
CREATE VIEW v AS SELECT x.id FROM t x JOIN t y ON x.id = y.b WHERE x.c > 1;
-- migrations
CREATE VIEW v AS SELECT x.id FROM t x JOIN t y ON (x.id = y.b) WHERE (x.c > (1)::numeric);

-- case: view with a column list
-- finds: nothing
-- models
CREATE VIEW v (n) AS SELECT id FROM t;
-- migrations
CREATE VIEW v AS SELECT id AS n FROM t;

-- case: a view's columns renamed
-- finds: view view public.v
-- models
CREATE VIEW v AS SELECT id AS n FROM t;
-- migrations
CREATE VIEW v AS SELECT id AS m FROM t;

-- case: procedure body
-- finds: function procedure public.pr(integer)
-- models
CREATE PROCEDURE pr(n int) LANGUAGE sql BEGIN ATOMIC DELETE FROM t WHERE id = n; END;
-- migrations
CREATE PROCEDURE pr(n int) LANGUAGE sql BEGIN ATOMIC DELETE FROM t WHERE b = n; END;

-- case: OUT arguments
-- finds: function function public.f()
-- models
CREATE FUNCTION f(OUT x int, OUT y int) LANGUAGE sql AS 'SELECT 1, 2';
-- migrations
CREATE FUNCTION f(OUT x int, OUT z int) LANGUAGE sql AS 'SELECT 1, 2';

-- case: variadic
-- finds: function function public.f(integer[])
-- models
CREATE FUNCTION f(VARIADIC n int[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE FUNCTION f(n int[]) RETURNS int LANGUAGE sql AS 'SELECT 1';

-- case: function returning a table
-- finds: function function public.f()
-- models
CREATE FUNCTION f() RETURNS TABLE (a int) LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE FUNCTION f() RETURNS TABLE (b int) LANGUAGE sql AS 'SELECT 1';

-- case: aggregate parallel
-- finds: function aggregate public.total(integer)
-- models
CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int, PARALLEL = SAFE);
-- migrations
CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int);

-- case: a default that is converted with each row
-- finds: column-default column public.u.k
-- models
CREATE TYPE k AS ENUM ('a', 'b');
CREATE TABLE u (k k DEFAULT 'a');
-- migrations
CREATE TYPE k AS ENUM ('a', 'b');
CREATE TABLE u (k text DEFAULT 'a');
ALTER TABLE u ALTER k DROP DEFAULT, ALTER k TYPE k USING k::k, ALTER k SET DEFAULT 'a'::text::k;

-- case: jsonb default spacing
-- finds: nothing
-- models
ALTER TABLE t ALTER j SET DEFAULT '{"a":1}';
-- migrations
ALTER TABLE t ALTER j SET DEFAULT '{"a": 1}'::jsonb;

-- case: array default
-- finds: nothing
-- models
ALTER TABLE t ALTER tags SET DEFAULT '{}';
-- migrations
ALTER TABLE t ALTER tags SET DEFAULT ARRAY[]::text[];

-- case: date default arithmetic
-- finds: column-default column public.t.d
-- models
ALTER TABLE t ALTER d SET DEFAULT CURRENT_DATE;
-- migrations
ALTER TABLE t ALTER d SET DEFAULT CURRENT_DATE + 1;

-- case: a sequence used by two tables
-- finds: column-default column public.w.id
-- models
CREATE SEQUENCE sq;
CREATE TABLE u (id int DEFAULT nextval('sq'));
CREATE TABLE w (id int DEFAULT nextval('sq'));
-- migrations
CREATE SEQUENCE sq;
CREATE TABLE u (id int DEFAULT nextval('sq'));
CREATE TABLE w (id int);

-- case: trigger order by name
-- finds: trigger trigger a on public.t
-- finds: trigger trigger z on public.t
-- models
CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf();
-- migrations
CREATE TRIGGER z BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf();

-- case: INSTEAD OF trigger on a view
-- finds: trigger trigger tr on public.v
-- models
CREATE VIEW v AS SELECT id FROM t;
CREATE TRIGGER tr INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION tf();
-- migrations
CREATE VIEW v AS SELECT id FROM t;

-- case: subpartition
-- finds: table table public.e11
-- models
CREATE TABLE e (a int, b int) PARTITION BY LIST (a);
CREATE TABLE e1 PARTITION OF e FOR VALUES IN (1) PARTITION BY LIST (b);
CREATE TABLE e11 PARTITION OF e1 FOR VALUES IN (1);
-- migrations
CREATE TABLE e (a int, b int) PARTITION BY LIST (a);
CREATE TABLE e1 PARTITION OF e FOR VALUES IN (1) PARTITION BY LIST (b);

-- case: partition of list values
-- finds: partition table public.e1
-- models
CREATE TABLE e (a int) PARTITION BY LIST (a);
CREATE TABLE e1 PARTITION OF e FOR VALUES IN (1, 2);
-- migrations
CREATE TABLE e (a int) PARTITION BY LIST (a);
CREATE TABLE e1 PARTITION OF e FOR VALUES IN (1);

-- case: storage parameter of one partition
-- finds: table-options table public.e1
-- models
CREATE TABLE e (a int) PARTITION BY LIST (a);
CREATE TABLE e1 PARTITION OF e FOR VALUES IN (1) WITH (fillfactor = 50);
-- migrations
CREATE TABLE e (a int) PARTITION BY LIST (a);
CREATE TABLE e1 PARTITION OF e FOR VALUES IN (1);

-- case: a check on the child that the parent has too
-- finds: nothing
-- models
CREATE TABLE e (a int, CONSTRAINT c CHECK (a > 0)) PARTITION BY LIST (a);
CREATE TABLE e1 PARTITION OF e FOR VALUES IN (1);
-- migrations
CREATE TABLE e (a int, CONSTRAINT c CHECK (a > 0)) PARTITION BY LIST (a);
CREATE TABLE e1 (a int, CONSTRAINT c CHECK (a > 0));
ALTER TABLE e ATTACH PARTITION e1 FOR VALUES IN (1);

-- case: column privileges and table privileges
-- finds: privileges column public.t.a
-- finds: privileges table public.t
-- models
GRANT SELECT (a) ON t TO pg_monitor;
-- migrations
GRANT SELECT ON t TO pg_monitor;

-- case: virtual generated column's NOT NULL
-- needs: 18
-- finds: column-nullable column public.u.b
-- models
CREATE TABLE u (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL NOT NULL);
-- migrations
CREATE TABLE u (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL);

-- case: table row type used by a column, altered
-- finds: column column public.t.e
-- models
CREATE TABLE u (x t);
ALTER TABLE t ADD e int;
-- migrations
CREATE TABLE u (x t);

-- case: text search default parser mapping order
-- finds: text-search text search configuration public.c
-- models
CREATE TEXT SEARCH CONFIGURATION c (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR word WITH simple, english_stem;
-- migrations
CREATE TEXT SEARCH CONFIGURATION c (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR word WITH english_stem, simple;

-- case: an index's options set and reset
-- finds: index index public.i
-- models
CREATE INDEX i ON t (a);
ALTER INDEX i SET (fillfactor = 50);
ALTER INDEX i RESET (fillfactor);
-- migrations
CREATE INDEX i ON t (a, b);

-- case: extension version
-- finds: extension extension pg_trgm
-- models
CREATE EXTENSION pg_trgm VERSION '1.5';
-- migrations
CREATE EXTENSION pg_trgm VERSION '1.6';

-- case: a body in standard SQL with other spaces
-- finds: nothing
-- models
CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql RETURN n+1;
-- migrations
CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql RETURN (n  +  1);

-- case: check with a function of two casts
-- finds: nothing
-- models
ALTER TABLE t ADD CONSTRAINT k CHECK (c > 0 AND length(a) < 10);
-- migrations
ALTER TABLE t ADD CONSTRAINT k CHECK ((c > 0::numeric) AND (length(a) < 10));

-- case: statistics on columns that were added in another order
-- finds: nothing
-- models
CREATE TABLE u (a int, b int, c int);
CREATE STATISTICS st ON a, b FROM u;
-- migrations
CREATE TABLE u (b int, c int, a int);
CREATE STATISTICS st ON a, b FROM u;

-- case: a publication of columns that were added in another order
-- needs: 15
-- finds: nothing
-- models
CREATE TABLE u (a int, b int, c int);
CREATE PUBLICATION p FOR TABLE u (a, b);
-- migrations
CREATE TABLE u (b int, c int, a int);
CREATE PUBLICATION p FOR TABLE u (b, a);

-- case: a trigger's columns in another order
-- finds: nothing
-- models
CREATE TRIGGER tr BEFORE UPDATE OF a, b ON t FOR EACH ROW EXECUTE FUNCTION tf();
-- migrations
CREATE TRIGGER tr BEFORE UPDATE OF b, a ON t FOR EACH ROW EXECUTE FUNCTION tf();

-- case: a check over columns that were added in another order
-- finds: nothing
-- models
CREATE TABLE u (a int, b int, CONSTRAINT k CHECK (b > a));
-- migrations
CREATE TABLE u (b int);
ALTER TABLE u ADD a int, ADD CONSTRAINT k CHECK (b > a);

-- case: a temporary table used on the way
-- finds: nothing
-- models
-- migrations
CREATE TEMPORARY TABLE way (id serial PRIMARY KEY, a text CHECK (a <> ''));
CREATE INDEX ON way (a);

-- case: a privilege on a column that every table has
-- finds: privileges column public.t.ctid
-- models
GRANT SELECT (ctid) ON t TO pg_monitor;
-- migrations

-- case: ON DELETE SET NULL of columns in another order
-- needs: 15
-- finds: nothing
-- models
CREATE TABLE p (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE u (a int, b int, CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p ON DELETE SET NULL (a, b));
-- migrations
CREATE TABLE p (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE u (a int, b int, CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p ON DELETE SET NULL (b, a));

-- case: comments on what has no name of its own
-- finds: comment cast (pg_catalog.text AS integer)
-- finds: comment operator public.===(integer,integer)
-- models
CREATE CAST (text AS int) WITH INOUT;
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
COMMENT ON CAST (text AS int) IS 'x';
COMMENT ON OPERATOR === (int, int) IS 'x';
-- migrations
CREATE CAST (text AS int) WITH INOUT;
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);

-- case: a transform
-- needs: 16
-- finds: cast transform for public.hstore language plpgsql
-- models
CREATE EXTENSION hstore;
CREATE FUNCTION from_sql(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'enum_recv';
CREATE FUNCTION to_sql(internal) RETURNS hstore LANGUAGE internal IMMUTABLE AS 'enum_recv';
CREATE TRANSFORM FOR hstore LANGUAGE plpgsql (FROM SQL WITH FUNCTION from_sql(internal), TO SQL WITH FUNCTION to_sql(internal));
-- migrations
CREATE EXTENSION hstore;
CREATE FUNCTION from_sql(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'enum_recv';
CREATE FUNCTION to_sql(internal) RETURNS hstore LANGUAGE internal IMMUTABLE AS 'enum_recv';
