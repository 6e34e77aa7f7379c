"""`concurrency export-locust`: the load for more machines than one."""

import json
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

import click

from integration_cli.options import Target, own_target_options
from integration_cli.outcome import Exit, run
from integration_cli.preflight import capabilities, require_ready
from integration_cli.profile_file import shipped_profile
from integration_cli.reporting.judgement import Scope
from integration_cli.reporting.output import write
from integration_cli.reporting.run import Environment
from integration_cli.seeds import new_run_id

PHASES = ("mixed workload", "audit")
# What users can show of whom each works alone on things of its own, over one connection.
SHOWN = (
    "durable-acknowledgement",
    "read-your-writes",
    "monotonic-reads",
    "no-lost-update",
    "retry-applies-once",
    "responses-belong-to-requests",
    "clocks-agree",
    "no-server-error",
)


@click.command("export-locust")
@own_target_options
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("locustfile.py"),
    show_default=True,
    help="File to write.",
)
def export_locust(target: Target, out: Path) -> None:
    """Write a locustfile whose load is judged like that of `concurrency run`.

    Locust distributes over processes and machines. Each process records a history; `report` takes
    them together. Users that a run leaves behind are removed by `cleanup`.
    """
    run(_export(target, out))


async def _export(target: Target, out: Path) -> Exit:
    await require_ready(target.site)
    able = await capabilities(target.site)
    about = Environment.here(
        new_run_id("locust"), str(target.app_url), target.profile.name, {"load": "Locust"}
    )
    said = {
        "environment": json.dumps(asdict(about), indent=1),
        "scope": json.dumps(asdict(Scope.of(SHOWN, PHASES, able)), indent=1),
        "directory": str(target.ledger.directory),
    }
    text = (files("integration_cli.locust") / "locustfile.txt").read_text(encoding="utf-8")
    for name, value in said.items():
        text = text.replace(f"@{name}@", value)
    write(out, text)
    click.echo(f"written: {out}")
    if target.profile != shipped_profile():
        click.echo("first:   set PROFILE in it to the file of the profile")
    click.echo(f"run it:  locust -f {out} --headless --users 100 --run-time 60s --processes 2")
    history = target.ledger.directory / "history" / f"{about.run_id}-*.jsonl"
    click.echo(f"judge:   python -m integration_cli concurrency report {history}")
    return Exit.HELD
