"""The safe ways, as Alembic code to paste."""

REWRITE = """\
# Add the new column beside the old one, and leave the old one to the previous app.
op.add_column("{table}", sa.Column("new_name", sa.BigInteger(), nullable=True))
# Then: fill it in batches, write both from the app, switch the reads, and drop the old column in
# a revision that is deployed after the last app that used it."""

TRUNCATE = """\
# Delete in batches, after the app that reads these rows is gone.
with op.get_context().autocommit_block():
    while op.get_bind().execute(sa.text(
        "DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table} LIMIT 5000)"
    )).rowcount:
        pass"""

REFRESH = """\
# It needs a unique index on the view.
with op.get_context().autocommit_block():
    op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY {view}")"""

EXCLUSION = """\
# Postgres builds the index of an exclusion constraint while writes wait, and in no other way. Make
# a new table with it, let the app write to both, copy the rows in batches, and read the new one."""

NOT_VALID = """\
# It is in force for new rows at once. ...
op.execute({add})

# ... The old ones are read in the next revision, under a lock that lets writes pass. If some do not
# fit, mend them and run it again.
with op.get_context().autocommit_block():
    op.execute({validate})"""

NOW_NOT_NULL = """
# The check proves it, which spares the scan.
op.alter_column("{table}", "{column}", nullable=False{schema})
op.drop_constraint("{constraint}", "{table}"{schema})"""

SCAN = """\
# Let a check prove it first, which is added as NOT VALID and reads nothing, ...
op.execute("ALTER TABLE {table} ADD CONSTRAINT name CHECK (condition) NOT VALID")

# ... and which the next revision validates, under a lock that lets writes pass.
with op.get_context().autocommit_block():
    op.execute("ALTER TABLE {table} VALIDATE CONSTRAINT name")"""

UNDER_LOCK = """\
# End the transaction that holds the lock before the long work, or do it in a revision of its own.
with op.get_context().autocommit_block():
    ...  # the long statement"""

BACKFILL = """\
with op.get_context().autocommit_block():
    while op.get_bind().execute(sa.text(
        "UPDATE {table} SET column = value WHERE id IN ("
        "  SELECT id FROM {table} WHERE column IS NULL LIMIT 5000)"
    )).rowcount:
        pass"""

TIMEOUT = """\
# Better in env.py, for all revisions: one that cannot have its lock fails, and is tried again.
op.execute("SET lock_timeout = '3s'")"""

SEVERAL = (
    "# Give each table a revision of its own, and set transaction_per_migration=True in env.py."
)

EXPLICIT = """\
# Leave the lock to the statement that needs it; where rows must not change, lock these rows.
op.execute("SELECT 1 FROM table_name WHERE id = 1 FOR UPDATE")"""

DROP_INDEX = """\
with op.get_context().autocommit_block():
    op.drop_index("{index}", "{table}", postgresql_concurrently=True)"""

DETACH = """\
# After the app that reads these rows there is gone:
with op.get_context().autocommit_block():
    op.execute("ALTER TABLE {table} DETACH PARTITION {partition} CONCURRENTLY")"""

TRIGGER = """\
# Deploy an app that is tested with the trigger first, or make it in the revision that makes the
# table. For values to be kept, a generated column is often enough:
op.add_column("{table}", sa.Column("new_name", sa.Text(), sa.Computed("lower(name)")))"""

TRIGGERS_OFF = """\
# Let the trigger tell this session apart instead of switching it off for everybody:
op.execute("SET LOCAL app.skip_trigger = 'on'")  # its WHEN clause reads current_setting(...)"""

REPLICA_IDENTITY = """\
with op.get_context().autocommit_block():
    op.create_index("name", "table_name", ["id"], unique=True, postgresql_concurrently=True)
op.execute("ALTER TABLE table_name REPLICA IDENTITY USING INDEX name")"""

SEQUENCE = """\
# Widen the column that it feeds first, then:
op.execute("SET LOCAL lock_timeout = '3s'")
op.execute("ALTER SEQUENCE {sequence} AS bigint")"""

ENUM_VALUE = """\
with op.get_context().autocommit_block():
    op.execute("ALTER TYPE name ADD VALUE IF NOT EXISTS 'label'")
# and use it from here on"""

FAILS_ON_ROWS = """\
# Add it so that the rows that are there satisfy it: with a default, ...
op.add_column("table_name", sa.Column("name", sa.Text(), nullable=False, server_default=""))
# ... or after a backfill, as NOT VALID and then VALIDATE."""

FAILS = "# Run it on a copy of the schema: nox -s check_migrations says where it fails."

EXPAND_CONTRACT = """\
# 1. Deploy an app that does not use it any more. 2. Then, in a later revision, take it away, and
# say there that this was done:
check_migrations_accepts = [("{rule}", "{subject}", "unused since release ...")]"""

ROW_SECURITY = """\
# The policy first, as wide as the previous app needs it.
op.execute("CREATE POLICY everything ON {table} USING (true) WITH CHECK (true)")
op.execute("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")"""

OTHER_FUNCTION = """\
# Another function, by another name; and what uses it anew, beside the old one.
op.execute("CREATE FUNCTION ... IMMUTABLE ...")
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY ... ON ... (new_function(...))")
# When the app asks by the new one, a later revision drops the old one and its index."""

ROLE = """\
op.execute("DO $$ BEGIN CREATE ROLE ...; EXCEPTION WHEN duplicate_object OR unique_violation "
           "THEN NULL; END $$")
# ... and no DROP ROLE in the downgrade: another database may need it."""
