"""What an update did, and what it leaves to people, as Markdown that reads well as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from toolbox.update.merge import Conflict, Merged
from toolbox.update.record import Record
from toolbox.update.source import Template

SHOWN = 20  # commits, or files
OF_A_FILE = 3  # commits

VERSIONS = "migrations/versions/"

NEXT = """\
Nothing is committed. See it: git diff HEAD. Try it: nox. Keep it: git commit.
Undo it: git reset --hard
"""

# Conflicts that a command solves, and no reading.
SOLVED_BY = {
    "uv.lock": "git checkout --ours uv.lock && uv lock && git add uv.lock",
    "api/schema_revisions.txt": (
        "nox -s migrate -- --fix-heads --against HEAD && git add api migrations"
    ),
}


@dataclass(frozen=True)
class Update:
    """What came of an update.

    Attributes:
        record: what the project was made from until now.
        to: the commit of the template that it is merged with.
        merged: which files were, and which could not be.
        news: the template's commits since, a line each.
        behind: for each file with a conflict, those that changed it.
        revisions: those that changed the template's migrations.
    """

    record: Record
    to: str
    merged: Merged
    news: list[str]
    behind: dict[str, list[str]]
    revisions: list[str]

    @classmethod
    def of(cls, template: Template, record: Record, to: str, merged: Merged) -> "Update":
        """Look up in the template what explains a merge."""
        since = record.commit
        behind = {one.path: template.log(since, to, one.path) for one in merged.conflicts}
        news, revisions = template.log(since, to), template.log(since, to, VERSIONS)
        return cls(record, to, merged, news, behind, revisions)

    def text(self) -> str:
        """Return the whole report."""
        before, now = self.record.commit[:12], self.to[:12]
        changed = self.merged.changed
        parts = [
            f"# Update of {self.record.name} from {before} to {now} of its template\n",
            _listed(f"The template has {len(self.news)} new commits:", self.news),
            _listed(f"Merged and staged are {len(changed)} files:", changed),
            self._conflicts(),
            self._migrations(),
            NEXT,
        ]
        return "\n".join(part for part in parts if part)

    def _conflicts(self) -> str:
        conflicts = self.merged.conflicts
        if not conflicts:
            return "Every change found its place: there is nothing to decide.\n"
        told = "".join(map(self._conflict, conflicts))
        return f"Not merged are {len(conflicts)} files. Decide in each, then git add it:\n{told}"

    def _conflict(self, conflict: Conflict) -> str:
        lines = [f"- {conflict.path}: {conflict.why}"]
        lines += [f"    by {commit}" for commit in self.behind[conflict.path][:OF_A_FILE]]
        if command := SOLVED_BY.get(conflict.path):
            lines.append(f"    solved by: {command}")
        return "".join(f"{line}\n" for line in lines)

    def _migrations(self) -> str:
        if not self.revisions:
            return ""
        if self.record.fresh_history:
            return _listed(
                "The template has new revisions, and this project a history of its own. What they "
                'make is in the models: nox -s revision -- -m "update" writes it. Rows that they '
                f"move, read in {VERSIONS} of the template:",
                self.revisions,
            )
        return (
            "The template has new revisions. If this project has some too there are two heads now, "
            "and nox -s migrate -- --fix-heads --against HEAD makes them one.\n"
        )


def _listed(sentence: str, lines: Sequence[str]) -> str:
    shown = [f"- {line}" for line in lines[:SHOWN]]
    more = [f"- and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "".join(f"{line}\n" for line in [sentence, *shown, *more])
