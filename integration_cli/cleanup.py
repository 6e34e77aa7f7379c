"""`cleanup`: remove from an app what runs created there, as the ledger has it."""

import shlex
from collections import Counter
from collections.abc import Sequence

import click

from integration_cli import accounts
from integration_cli.client import Client
from integration_cli.history import History
from integration_cli.ledger import DEFAULT_DIRECTORY, Account
from integration_cli.options import Target, target_options
from integration_cli.outcome import Exit, NotFinished, UnknownRun, run
from integration_cli.pool import for_each
from integration_cli.preflight import require_ready
from integration_cli.profile_file import shipped_profile
from integration_cli.progress import Announcer, Phases


@click.command("cleanup")
@target_options
@click.option("--run-id", help="Remove this run only.")
@click.option("--all", "every", is_flag=True, help="Remove every run at this address (default).")
def cleanup(target: Target, run_id: str | None, every: bool) -> None:  # noqa: FBT001  # Click passes by name
    """Remove what runs created: their users, and with each its items.

    The ledger says which those are. Running it again is harmless.
    """
    if run_id and every:
        raise click.UsageError("--run-id removes one run and --all every run: give one of them.")
    run(clean(target, run_id))


async def clean(target: Target, run_id: str | None = None) -> Exit:
    """Remove one run, or every run at the target's address, and print what was done.

    Raises:
        UnknownRun: the ledger has no such run at this address.
        Failure: the app is unreachable, or refuses.
    """
    chosen = select(target, run_id)
    if run_id and not chosen:
        raise UnknownRun(_no_such_run(target, run_id))
    if not chosen:
        click.echo(f"Nothing to remove: {target.ledger.directory} has no run at {target.app_url}.")
        return Exit.HELD
    await require_ready(target.site)
    removed = await remove(target, chosen, Phases())
    for name in sorted({account.run_id for account in chosen}):
        gone = sum(account.run_id == name for account in chosen) - removed[name]
        click.echo(f"{name}: {removed[name]} users removed, {gone} were gone already")
    return Exit.HELD


def select(target: Target, run_id: str | None) -> list[Account]:
    """The accounts of a run, or of all runs, at the target's address."""
    return [
        account
        for account in target.ledger.accounts()
        if account.app_url == str(target.app_url) and run_id in {None, account.run_id}
    ]


async def remove(target: Target, chosen: Sequence[Account], phases: Announcer) -> Counter[str]:
    """Delete the accounts' users and strike them from the ledger, whatever stops it.

    Returns how many there were still to delete, by run id.

    Raises:
        NotFinished: the app failed or refused; what is left is still in the ledger.
    """
    removed: Counter[str] = Counter()
    done: list[Account] = []
    try:
        with phases.phase("cleanup", len(chosen)) as advance:

            async def delete(account: Account) -> None:
                async with Client(target.site, "cleanup", account.email, History()) as client:
                    was_there = await accounts.delete(client, account)
                # Not `+= await`: that reads the count before the wait, and loses the others'.
                removed[account.run_id] += was_there
                done.append(account)
                advance(1)

            await for_each(chosen, delete)
    except NotFinished as failure:
        raise NotFinished(f"{len(chosen) - len(done)} users are left. {failure}") from failure
    finally:
        target.ledger.remove(done)
    return removed


def command(target: Target, run_id: str) -> str:
    """The command line that removes a run, for who has to do it later."""
    words = ["python", "-m", "integration_cli", "cleanup", "--app-url", str(target.app_url)]
    words += ["--run-id", run_id]
    if target.ledger.directory != DEFAULT_DIRECTORY:
        words += ["--ledger-dir", str(target.ledger.directory)]
    if target.profile != shipped_profile():
        words += ["--profile", "FILE"]
    return shlex.join(words)


def _no_such_run(target: Target, run_id: str) -> str:
    known = ", ".join(sorted({account.run_id for account in select(target, None)}))
    return (
        f"The ledger in {target.ledger.directory} has no run {run_id!r} at {target.app_url}. "
        f"It has: {known or 'none'}."
    )
