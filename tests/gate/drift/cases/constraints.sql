-- both
CREATE TABLE p (id int PRIMARY KEY, other int UNIQUE, a int NOT NULL, b int NOT NULL, UNIQUE (a, b));
CREATE TABLE t (id int NOT NULL, a int NOT NULL, b int, during daterange, note text);

-- case: no primary key
-- finds: primary-key constraint t_pkey on public.t
-- models
ALTER TABLE t ADD PRIMARY KEY (id);
-- migrations

-- case: a primary key of other columns
-- finds: primary-key constraint t_pkey on public.t
-- models
ALTER TABLE t ADD PRIMARY KEY (id, a);
-- migrations
ALTER TABLE t ADD PRIMARY KEY (id);

-- case: a primary key's columns in another order
-- finds: primary-key constraint t_pkey on public.t
-- models
ALTER TABLE t ADD PRIMARY KEY (id, a);
-- migrations
ALTER TABLE t ADD PRIMARY KEY (a, id);

-- case: a primary key's further columns
-- finds: primary-key constraint t_pkey on public.t
-- models
ALTER TABLE t ADD PRIMARY KEY (id) INCLUDE (a);
-- migrations
ALTER TABLE t ADD PRIMARY KEY (id);

-- case: a primary key of another name
-- finds: primary-key constraint pk_t on public.t
-- finds: primary-key constraint t_pkey on public.t
-- models
ALTER TABLE t ADD CONSTRAINT pk_t PRIMARY KEY (id);
-- migrations
ALTER TABLE t ADD PRIMARY KEY (id);

-- case: a primary key that can be deferred
-- finds: primary-key constraint t_pkey on public.t
-- models
ALTER TABLE t ADD PRIMARY KEY (id) DEFERRABLE;
-- migrations
ALTER TABLE t ADD PRIMARY KEY (id);

-- case: a primary key's storage parameters
-- finds: primary-key constraint t_pkey on public.t
-- models
ALTER TABLE t ADD PRIMARY KEY (id) WITH (fillfactor = 70);
-- migrations
ALTER TABLE t ADD PRIMARY KEY (id);

-- case: a unique index instead of a unique constraint
-- finds: unique-constraint constraint u on public.t
-- models
ALTER TABLE t ADD CONSTRAINT u UNIQUE (a);
-- migrations
CREATE UNIQUE INDEX u ON t (a);

-- case: a unique constraint missing
-- finds: unique-constraint constraint u on public.t
-- models
ALTER TABLE t ADD CONSTRAINT u UNIQUE (a);
-- migrations

-- case: a unique constraint's columns
-- finds: unique-constraint constraint u on public.t
-- models
ALTER TABLE t ADD CONSTRAINT u UNIQUE (a, b);
-- migrations
ALTER TABLE t ADD CONSTRAINT u UNIQUE (a);

-- case: a unique constraint's columns in another order
-- finds: unique-constraint constraint u on public.t
-- models
ALTER TABLE t ADD CONSTRAINT u UNIQUE (a, b);
-- migrations
ALTER TABLE t ADD CONSTRAINT u UNIQUE (b, a);

-- case: NULLS NOT DISTINCT
-- needs: 15
-- finds: unique-constraint constraint u on public.t
-- models
ALTER TABLE t ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (b);
-- migrations
ALTER TABLE t ADD CONSTRAINT u UNIQUE (b);

-- case: a unique constraint deferred
-- finds: unique-constraint constraint u on public.t
-- models
ALTER TABLE t ADD CONSTRAINT u UNIQUE (b) DEFERRABLE INITIALLY DEFERRED;
-- migrations
ALTER TABLE t ADD CONSTRAINT u UNIQUE (b) DEFERRABLE;

-- case: a unique constraint's INCLUDE
-- finds: unique-constraint constraint u on public.t
-- models
ALTER TABLE t ADD CONSTRAINT u UNIQUE (b) INCLUDE (note);
-- migrations
ALTER TABLE t ADD CONSTRAINT u UNIQUE (b);

-- case: a unique constraint without overlaps
-- needs: 18
-- finds: unique-constraint constraint u on public.t
-- models
CREATE EXTENSION btree_gist;
ALTER TABLE t ADD CONSTRAINT u UNIQUE (id, during WITHOUT OVERLAPS);
-- migrations
CREATE EXTENSION btree_gist;
ALTER TABLE t ADD CONSTRAINT u UNIQUE (id, during);

-- case: a foreign key missing
-- finds: foreign-key constraint f on public.t
-- models
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p;
-- migrations

-- case: ON DELETE
-- finds: foreign-key constraint f on public.t
-- models
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p ON DELETE CASCADE;
-- migrations
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p;

-- case: ON DELETE, NO ACTION and RESTRICT
-- finds: foreign-key constraint f on public.t
-- models
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p ON DELETE RESTRICT;
-- migrations
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p;

-- case: ON UPDATE
-- finds: foreign-key constraint f on public.t
-- models
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p ON UPDATE CASCADE;
-- migrations
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p;

-- case: ON DELETE SET NULL of some columns
-- needs: 15
-- finds: foreign-key constraint f on public.t
-- models
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE SET NULL (b);
-- migrations
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE SET NULL;

-- case: MATCH FULL
-- finds: foreign-key constraint f on public.t
-- models
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p (a, b) MATCH FULL;
-- migrations
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p (a, b);

-- case: a foreign key to another column
-- finds: foreign-key constraint f on public.t
-- models
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p;
-- migrations
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (other);

-- case: a foreign key that can be deferred
-- finds: foreign-key constraint f on public.t
-- models
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p DEFERRABLE;
-- migrations
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p;

-- case: a foreign key that was not validated
-- finds: foreign-key constraint f on public.t
-- models
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p;
-- migrations
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p NOT VALID;

-- case: a foreign key that is not enforced
-- needs: 18
-- finds: foreign-key constraint f on public.t
-- models
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p;
-- migrations
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p NOT ENFORCED;

-- case: a foreign key's triggers disabled
-- finds: foreign-key constraint f on public.t
-- models
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p;
-- migrations
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p;
ALTER TABLE t DISABLE TRIGGER ALL;

-- case: a foreign key to the same table
-- finds: nothing
-- models
ALTER TABLE t ADD PRIMARY KEY (id), ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t ON UPDATE CASCADE;
-- migrations
ALTER TABLE t ADD PRIMARY KEY (id);
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t (id) ON UPDATE CASCADE NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT f;

-- case: a check missing
-- finds: check-constraint constraint c on public.t
-- models
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);
-- migrations

-- case: a check's expression
-- finds: check-constraint constraint c on public.t
-- models
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);
-- migrations
ALTER TABLE t ADD CONSTRAINT c CHECK (a >= 0);

-- case: a check that was not validated
-- finds: check-constraint constraint c on public.t
-- models
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);
-- migrations
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;

-- case: a check that is not enforced
-- needs: 18
-- finds: check-constraint constraint c on public.t
-- models
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);
-- migrations
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED;

-- case: a check that is not inherited
-- finds: check-constraint constraint c on public.t
-- models
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NO INHERIT;
-- migrations
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);

-- case: a check of another name
-- finds: check-constraint constraint c on public.t
-- finds: check-constraint constraint d on public.t
-- models
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);
-- migrations
ALTER TABLE t ADD CONSTRAINT d CHECK (a > 0);

-- case: a check with IN, and one with ANY
-- finds: nothing
-- models
ALTER TABLE t ADD CONSTRAINT c CHECK (note IN ('a', 'b'));
-- migrations
ALTER TABLE t ADD CONSTRAINT c CHECK (note = ANY ('{a,b}'::text[]));

-- case: a check on a varchar with IN and a cast
-- finds: nothing
-- models
ALTER TABLE t ADD v varchar(10), ADD CONSTRAINT c CHECK (v IN ('a', 'b'));
-- migrations
ALTER TABLE t ADD v varchar(10), ADD CONSTRAINT c CHECK (v::text = ANY (ARRAY['a'::text, 'b'::text]));

-- case: a check with more parentheses
-- finds: nothing
-- models
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0 AND b > 0 AND id > 0);
-- migrations
ALTER TABLE t ADD CONSTRAINT c CHECK ((a > 0 AND (b > 0 AND (id > 0))));

-- case: a check with BETWEEN
-- finds: nothing
-- models
ALTER TABLE t ADD CONSTRAINT c CHECK (a BETWEEN 1 AND 5);
-- migrations
ALTER TABLE t ADD CONSTRAINT c CHECK (a >= 1 AND a <= 5);

-- case: a check that was validated later
-- finds: nothing
-- models
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);
-- migrations
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT c;

-- case: an IN with other values
-- finds: check-constraint constraint c on public.t
-- models
ALTER TABLE t ADD CONSTRAINT c CHECK (note IN ('a', 'b'));
-- migrations
ALTER TABLE t ADD CONSTRAINT c CHECK (note IN ('a', 'b', 'c'));

-- case: an exclusion constraint missing
-- finds: exclusion-constraint constraint e on public.t
-- models
ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (during WITH &&);
-- migrations

-- case: an exclusion constraint's operator
-- finds: exclusion-constraint constraint e on public.t
-- models
ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (during WITH &&);
-- migrations
ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (during WITH -|-);

-- case: an exclusion constraint's predicate
-- finds: exclusion-constraint constraint e on public.t
-- models
ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (during WITH &&) WHERE (a > 0);
-- migrations
ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (during WITH &&);

-- case: an exclusion constraint's method
-- finds: exclusion-constraint constraint e on public.t
-- models
ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING hash (a WITH =);
-- migrations
ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING btree (a WITH =);

-- case: the index that a table is clustered on
-- finds: primary-key constraint t_pkey on public.t
-- models
ALTER TABLE t ADD PRIMARY KEY (id);
-- migrations
ALTER TABLE t ADD PRIMARY KEY (id);
ALTER TABLE t CLUSTER ON t_pkey;

-- case: a NOT NULL that is not inherited
-- needs: 18
-- finds: column-nullable column public.t.b
-- models
ALTER TABLE t ADD CONSTRAINT n NOT NULL b NO INHERIT;
-- migrations
ALTER TABLE t ALTER b SET NOT NULL;

-- case: a NOT NULL of another name
-- needs: 18
-- finds: nothing
-- models
ALTER TABLE t ADD CONSTRAINT n NOT NULL b;
-- migrations
ALTER TABLE t ALTER b SET NOT NULL;

-- case: a table renamed, and its primary key with it
-- finds: nothing
-- models
CREATE TABLE u (id int CONSTRAINT pk_u PRIMARY KEY);
-- migrations
CREATE TABLE old (id int CONSTRAINT pk_old PRIMARY KEY);
ALTER TABLE old RENAME TO u;
ALTER TABLE u RENAME CONSTRAINT pk_old TO pk_u;
