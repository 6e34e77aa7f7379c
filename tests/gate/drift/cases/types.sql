-- both
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN email AS varchar(100) CONSTRAINT has_at CHECK (VALUE LIKE '%@%');
CREATE TABLE t (id int PRIMARY KEY, m mood, e email);

-- case: an enum's value missing
-- finds: enum type public.mood
-- models
ALTER TYPE mood ADD VALUE 'great';
-- migrations

-- case: an enum's values in another order
-- finds: enum type public.k
-- models
CREATE TYPE k AS ENUM ('a', 'b', 'c');
-- migrations
CREATE TYPE k AS ENUM ('a', 'c', 'b');

-- case: an enum's value renamed
-- finds: enum type public.mood
-- models
-- migrations
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';

-- case: an enum missing
-- finds: enum type public.k
-- models
CREATE TYPE k AS ENUM ('a');
-- migrations

-- case: an enum and a text with a check
-- finds: column-type column public.u.k
-- finds: check-constraint constraint c on public.u
-- models
CREATE TABLE u (k mood);
-- migrations
CREATE TABLE u (k text, CONSTRAINT c CHECK (k IN ('sad', 'ok', 'happy')));

-- case: an enum whose values were added before others
-- finds: nothing
-- models
CREATE TYPE k AS ENUM ('a', 'b', 'c', 'd');
-- migrations
CREATE TYPE k AS ENUM ('d');
ALTER TYPE k ADD VALUE 'a' BEFORE 'd';
ALTER TYPE k ADD VALUE 'c' AFTER 'a';
ALTER TYPE k ADD VALUE 'b' BEFORE 'c';

-- case: a domain's base type
-- finds: domain type public.d
-- models
CREATE DOMAIN d AS varchar(10);
-- migrations
CREATE DOMAIN d AS varchar(20);

-- case: a domain's default
-- finds: domain type public.email
-- models
ALTER DOMAIN email SET DEFAULT 'a@b';
-- migrations

-- case: a domain's NOT NULL
-- needs: 17
-- finds: domain type public.d
-- finds: domain domain constraint d_not_null on public.d
-- models
CREATE DOMAIN d AS text NOT NULL;
-- migrations
CREATE DOMAIN d AS text;

-- case: a domain's check
-- finds: domain domain constraint c on public.d
-- models
CREATE DOMAIN d AS int CONSTRAINT c CHECK (VALUE > 0);
-- migrations
CREATE DOMAIN d AS int CONSTRAINT c CHECK (VALUE >= 0);

-- case: a domain's check missing
-- finds: domain domain constraint has_at on public.email
-- models
-- migrations
ALTER DOMAIN email DROP CONSTRAINT has_at;

-- case: a domain's check that was not validated
-- finds: domain domain constraint c on public.email
-- models
ALTER DOMAIN email ADD CONSTRAINT c CHECK (VALUE <> '');
-- migrations
ALTER DOMAIN email ADD CONSTRAINT c CHECK (VALUE <> '') NOT VALID;

-- case: a domain's collation
-- finds: domain type public.d
-- models
CREATE DOMAIN d AS text COLLATE "C";
-- migrations
CREATE DOMAIN d AS text;

-- case: a column of a domain, and one of its base type
-- finds: column-type column public.u.e
-- models
CREATE TABLE u (e email);
-- migrations
CREATE TABLE u (e varchar(100));

-- case: a domain's check written differently
-- finds: nothing
-- models
CREATE DOMAIN d AS text CONSTRAINT c CHECK (VALUE IN ('a', 'b'));
-- migrations
CREATE DOMAIN d AS text CONSTRAINT c CHECK (VALUE = ANY ('{a,b}'::text[]));

-- case: a composite type's attribute
-- finds: type composite type public.k
-- models
CREATE TYPE k AS (a int, b text);
-- migrations
CREATE TYPE k AS (a int, b int);

-- case: a composite type's attributes in another order
-- finds: type composite type public.k
-- models
CREATE TYPE k AS (a int, b text);
-- migrations
CREATE TYPE k AS (b text, a int);

-- case: a composite type missing
-- finds: type type public.k
-- models
CREATE TYPE k AS (a int, b text);
-- migrations

-- case: a range's subtype
-- finds: type type public.r
-- finds: function function public.r(double precision,double precision)
-- finds: function function public.r(double precision,double precision,pg_catalog.text)
-- finds: function function public.r(numeric,numeric)
-- finds: function function public.r(numeric,numeric,pg_catalog.text)
-- models
CREATE TYPE r AS RANGE (subtype = float8, multirange_type_name = r_multi);
-- migrations
CREATE TYPE r AS RANGE (subtype = numeric, multirange_type_name = r_multi);

-- case: a range's subtype difference function
-- finds: type type public.r
-- models
CREATE TYPE r AS RANGE (subtype = float8, subtype_diff = float8mi);
-- migrations
CREATE TYPE r AS RANGE (subtype = float8);

-- case: a range missing
-- finds: type type public.r
-- models
CREATE TYPE r AS RANGE (subtype = float8);
-- migrations

-- case: a type's privileges
-- finds: privileges type public.mood
-- models
REVOKE USAGE ON TYPE mood FROM PUBLIC;
-- migrations

-- case: a domain's privileges
-- finds: privileges type public.email
-- models
GRANT USAGE ON DOMAIN email TO pg_monitor;
-- migrations

-- case: a type's owner
-- finds: owner type public.mood
-- models
ALTER TYPE mood OWNER TO pg_monitor;
-- migrations

-- case: a type's comment
-- finds: comment type public.mood
-- models
COMMENT ON TYPE mood IS 'how one feels';
-- migrations

-- case: a type only declared
-- finds: type type public.k
-- models
CREATE TYPE k;
-- migrations
