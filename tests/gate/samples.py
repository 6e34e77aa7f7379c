"""Rules, findings and reports of the tests' own making."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from toolbox.checkout import ROOT
from toolbox.gate import rules
from toolbox.gate.exceptions import ABOUT_EXCEPTIONS
from toolbox.gate.finding import Finding, Place
from toolbox.gate.report import AlembicCheck, Answer, Report, Revision
from toolbox.gate.rules import Question

FILE = ROOT / "migrations" / "versions" / "2026-11-25_4f2a_give_items_a_code.py"

DRIFTS = "sample-drift"
REWRITES = "sample-rewrite"
QUESTIONS = {DRIFTS: Question.DRIFT, REWRITES: Question.SAFETY}


@contextmanager
def known(folder: Path) -> Iterator[None]:
    """Let the rules be those about exceptions, and two of ours."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ABOUT_EXCEPTIONS:
            (folder / f"{name}.md").write_text((rules.PAGES / f"{name}.md").read_text())
        for name, question in QUESTIONS.items():
            (folder / f"{name}.md").write_text(f"# {name}\n\n**{question}**: It is wrong.\n")
        patch.setattr(rules, "PAGES", folder)
        rules.rules.cache_clear()
        yield
    rules.rules.cache_clear()


def rewrite(revision: str | None = "4f2a", line: int | None = 24) -> Finding:
    """Make a finding with all that one can have."""
    return Finding(
        REWRITES,
        Question.SAFETY,
        "table public.items",
        "All rows are written anew while nobody can read or write the table.",
        Place(revision, FILE, line) if revision else None,
        "ALTER TABLE items ALTER COLUMN quantity TYPE bigint USING quantity::bigint",
        ("AccessExclusiveLock on public.items, held until the commit", "2,000 rows written anew"),
        "about 2 s a million rows, in which every request that touches items waits",
        'op.add_column("items", sa.Column("quantity_big", sa.BigInteger()))\n'
        "# fill it in batches, then exchange the two names",
    )


def drift() -> Finding:
    """Make a finding with as little as one can have, and letters that formats have to escape."""
    return Finding(
        DRIFTS, Question.DRIFT, "index public.ix_<code>", "Only the models: 50% | ```,\n\x01 b::c."
    )


def report(*findings: Finding, not_judged: str | None = None) -> Report:
    """Make a report of these findings."""
    return Report(
        project=ROOT / "alembic.ini",
        postgres="18.6",
        revisions=[
            Revision("11aa", "the beginning", FILE.with_name("11aa.py"), is_new=False),
            Revision("4f2a", "give items a code", FILE, is_new=True),
        ],
        scope="1 new since main",
        answers={
            question: Answer(
                question,
                tuple(each for each in findings if each.question is question),
                not_judged if question is Question.SAFETY else None,
                ("Columns are in another order.",) if findings else (),
                seconds=0.25,
            )
            for question in Question
        },
        alembic_check=AlembicCheck(("('add_column', None, 'items')",)),
        seconds=1.25,
    )
