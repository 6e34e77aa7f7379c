"""Compare the gate with the tools of others, on all cases: `nox -s bench -- migrations`."""

import sys

from tests.gate.comparison import drift, history, safety
from tests.gate.comparison.score import Score
from toolbox.databases import Throwaways
from toolbox.postgres import choose

ASKED = {"drift": drift, "broken histories": history, "unsafe revisions": safety}

HEAD = "| {} | caught of {} | false alarms of {} |\n|---|--:|--:|"


def table(title: str, scores: dict[str, Score]) -> str:
    """Return the scores as Markdown."""
    first = next(iter(scores.values()))
    lines = [HEAD.format(title, first.faulty, first.healthy)]
    lines += [f"| {name} | {one.caught} | {one.false_alarms} |" for name, one in scores.items()]
    return "\n".join(lines)


def main() -> None:
    """Print a table a question, and on standard error what the gate missed."""
    with Throwaways(choose().up()) as databases:
        for title, compared in ASKED.items():
            scores = compared.scores(databases)
            sys.stdout.write(f"{table(title, scores)}\n\n")
            sys.stdout.flush()
            for name in scores["this gate"].missed:
                sys.stderr.write(f"the gate misses: {name}\n")


main()
