"""The command that looks whether machine and checkout are well."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping

import click

from toolbox.doctor import beginning, checkout, database, machine
from toolbox.doctor.diagnosis import Diagnosis, State, fault
from toolbox.doctor.show import show

LOOKS: Mapping[str, Callable[[], Iterable[Diagnosis]]] = {
    "Python": lambda: [beginning.look_at_interpreter()],
    "uv": lambda: [beginning.look_at_uv()],
    "Folder": lambda: [beginning.look_at_folder()],
    "Disk": lambda: [beginning.look_at_disk()],
    "Docker": machine.look_at_docker,
    "git": machine.look_at_git,
    "Clock": machine.look_at_clock,
    "uv.lock": checkout.look_at_lock_file,
    "Revisions": checkout.look_at_revisions,
    "Variables": checkout.look_at_variables,
    "Port": checkout.look_at_port,
    "Processes": checkout.look_at_processes,
    "Database": database.look_at_database,
}


@click.command()
@click.option("--fix", is_flag=True, help="Mend what can be mended without losing anything.")
@click.option("--json", "as_json", is_flag=True, help="Print all that was found as JSON.")
def doctor(*, fix: bool, as_json: bool) -> None:
    """Look whether this machine and checkout are well; with 1 ends what finds a fault."""
    found = list(examine())
    if fix and any(one.fix for one in found):
        for done in mend(found):
            click.echo(done, err=True)
        found = list(examine())
    show(found, as_json=as_json)
    sys.exit(any(one.state is State.FAULT for one in found))


def examine() -> Iterator[Diagnosis]:
    """Look at everything; that one thing cannot be looked at keeps nothing else from it."""
    for what, look in LOOKS.items():
        try:
            yield from look()
        except Exception as exc:  # noqa: BLE001 - whatever is broken is broken here too
            yield fault(what, f"it cannot be looked at: {type(exc).__name__}: {exc}")


def mend(found: list[Diagnosis]) -> Iterator[str]:
    """Do what mends the faults that can be mended here, and say what was done."""
    for one in found:
        if one.fix is not None:
            try:
                yield one.fix()
            except Exception as exc:  # noqa: BLE001 - the others can be mended all the same
                yield f"{one.what} could not be mended: {exc}"
