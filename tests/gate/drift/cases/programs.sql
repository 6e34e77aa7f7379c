-- both
CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL, b int, at timestamptz DEFAULT now());
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION tg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';

-- case: a view missing
-- finds: view view public.v
-- models
CREATE VIEW v AS SELECT id FROM t;
-- migrations

-- case: a view's condition
-- finds: view view public.v
-- models
CREATE VIEW v AS SELECT id FROM t WHERE b > 0;
-- migrations
CREATE VIEW v AS SELECT id FROM t WHERE b >= 0;

-- case: a view's columns
-- finds: view view public.v
-- models
CREATE VIEW v AS SELECT id, a FROM t;
-- migrations
CREATE VIEW v AS SELECT id FROM t;

-- case: a view's order
-- finds: view view public.v
-- models
CREATE VIEW v AS SELECT id FROM t ORDER BY id;
-- migrations
CREATE VIEW v AS SELECT id FROM t;

-- case: a view for the asking role's rights
-- needs: 15
-- finds: view view public.v
-- models
CREATE VIEW v WITH (security_invoker) AS SELECT id FROM t;
-- migrations
CREATE VIEW v AS SELECT id FROM t;

-- case: a view as a barrier
-- finds: view view public.v
-- models
CREATE VIEW v WITH (security_barrier) AS SELECT id FROM t;
-- migrations
CREATE VIEW v AS SELECT id FROM t;

-- case: a view that checks what is written
-- finds: view view public.v
-- models
CREATE VIEW v AS SELECT id FROM t WHERE b > 0 WITH CHECK OPTION;
-- migrations
CREATE VIEW v AS SELECT id FROM t WHERE b > 0 WITH LOCAL CHECK OPTION;

-- case: a default of a view's column
-- finds: column-default view public.v
-- models
CREATE VIEW v AS SELECT id FROM t;
ALTER VIEW v ALTER id SET DEFAULT 5;
-- migrations
CREATE VIEW v AS SELECT id FROM t;

-- case: a view written differently
-- finds: nothing
-- models
CREATE VIEW v AS SELECT t.id FROM t WHERE t.a IN ('x', 'y');
-- migrations
CREATE VIEW v AS SELECT id FROM t WHERE (a = ANY ('{x,y}'::text[]));

-- case: a view replaced
-- finds: nothing
-- models
CREATE VIEW v AS SELECT id, a FROM t;
-- migrations
CREATE VIEW v AS SELECT id FROM t;
CREATE OR REPLACE VIEW v AS SELECT id, a FROM t;

-- case: a recursive view
-- finds: view view public.v
-- models
CREATE RECURSIVE VIEW v (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM v WHERE n < 10;
-- migrations
CREATE RECURSIVE VIEW v (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM v WHERE n < 20;

-- case: a materialized view's query
-- finds: view materialized view public.v
-- models
CREATE MATERIALIZED VIEW v AS SELECT id FROM t;
-- migrations
CREATE MATERIALIZED VIEW v AS SELECT id FROM t WHERE b > 0;

-- case: a materialized view without data
-- finds: view materialized view public.v
-- models
CREATE MATERIALIZED VIEW v AS SELECT id FROM t;
-- migrations
CREATE MATERIALIZED VIEW v AS SELECT id FROM t WITH NO DATA;

-- case: a materialized view and a view
-- finds: view materialized view public.v
-- finds: view view public.v
-- models
CREATE MATERIALIZED VIEW v AS SELECT id FROM t;
-- migrations
CREATE VIEW v AS SELECT id FROM t;

-- case: a materialized view's index
-- finds: index index public.i
-- models
CREATE MATERIALIZED VIEW v AS SELECT id FROM t;
CREATE UNIQUE INDEX i ON v (id);
-- migrations
CREATE MATERIALIZED VIEW v AS SELECT id FROM t;

-- case: a function missing
-- finds: function function public.f()
-- models
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- migrations

-- case: a function's body
-- finds: function function public.f()
-- models
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';

-- case: a function's arguments
-- finds: function function public.f(integer)
-- finds: function function public.f(bigint)
-- models
CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE FUNCTION f(n bigint) RETURNS int LANGUAGE sql AS 'SELECT 1';

-- case: the name of an argument
-- finds: function function public.f(integer)
-- models
CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql AS 'SELECT $1';
-- migrations
CREATE FUNCTION f(m int) RETURNS int LANGUAGE sql AS 'SELECT $1';

-- case: the default of an argument
-- finds: function function public.f(integer)
-- models
CREATE FUNCTION f(n int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT n';
-- migrations
CREATE FUNCTION f(n int DEFAULT 2) RETURNS int LANGUAGE sql AS 'SELECT n';

-- case: what a function returns
-- finds: function function public.f()
-- models
CREATE FUNCTION f() RETURNS SETOF int LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';

-- case: IMMUTABLE
-- finds: function function public.f()
-- models
CREATE FUNCTION f() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';

-- case: SECURITY DEFINER
-- finds: function function public.f()
-- models
CREATE FUNCTION f() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';

-- case: STRICT, LEAKPROOF, PARALLEL
-- finds: function function public.f()
-- finds: function function public.g()
-- finds: function function public.h()
-- models
CREATE FUNCTION f() RETURNS int STRICT LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g() RETURNS int LEAKPROOF LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION h() RETURNS int PARALLEL SAFE LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION h() RETURNS int LANGUAGE sql AS 'SELECT 1';

-- case: COST and ROWS
-- finds: function function public.f()
-- models
CREATE FUNCTION f() RETURNS SETOF int COST 5 ROWS 10 LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE FUNCTION f() RETURNS SETOF int LANGUAGE sql AS 'SELECT 1';

-- case: a function's settings
-- finds: function function public.f()
-- models
CREATE FUNCTION f() RETURNS int SET search_path = public LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';

-- case: a function in standard SQL
-- finds: function function public.f(integer)
-- models
CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql RETURN n + 1;
-- migrations
CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql RETURN n + 2;

-- case: a function in standard SQL and one in a string
-- finds: function function public.f(integer)
-- models
CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql RETURN n + 1;
-- migrations
CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql AS 'SELECT n + 1';

-- case: another language
-- finds: function function public.f()
-- models
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';

-- case: a function and a procedure
-- finds: function function public.f()
-- finds: function procedure public.f()
-- models
CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE PROCEDURE f() LANGUAGE sql AS 'SELECT 1';

-- case: a function's support function
-- finds: function function public.f(integer,integer)
-- models
CREATE FUNCTION f(a int, b int) RETURNS SETOF int SUPPORT generate_series_int4_support LANGUAGE sql AS 'SELECT 1';
-- migrations
CREATE FUNCTION f(a int, b int) RETURNS SETOF int LANGUAGE sql AS 'SELECT 1';

-- case: the owner of a function
-- finds: owner function public.tf()
-- models
ALTER FUNCTION tf() OWNER TO pg_monitor;
-- migrations

-- case: EXECUTE taken from everybody
-- finds: privileges function public.tf()
-- models
REVOKE EXECUTE ON FUNCTION tf() FROM PUBLIC;
-- migrations

-- case: an aggregate's state function
-- finds: function aggregate public.total(integer)
-- models
CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
-- migrations
CREATE AGGREGATE total (int) (SFUNC = int4larger, STYPE = int, INITCOND = '0');

-- case: an aggregate's first state
-- finds: function aggregate public.total(integer)
-- models
CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
-- migrations
CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int, INITCOND = '1');

-- case: a body with other blank lines around it
-- finds: nothing
-- models
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$
SELECT 1
$$;
-- migrations
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$;

-- case: a function that was replaced
-- finds: nothing
-- models
CREATE FUNCTION f() RETURNS int LANGUAGE sql STABLE AS 'SELECT 2';
-- migrations
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql STABLE AS 'SELECT 2';

-- case: a trigger missing
-- finds: trigger trigger tr on public.t
-- models
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf();
-- migrations

-- case: a trigger disabled
-- finds: trigger trigger tr on public.t
-- models
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf();
-- migrations
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf();
ALTER TABLE t DISABLE TRIGGER tr;

-- case: a trigger that fires on replicas too
-- finds: trigger trigger tr on public.t
-- models
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf();
-- migrations
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf();
ALTER TABLE t ENABLE ALWAYS TRIGGER tr;

-- case: a trigger's events
-- finds: trigger trigger tr on public.t
-- models
CREATE TRIGGER tr BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION tf();
-- migrations
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf();

-- case: a trigger's columns
-- finds: trigger trigger tr on public.t
-- models
CREATE TRIGGER tr BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION tf();
-- migrations
CREATE TRIGGER tr BEFORE UPDATE OF b ON t FOR EACH ROW EXECUTE FUNCTION tf();

-- case: a trigger's condition
-- finds: trigger trigger tr on public.t
-- models
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.a <> NEW.a) EXECUTE FUNCTION tf();
-- migrations
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION tf();

-- case: a trigger's other condition
-- finds: trigger trigger tr on public.t
-- models
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.a <> NEW.a) EXECUTE FUNCTION tf();
-- migrations
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.b <> NEW.b) EXECUTE FUNCTION tf();

-- case: a trigger's function
-- finds: trigger trigger tr on public.t
-- models
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf();
-- migrations
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tg();

-- case: a trigger's arguments
-- finds: trigger trigger tr on public.t
-- models
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf('x');
-- migrations
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf('y');

-- case: a trigger's transition table
-- finds: trigger trigger tr on public.t
-- models
CREATE TRIGGER tr AFTER INSERT ON t REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION tg();
-- migrations
CREATE TRIGGER tr AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION tg();

-- case: a constraint trigger's deferral
-- finds: trigger trigger tr on public.t
-- models
CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tg();
-- migrations
CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION tg();

-- case: a trigger whose condition is written differently
-- finds: nothing
-- models
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.a IN ('x', 'y')) EXECUTE FUNCTION tf();
-- migrations
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.a = ANY ('{x,y}'::text[])) EXECUTE FUNCTION tf();

-- case: a rule missing
-- finds: rewrite-rule rule r on public.t
-- models
CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
-- migrations

-- case: a rule's action
-- finds: rewrite-rule rule r on public.t
-- models
CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
-- migrations
CREATE RULE r AS ON DELETE TO t DO ALSO NOTHING;

-- case: a rule disabled
-- finds: rewrite-rule rule r on public.t
-- models
CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
-- migrations
CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;
ALTER TABLE t DISABLE RULE r;

-- case: an event trigger's tags
-- finds: trigger event trigger et
-- models
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER et ON ddl_command_end WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION ef();
-- migrations
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION ef();

-- case: an event trigger disabled
-- finds: trigger event trigger et
-- models
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION ef();
-- migrations
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION ef();
ALTER EVENT TRIGGER et DISABLE;
