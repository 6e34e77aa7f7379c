# /// script
# requires-python = ">=3.11"
# dependencies = ["nox>=2026.10", "uv>=0.13"]
# ///
"""Every workflow of this project, each by its name: `nox --list` shows them.

The lines above give Nox an environment of its own with uv in it, so that an older Nox, or one
without uv, is all that a machine needs to begin with.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

import nox

nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.error_on_external_run = True
# An interpreter that is not there is skipped, and neither fetched nor an error.
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"
nox.options.sessions = [
    "lint",
    "types",
    "docs",
    "check_migrations",
    "functional",
    "integration",
]
if "CI" in os.environ:
    # There all tests run, those of the tools too, and what they reach is judged. They come last, so
    # that a log ends with what the tests say.
    nox.options.sessions = [
        "lint",
        "types",
        "docs",
        "check_migrations",
        "integration",
        "api_fuzz",
        "resilience",
        "check_new",
        "compose",
        "template",
        "coverage",
    ]

# A checkout may be renamed, and moved: programs find their Python from where they are.
os.environ.setdefault("UV_VENV_RELOCATABLE", "1")

DATA = Path(".data")
MUST_BE_COVERED = {"api": 95, "integration_cli": 90, "toolbox": 90}  # per cent
SCHEMAS = {
    "github-workflows": [f".github/workflows/{name}.yml" for name in ("ci", "nightly", "audit")],
    "dependabot": [".github/dependabot.yml"],
    "compose-spec": ["docker-compose.yml"],
}
PYTHONS = ("3.11", "3.12", "3.13")


def end_like_ctrl_c(_: int, __: FrameType | None) -> None:
    """Let SIGTERM end a session as Ctrl-C does: Nox would leave what the session runs behind."""
    raise KeyboardInterrupt


signal.signal(signal.SIGTERM, end_like_ctrl_c)


def sync(session: nox.Session, *groups: str, only: bool = False) -> None:
    """Install the service's dependencies, unless `only`, and these groups, as uv.lock has them."""
    option = "--only-group" if only else "--group"
    try:
        session.run_install(
            "uv",
            "sync",
            "--locked",
            "--quiet",
            "--compile-bytecode",
            "--no-default-groups",
            *(f"{option}={group}" for group in groups),
            env={"UV_PROJECT_ENVIRONMENT": session.virtualenv.location},
        )
    except nox.command.CommandFailed:
        session.error(
            "What uv.lock lists could not be installed. What is wrong, says: nox -s doctor"
        )


def run(session: nox.Session, *command: str, success_codes: tuple[int, ...] = (0,)) -> None:
    """Run a command that removes what it made when it is interrupted, and give it time for that."""
    session.run(*command, interrupt_timeout=0.5, terminate_timeout=30, success_codes=success_codes)


def toolbox(session: nox.Session, *arguments: str, fine: tuple[int, ...] = (0,)) -> None:
    """Run a command of the toolbox, with what follows `--` on Nox's command line.

    Which exit codes let the session pass is for the caller to say.
    """
    command = ["python", "-m", "toolbox", *arguments, *session.posargs]
    run(session, *command, success_codes=fine)


def pytest(session: nox.Session, *what: str) -> None:
    """Run these tests on all cores, or those that follow `--` on Nox's command line."""
    sync(session, "tests")
    session.env["TESTMON_DATAFILE"] = f"{DATA}/testmon"  # which test ran what, for `--testmon`
    asked = session.posargs
    alone = {"--pdb", "--trace", "-s", "--capture=no"} & set(asked)
    named = any("/" in word and Path(word.split("::")[0]).exists() for word in asked)
    parallel = [] if alone else ["--numprocesses=auto", "--dist=worksteal"]
    run(session, "pytest", *parallel, *([] if named else what), *asked)


def has_docker() -> bool:
    """Tell whether there is a Docker engine."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    return subprocess.run([docker, "info"], capture_output=True, check=False).returncode == 0


@nox.session
def dev(session: nox.Session) -> None:
    """Serve the API for development: starts the database, migrates it, reloads on changes."""
    sync(session, "toolbox")
    session.env["NOX_PYTHON"] = sys.executable  # by which a key runs another session
    toolbox(session, "dev")


@nox.session
def serve(session: nox.Session) -> None:
    """Serve the API by `-- --workers N` processes, on the database of this checkout."""
    sync(session, "toolbox")
    toolbox(session, "serve")


@nox.session
def db(session: nox.Session) -> None:
    """Start the database and print its URL; or `-- psql`, `status`, `snapshot`, `stop`, `reset`."""
    if "psql" in session.posargs:
        # There Ctrl-C cancels a query, and does not end the session.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sync(session, "toolbox")
    toolbox(session, "db")


@nox.session
def migrate(session: nox.Session) -> None:
    """Upgrade the database to head and show its revision; or any Alembic command after `--`."""
    sync(session, "toolbox")
    toolbox(session, "migrate")


@nox.session
def revision(session: nox.Session) -> None:
    """Write a revision from the models and upgrade to it: `-- -m "add widgets"`."""
    sync(session, "toolbox")
    toolbox(session, "revision")


@nox.session
def new(session: nox.Session) -> None:
    """Write a resource, all of it: `-- invoice number:str:unique amount:decimal due:date`."""
    sync(session, "toolbox")
    toolbox(session, "new")


@nox.session
def check_new(session: nox.Session) -> None:
    """Write resources in a copy, and lint, type-check, migrate, test and judge them there."""
    sync(session, "types", "lint")
    toolbox(session, "check-new")


@nox.session
def check_migrations(session: nox.Session) -> None:
    """Check migrations: drift, history, safety; or `-- explain RULE`, `-- rehearse`."""
    # With the app itself it is rehearsed under the integration CLI's load.
    sync(session, "toolbox", *(["integration"] if "--app" in session.posargs else []))
    toolbox(session, "check-migrations")


def functional(session: nox.Session) -> None:
    """Test the API in process, in parallel, on throwaway databases: `-- -k name -x`."""
    pytest(session, "tests/functional")


nox.session(functional)
for version in PYTHONS:
    nox.session(name=f"functional-{version}", python=version)(functional)


@nox.session
def tools(session: nox.Session) -> None:
    """Test the toolbox, migrations, serving and the integration CLI, with real processes."""
    pytest(session, "tests", "--ignore=tests/functional")


@nox.session
def coverage(session: nox.Session) -> None:
    """Run all tests, and judge how much of the code they reach."""
    sync(session, "tests")
    session.run("coverage", "erase")
    junit = f"--junitxml={DATA}/reports/tests.xml"
    run(session, "coverage", "run", "-m", "pytest", "--numprocesses=auto", junit)
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "xml", "--quiet", "-o", f"{DATA}/reports/coverage.xml")
    for package, percent in MUST_BE_COVERED.items():
        session.run("coverage", "report", f"--include={package}/*", f"--fail-under={percent}")


@nox.session
def integration(session: nox.Session) -> None:
    """Run the integration suite on a server of its own, or on `-- --app-url URL`."""
    sync(session, "toolbox", "integration")
    toolbox(session, "integration")


@nox.session(venv_backend="none")
def doctor(session: nox.Session) -> None:
    """Say whether this machine and checkout are well, and what mends them; `-- --fix`, `--json`."""
    # By Nox's own Python: what is wrong may be what keeps an environment from being made.
    run(session, sys.executable, "-m", "toolbox.doctor", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Put faults into the service: does `concurrency` name each? Or `-- clean`, without a fault."""
    sync(session, "toolbox", "integration")
    toolbox(session, "mutants")


@nox.session
def compose(session: nox.Session) -> None:
    """Build the images and go the whole path through the containers; needs Docker."""
    if not has_docker():
        session.skip(
            "there is no Docker engine that answers: install Docker with Compose v2 "
            "(https://docs.docker.com/engine/install); everything else here works without"
        )
    sync(session, "toolbox")
    toolbox(session, "compose")


@nox.session
def api_fuzz(session: nox.Session) -> None:
    """Look for requests that contradict the API's document: `-- --minutes 10 --seed 2`."""
    sync(session, "fuzz")
    toolbox(session, "api-fuzz")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site of the documentation; or `-- --serve` it, `-- --fix` its pictures."""
    sync(session, "docs")
    toolbox(session, "docs")


@nox.session
def readme(session: nox.Session) -> None:
    """Run every command of the README on a fresh clone, and fail where one is not as written."""
    sync(session, "toolbox")
    toolbox(session, "readme")


@nox.session
def resilience(session: nox.Session) -> None:
    """Kill workers, Postgres and clients under load, and count what is lost: `-- --workers 8`."""
    sync(session, "toolbox")
    in_ci = "CI" in os.environ
    in_short = ["--workers=2", "--seconds=3"] if in_ci else []
    # In CI a machine that was too slow to judge (3) is no fault of the service; it is printed.
    fine = (0, 3) if in_ci else (0,)
    report = f"--junit={DATA}/reports/resilience.xml"
    toolbox(session, "resilience", *in_short, report, fine=fine)


@nox.session
def init(session: nox.Session) -> None:
    """Make this clone your project: `-- billing_service`, with `--dry-run`, `--without-items`."""
    sync(session, "toolbox")
    toolbox(session, "init")


@nox.session
def template(session: nox.Session) -> None:
    """Make a project of this template, and look whether it is whole; `-- --every` choice."""
    sync(session, "dev")
    toolbox(session, "template")


@nox.session
def update(session: nox.Session) -> None:
    """Merge into this project what is new in the template that it was made from: `-- --to REF`."""
    sync(session, "toolbox")
    toolbox(session, "update")


@nox.session
def lint(session: nox.Session) -> None:
    """Check format, style, imports, workflows and for secrets; `-- --fix` mends what it can."""
    sync(session, "lint", only=True)
    fix = "--fix" in session.posargs
    session.run("ruff", "format", *([] if fix else ["--diff"]))
    session.run("ruff", "check", *(["--fix"] if fix else []))
    session.run("lint-imports", "--no-logo")
    session.run("zizmor", "--offline", "--quiet", ".github")
    for schema, files in SCHEMAS.items():
        session.run("check-jsonschema", "--quiet", "--builtin-schema", f"vendor.{schema}", *files)
    look_for_secrets(session)


def look_for_secrets(session: nox.Session) -> None:
    """Refuse a key or token in any file that git knows."""
    listed = str(session.run("git", "ls-files", "-z", external=True, silent=True))
    # Those that are off find what our tests are full of: passwords of throwaway users and URLs of
    # databases on loopback, and the ids of revisions.
    off = ("KeywordDetector", "BasicAuthDetector", "HexHighEntropyString")
    options = [f"--disable-plugin={plugin}" for plugin in off]
    files = [name for name in listed.split("\0") if name and Path(name).exists()]
    session.run("detect-secrets-hook", *options, "--exclude-files=uv.lock", *files, log=False)


@nox.session
def audit(session: nox.Session) -> None:
    """Look for known vulnerabilities in uv.lock, and write what the image has as an SBOM."""
    sbom = DATA / "reports" / "sbom.cdx.json"
    sbom.parent.mkdir(parents=True, exist_ok=True)
    what = ["--locked", "--no-default-groups"]
    session.run("uv", "export", "--quiet", *what, "--format=cyclonedx1.5", f"--output-file={sbom}")
    session.run("uv", "audit", *what)


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly, over the whole tree."""
    sync(session, "types")
    session.run("mypy", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the service; or `-- pages`, `logins`, `memory`, `workers`, `servers`, `tests`."""
    groups = {"servers": "servers", "migrations": "comparison"}
    sync(session, "tests", *(groups[word] for word in session.posargs if word in groups))
    toolbox(session, "bench")
