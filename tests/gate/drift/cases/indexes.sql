-- both
CREATE TABLE t (id int PRIMARY KEY, a text, b int, c int, tags text[], doc jsonb, at timestamptz);

-- case: an index missing
-- finds: index index public.i
-- models
CREATE INDEX i ON t (a);
-- migrations

-- case: another column
-- finds: index index public.i
-- models
CREATE INDEX i ON t (b);
-- migrations
CREATE INDEX i ON t (c);

-- case: columns in another order
-- finds: index index public.i
-- models
CREATE INDEX i ON t (b, c);
-- migrations
CREATE INDEX i ON t (c, b);

-- case: unique
-- finds: index index public.i
-- models
CREATE UNIQUE INDEX i ON t (b);
-- migrations
CREATE INDEX i ON t (b);

-- case: a predicate
-- finds: index index public.i
-- models
CREATE INDEX i ON t (b) WHERE c > 0;
-- migrations
CREATE INDEX i ON t (b);

-- case: another predicate
-- finds: index index public.i
-- models
CREATE INDEX i ON t (b) WHERE c > 0;
-- migrations
CREATE INDEX i ON t (b) WHERE c > 1;

-- case: INCLUDE
-- finds: index index public.i
-- models
CREATE INDEX i ON t (b) INCLUDE (c);
-- migrations
CREATE INDEX i ON t (b);

-- case: descending
-- finds: index index public.i
-- models
CREATE INDEX i ON t (b DESC);
-- migrations
CREATE INDEX i ON t (b);

-- case: NULLS FIRST
-- finds: index index public.i
-- models
CREATE INDEX i ON t (b NULLS FIRST);
-- migrations
CREATE INDEX i ON t (b);

-- case: an operator class
-- finds: index index public.i
-- models
CREATE INDEX i ON t (a text_pattern_ops);
-- migrations
CREATE INDEX i ON t (a);

-- case: an operator class's options
-- finds: index index public.i
-- models
CREATE EXTENSION pg_trgm;
CREATE INDEX i ON t USING gist (a gist_trgm_ops (siglen = 32));
-- migrations
CREATE EXTENSION pg_trgm;
CREATE INDEX i ON t USING gist (a gist_trgm_ops);

-- case: a collation
-- needs: 17
-- finds: index index public.i
-- models
CREATE INDEX i ON t (a COLLATE "C");
-- migrations
CREATE INDEX i ON t (a);

-- case: a method
-- finds: index index public.i
-- models
CREATE INDEX i ON t USING hash (b);
-- migrations
CREATE INDEX i ON t (b);

-- case: GIN's operator class
-- finds: index index public.i
-- models
CREATE INDEX i ON t USING gin (doc jsonb_path_ops);
-- migrations
CREATE INDEX i ON t USING gin (doc);

-- case: an expression
-- finds: index index public.i
-- models
CREATE INDEX i ON t (lower(a));
-- migrations
CREATE INDEX i ON t (upper(a));

-- case: an expression and a column
-- finds: index index public.i
-- models
CREATE INDEX i ON t (lower(a));
-- migrations
CREATE INDEX i ON t (a);

-- case: storage parameters
-- finds: index index public.i
-- models
CREATE INDEX i ON t (b) WITH (fillfactor = 70);
-- migrations
CREATE INDEX i ON t (b);

-- case: deduplication of items
-- finds: index index public.i
-- models
CREATE INDEX i ON t (b) WITH (deduplicate_items = off);
-- migrations
CREATE INDEX i ON t (b);

-- case: NULLS NOT DISTINCT
-- needs: 15
-- finds: index index public.i
-- models
CREATE UNIQUE INDEX i ON t (b) NULLS NOT DISTINCT;
-- migrations
CREATE UNIQUE INDEX i ON t (b);

-- case: invalid, as a failed CONCURRENTLY leaves it
-- finds: index index public.i
-- models
CREATE INDEX i ON t (b);
-- migrations
CREATE INDEX i ON t (b);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass;

-- case: another name
-- finds: index index public.i
-- finds: index index public.j
-- models
CREATE INDEX i ON t (b);
-- migrations
CREATE INDEX j ON t (b);

-- case: a statistics target of an expression
-- finds: index index public.i
-- models
CREATE INDEX i ON t (lower(a));
ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 500;
-- migrations
CREATE INDEX i ON t (lower(a));

-- case: clustered on
-- finds: index index public.i
-- models
CREATE INDEX i ON t (b);
ALTER TABLE t CLUSTER ON i;
-- migrations
CREATE INDEX i ON t (b);

-- case: a comment
-- finds: comment index public.i
-- models
CREATE INDEX i ON t (b);
COMMENT ON INDEX i IS 'why';
-- migrations
CREATE INDEX i ON t (b);

-- case: a predicate with other parentheses and casts
-- finds: nothing
-- models
CREATE INDEX i ON t (b) WHERE (a IN ('x', 'y'));
-- migrations
CREATE INDEX i ON t (b) WHERE a = ANY ('{x,y}'::text[]);

-- case: an expression with a cast that changes nothing
-- finds: nothing
-- models
CREATE INDEX i ON t (lower(a));
-- migrations
CREATE INDEX i ON t (lower(a::text));

-- case: the default order said
-- finds: nothing
-- models
CREATE INDEX i ON t USING btree (b ASC NULLS LAST);
-- migrations
CREATE INDEX i ON t (b);

-- case: a column of it renamed
-- finds: nothing
-- models
CREATE TABLE u (b int);
CREATE INDEX i ON u (b);
-- migrations
CREATE TABLE u (a int);
CREATE INDEX i ON u (a);
ALTER TABLE u RENAME a TO b;

-- case: renamed
-- finds: nothing
-- models
CREATE INDEX i ON t (b);
-- migrations
CREATE INDEX old ON t (b);
ALTER INDEX old RENAME TO i;
