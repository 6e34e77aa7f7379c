-- both
CREATE TABLE e (id int NOT NULL, at date NOT NULL, kind text) PARTITION BY RANGE (at);

-- case: a partition missing
-- finds: table table public.e1
-- models
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
-- migrations

-- case: other bounds
-- finds: partition table public.e1
-- models
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
-- migrations
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-03-01');

-- case: a default partition
-- finds: partition table public.e
-- finds: partition table public.e1
-- models
CREATE TABLE e1 PARTITION OF e DEFAULT;
-- migrations
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-03-01');

-- case: another strategy
-- finds: partition table public.f
-- models
CREATE TABLE f (id int) PARTITION BY LIST (id);
-- migrations
CREATE TABLE f (id int) PARTITION BY RANGE (id);

-- case: another key
-- finds: partition table public.f
-- models
CREATE TABLE f (id int, b int) PARTITION BY LIST (id);
-- migrations
CREATE TABLE f (id int, b int) PARTITION BY LIST (b);

-- case: a key's expression
-- finds: partition table public.f
-- models
CREATE TABLE f (id int, b int) PARTITION BY LIST ((id + 1));
-- migrations
CREATE TABLE f (id int, b int) PARTITION BY LIST ((id + 2));

-- case: a key's operator class
-- finds: partition table public.f
-- models
CREATE TABLE f (a text) PARTITION BY RANGE (a text_pattern_ops);
-- migrations
CREATE TABLE f (a text) PARTITION BY RANGE (a);

-- case: partitioned and not
-- finds: table table public.f
-- finds: partition table public.f
-- models
CREATE TABLE f (id int) PARTITION BY LIST (id);
-- migrations
CREATE TABLE f (id int);

-- case: hash modulus
-- finds: partition table public.f1
-- models
CREATE TABLE f (id int) PARTITION BY HASH (id);
CREATE TABLE f1 PARTITION OF f FOR VALUES WITH (MODULUS 4, REMAINDER 0);
-- migrations
CREATE TABLE f (id int) PARTITION BY HASH (id);
CREATE TABLE f1 PARTITION OF f FOR VALUES WITH (MODULUS 2, REMAINDER 0);

-- case: a table that was detached
-- finds: partition table public.e1
-- models
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
-- migrations
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
ALTER TABLE e DETACH PARTITION e1;

-- case: an index on the partitioned table alone
-- finds: index index public.i
-- finds: index index public.i, part of table public.e1
-- models
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE INDEX i ON e (kind);
-- migrations
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE INDEX i ON ONLY e (kind);

-- case: a default of one partition
-- finds: column-default column public.e1.kind
-- models
CREATE TABLE e1 PARTITION OF e (kind DEFAULT 'x') FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
-- migrations
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');

-- case: a partition attached
-- finds: nothing
-- models
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
-- migrations
CREATE TABLE e1 (id int NOT NULL, at date NOT NULL, kind text);
ALTER TABLE e ATTACH PARTITION e1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');

-- case: a partition attached, with a key and an index of its own names
-- finds: nothing
-- models
ALTER TABLE e ADD PRIMARY KEY (id, at);
CREATE INDEX i ON e (kind);
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
-- migrations
ALTER TABLE e ADD PRIMARY KEY (id, at);
CREATE INDEX i ON e (kind);
CREATE TABLE e1 (kind text, at date NOT NULL, id int NOT NULL, CONSTRAINT mine PRIMARY KEY (id, at));
CREATE INDEX also_mine ON e1 (kind);
ALTER TABLE e ATTACH PARTITION e1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');

-- case: a partition attached, with a foreign key
-- finds: nothing
-- models
CREATE TABLE p (id int PRIMARY KEY);
ALTER TABLE e ADD FOREIGN KEY (id) REFERENCES p;
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
-- migrations
CREATE TABLE p (id int PRIMARY KEY);
ALTER TABLE e ADD FOREIGN KEY (id) REFERENCES p;
CREATE TABLE e1 (id int NOT NULL REFERENCES p, at date NOT NULL, kind text);
ALTER TABLE e ATTACH PARTITION e1 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');

-- case: a foreign key to a partitioned table
-- finds: nothing
-- models
ALTER TABLE e ADD PRIMARY KEY (id, at);
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE e2 PARTITION OF e FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE u (a int, b date, FOREIGN KEY (a, b) REFERENCES e);
-- migrations
ALTER TABLE e ADD PRIMARY KEY (id, at);
CREATE TABLE e2 PARTITION OF e FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE u (a int, b date, FOREIGN KEY (a, b) REFERENCES e);
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');

-- case: a trigger of a partitioned table
-- finds: nothing
-- models
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER tr AFTER INSERT ON e FOR EACH ROW EXECUTE FUNCTION f();
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
-- migrations
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TRIGGER tr AFTER INSERT ON e FOR EACH ROW EXECUTE FUNCTION f();
