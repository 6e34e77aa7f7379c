"""The page of the sessions: what each is for, and what the toolbox's command behind it takes."""

import re
from collections.abc import Iterable, Iterator

import click

from toolbox.checkout import ROOT
from toolbox.cli import SOURCES, toolbox
from toolbox.site.reference.markdown import table

HEAD = """\
# Sessions

Every workflow is a session of Nox: `nox -s NAME`, and what follows `--` goes to the session. `nox`
alone runs those that must pass before a merge. Made from the README's table, which a test compares
with the sessions, and from the commands behind them.
"""
# Of whom the command has another name than the session, or is another program's.
ANOTHERS = {
    "functional": "What follows `--` goes to pytest.",
    "tools": "What follows `--` goes to pytest.",
    "integration": "What follows `--` goes to `python -m integration_cli`; `--help` lists it.",
    "serve": "What follows `--` goes to `python -m api`.",
    "api_fuzz": "What is not listed goes to `schemathesis run`.",
    "migrate": "What follows `--` goes to Alembic.",
    "types": "What follows `--` goes to mypy.",
    "lint": "`--fix` mends what it can.",
}


def sessions_page() -> str:
    """Return the page."""
    rows = re.findall(
        r"^\| `nox -s (\w+)` \| (.*) \|$", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    return "\n".join([HEAD, *(line for name, told in rows for line in _session(name, told))])


def _session(name: str, told: str) -> Iterator[str]:
    yield from (f"## {name}", "", told, "")
    if name in ANOTHERS:
        yield from (ANOTHERS[name], "")
    command = name.replace("_", "-")
    if command in SOURCES:
        found = toolbox.commands.get(command) or toolbox.get_command(
            click.Context(toolbox), command
        )
        assert found is not None  # noqa: S101 - it is one of SOURCES
        yield from _command(found, f"nox -s {name} --")


def _command(command: click.Command, words: str) -> Iterator[str]:
    """Tell of a command's options, and of its subcommands."""
    context = click.Context(command, info_name=words, terminal_width=1000)
    options = [one for one in command.params if isinstance(one, click.Option)]
    shown = [(f"`{option}`", text) for option, text in _records(options, context)]
    yield from table(["Option", "Meaning"], shown)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            subcommand = command.get_command(context, name)
            assert subcommand is not None  # noqa: S101 - the group listed it
            usage = " ".join(subcommand.collect_usage_pieces(click.Context(subcommand)))
            yield from (f"### `{words} {name}`", "", subcommand.get_short_help_str(1000), "")
            if usage not in {"", "[OPTIONS]"}:
                yield from (f"Usage: `{words} {name} {usage}`", "")
            yield from _command(subcommand, f"{words} {name}")


def _records(options: Iterable[click.Option], context: click.Context) -> Iterator[tuple[str, str]]:
    """Give what `--help` says of each option that it shows."""
    for option in options:
        if record := option.get_help_record(context):
            yield record
