"""Every command that a document names exists: its session, subcommand, options and services."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import alembic.config
import click
import pytest
import yaml

from integration_cli.cli import main as integration_cli
from integration_cli.concurrency import RunByDefault
from tests.test_sessions import listed_sessions
from toolbox.checkout import ROOT
from toolbox.cli import SOURCES, toolbox
from toolbox.commands.groups import WithDefault
from toolbox.readme.parse import FENCED, parse

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

KNOWN = re.compile(
    r"(?:^|[\s/])(nox -s|python3? -m (?:toolbox|integration_cli|api)|docker compose)(?: (.*))?$"
)
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
RUNS_IN_ONE = {"run", "exec"}
FOR_SERVICES = {"up", "build", "logs", "ps", "pull", "restart", "start", "stop"}
FOR_ALL = {"config", "down"}

# Sessions that hand what follows `--` to another program than the toolbox's command of their name.
TO_ANOTHER = {"functional", "tools", "types"}


class NoSuchCommand(Exception):
    """A document names a command that there is not; the message says what is wrong with it."""


def commands(document: str) -> Iterator[str]:
    """Return the commands of a document's blocks, its inline code, and its tables of sessions."""
    for block in parse(document):
        yield from (command.text for command in block)
    prose = FENCED.sub("", document)
    yield from (" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose))
    for session, told in re.findall(r"^\| `(nox -s \w+)` \|(.*)$", document, re.MULTILINE):
        yield from (f"{session} {options}" for options in re.findall(r"`(-- [^`]+)`", told))


def check(command: str) -> None:
    """Refuse a command that does not exist, as far as that can be known without running it."""
    for part in command.split("&&"):
        found = KNOWN.search(part.strip())
        if found:
            CHECKS[found[1].replace("python3", "python")](shlex.split(found[2] or ""))


def check_nox(words: list[str]) -> None:
    names, arguments = before_and_after("--", words)
    for name in names:
        if name not in listed_sessions():
            raise NoSuchCommand(f"no session {name}")
        if arguments:
            check_session(name.split("-")[0], arguments)


def check_session(name: str, arguments: list[str]) -> None:
    if name == "integration":
        is_command = not arguments[0].startswith("-")
        check_click(integration_cli, arguments if is_command else ["suite", *arguments])
    elif name == "serve":
        check_api(arguments)
    elif name == "migrate":
        check_alembic(arguments)
    elif name in TO_ANOTHER:
        return  # the options are pytest's, its plugins' or mypy's, which know them once they run
    elif name.replace("_", "-") in SOURCES:
        check_click(toolbox, [name.replace("_", "-"), *arguments])
    else:
        source = (ROOT / "noxfile.py").read_text()
        for argument in arguments:
            if f'"{argument}" in session.posargs' not in source:
                raise NoSuchCommand(f"session {name} knows no {argument}")


def check_click(command: click.Command, words: list[str]) -> None:
    """Look each word up in a command, and in the subcommand that it names."""
    if isinstance(command, WithDefault | RunByDefault) and words and words[0].startswith("-"):
        words = [command.default, *words]
    context = command.context_class(command, **command.context_settings)
    try:
        _, rest, _ = command.make_parser(context).parse_args([*words])
    except click.UsageError as exc:
        raise NoSuchCommand(exc.format_message()) from None
    if not rest:
        return
    if not isinstance(command, click.Group):
        raise NoSuchCommand(f"{command.name} takes no {rest[0]}")
    subcommand = command.get_command(context, rest[0])
    if subcommand is None:
        raise NoSuchCommand(f"{command.name} has no command {rest[0]}")
    check_click(subcommand, rest[1:])


@cache
def options_of_api() -> set[str]:
    command = [sys.executable, "-m", "api", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(re.findall(r"--?[a-z]+", done.stdout))


def check_api(words: list[str]) -> None:
    for word in words:
        if word.startswith("-") and word.split("=")[0] not in options_of_api():
            raise NoSuchCommand(f"python -m api knows no {word}")


def check_alembic(words: list[str]) -> None:
    if words[:1] == ["--fix-heads"]:
        return  # the session's own, and not Alembic's
    try:
        alembic.config.CommandLine().parser.parse_args(words)
    except SystemExit:
        raise NoSuchCommand(f"Alembic does not know: {' '.join(words)}") from None


def check_compose(words: list[str]) -> None:
    if not words:
        return
    verb, *arguments = words
    named = [word for word in arguments if not word.startswith("-")]
    if verb not in RUNS_IN_ONE | FOR_SERVICES | FOR_ALL:
        raise NoSuchCommand(f"docker compose {verb} is not one that this test knows")
    services = named[:1] if verb in RUNS_IN_ONE else named
    if unknown := set(services) - set(SERVICES):
        raise NoSuchCommand(f"no services {unknown} in docker-compose.yml")
    if verb in RUNS_IN_ONE:
        within = named[1:] and arguments[arguments.index(named[1]) :]
        check(shlex.join(within))


CHECKS: dict[str, Callable[[list[str]], None]] = {
    "nox -s": check_nox,
    "python -m toolbox": lambda words: check_click(toolbox, words),
    "python -m integration_cli": lambda words: check_click(integration_cli, words),
    "python -m api": check_api,
    "docker compose": check_compose,
}


def before_and_after(mark: str, words: list[str]) -> tuple[list[str], list[str]]:
    at = words.index(mark) if mark in words else len(words)
    return words[:at], words[at + 1 :]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_exist(path: Path) -> None:
    """No document tells its reader to type what is not there."""
    for command in commands(path.read_text()):
        try:
            check(command)
        except NoSuchCommand as exc:
            pytest.fail(f"{path.relative_to(ROOT)} says `{command}`: {exc}", pytrace=False)


def test_readme_names_many() -> None:
    """The commands are found: blocks, prose and the table of sessions each have theirs."""
    found = set(commands((ROOT / "README.md").read_text()))
    assert {
        "nox -s lint -- --fix",
        "python -m api --workers 4",
        "nox -s serve -- --workers N",
        "docker compose down --volumes",
    } <= found


@pytest.mark.parametrize(
    "command",
    [
        "nox -s deploy",
        "python3 -m pip install nox && nox -s deploy",
        ".venv/bin/nox -s deploy",
        "nox -s dev -- --host 0.0.0.0",
        "nox -s db -- destroy",
        "nox -s lint -- --mend",
        "nox -s revision -- --autogenerate",
        "nox -s migrate -- sidegrade",
        "nox -s serve -- --threads 4",
        "nox -s integration -- sample_date",
        "nox -s integration -- --user 4",
        "nox -s bench -- --round 3",
        "python -m toolbox check_migrations",
        "python -m integration_cli cleanup --all-of-it",
        "python -m api --threads 4",
        "docker compose up web",
        "docker compose run --rm web true",
        "docker compose run --rm tests python -m integration_cli sample_date",
        "docker compose launch",
    ],
)
def test_what_is_not_there_is_found(command: str) -> None:
    """A session, a subcommand, an option or a service that there is not is refused."""
    with pytest.raises(NoSuchCommand):
        check(command)


@pytest.mark.parametrize(
    "command",
    [
        "nox -s functional-3.11 types",
        "nox -s functional -- -k name -x",
        "nox -s db -- psql -c 'SELECT 1'",
        "nox -s db -- psql postgres",
        "nox -s bench -- --rounds 3",
        "nox -s bench -- pages --rows 1000",
        "nox -s migrate -- downgrade -1",
        "nox -s integration -- --app-url=http://127.0.0.1:8000",
        "docker compose logs --follow app",
        "git log",
    ],
)
def test_what_is_there_passes(command: str) -> None:
    """What exists is not refused, nor what belongs to other programs."""
    check(command)
