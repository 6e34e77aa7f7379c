"""The gate alone, for projects that are not this one: it imports nothing of the service."""

from toolbox.commands.gate import check_migrations

check_migrations(prog_name="python -m toolbox.gate")
