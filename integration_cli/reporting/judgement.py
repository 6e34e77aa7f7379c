"""From a history to a report: the same way for a run that just ended and for one read back."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from integration_cli.allowance import Allowance
from integration_cli.capabilities import Capabilities, Capability
from integration_cli.checks.catalogue import BY_NAME
from integration_cli.checks.judge import judging
from integration_cli.checks.verdict import Verdict, curtailed, exit_code
from integration_cli.history import History
from integration_cli.load.run import Loaded
from integration_cli.load.thresholds import Result
from integration_cli.outcome import Exit, Failure, worst
from integration_cli.profile import Profile
from integration_cli.replay import replayable
from integration_cli.reporting.run import Environment, Report
from integration_cli.target import AppUrl

WORDS = {Exit.HELD: "kept", Exit.MISSED: "missed", Exit.INCONCLUSIVE: "inconclusive"}
CODES = {word: code for code, word in WORDS.items()}


class NotJudged(Failure):
    """A history lacks what it takes to judge it."""

    code = Exit.USAGE


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run was to show: names of invariants and phases, and what the target lacks, why."""

    invariants: tuple[str, ...]
    phases: tuple[str, ...]
    lacks: dict[str, str]

    @classmethod
    def of(cls, invariants: Sequence[str], phases: Sequence[str], able: Capabilities) -> "Scope":
        """The scope of a run that begins."""
        return cls(tuple(invariants), tuple(phases), {str(k): why for k, why in able.lacks.items()})

    @property
    def capabilities(self) -> Capabilities:
        """What the target has."""
        lacks = {Capability(name): why for name, why in self.lacks.items()}
        return Capabilities(frozenset(set(Capability) - lacks.keys()), lacks)


def open_run(history: History, environment: Environment, scope: Scope) -> None:
    """Write down, before the first request, what it takes to judge the history later."""
    history.note("environment", asdict(environment))
    history.note("scope", asdict(scope))


def note_rows(history: History, rows: Allowance, cut: Collection[str]) -> None:
    """Write down how many rows the run may have made, and what it did not show for want of more."""
    history.note("rows", {"made": rows.made, "limit": rows.limit, "cut": sorted(cut)})


def note_load(history: History, loaded: Loaded | None, results: Sequence[Result]) -> None:
    """Write down what came of a load, if any was sent."""
    history.note("load", [step.to_json() for step in loaded.steps] if loaded else [])
    history.note("knee", str(loaded.knee) if loaded and loaded.knee else "")
    history.note("thresholds", [{"state": WORDS[one.state], "text": str(one)} for one in results])


def report_on(
    history: History, profile: Profile, show: Callable[[Verdict], None] = lambda _: None
) -> Report:
    """Judge a history; `show` gets each verdict as it comes.

    Raises:
        NotJudged: the history does not say of which run it is, or is of an app that another
            profile describes.
    """
    environment, scope = _opened(history)
    if environment.profile != profile.name:
        raise NotJudged(
            f"The history is of an app of the profile {environment.profile!r}, and not of "
            f"{profile.name!r}: name its file with --profile."
        )
    verdicts, rows = [], history.notes.get("rows", {})
    wanted = [BY_NAME[name] for name in scope.invariants if name in BY_NAME]
    able = scope.capabilities
    for found in judging(history.operations, profile, wanted, able, scope.phases):
        is_cut = found.invariant in rows.get("cut", ())
        one = (
            curtailed(found, f"the run stopped at --max-rows {rows['limit']}") if is_cut else found
        )
        show(one)
        verdicts.append(one)
    thresholds = history.notes.get("thresholds", [])
    return Report(
        environment,
        history.operations,
        replayable(AppUrl.parse(environment.target), profile, verdicts),
        {one.name: one.sentence for one in wanted},
        history.notes.get("load", []),
        thresholds,
        history.notes.get("knee", ""),
        worst([exit_code(verdicts), *(CODES[one["state"]] for one in thresholds)]),
        rows,
    )


def _opened(history: History) -> tuple[Environment, Scope]:
    try:
        return Environment(**history.notes["environment"]), Scope(**history.notes["scope"])
    except (KeyError, TypeError):
        where = history.path or Path("the history")
        raise NotJudged(
            f"{where} does not say of which run it is: its first lines are missing. "
            "A history is judged whole, as `concurrency` wrote it."
        ) from None
