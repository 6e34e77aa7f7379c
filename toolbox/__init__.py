"""What the Nox sessions need: a Postgres for this checkout, migrations, serving, benchmarks."""
